"""``/api/v1/keys``: who may sign requests, for administrators."""

import base64
from datetime import datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Request
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from core_integrator.api.dependencies import TheHub
from core_integrator.contracts.audit import AuditEntry
from core_integrator.contracts.errors import Forbidden, ModuleUnavailable
from core_integrator.contracts.principals import Principal
from core_integrator.contracts.signing import LegacyForm, SigningKey
from core_integrator.hub import Hub
from core_integrator.signing import Signing
from security import key_view
from security.keys import ALWAYS, GRACE, KeyOrder

router = APIRouter(prefix="/api/v1/keys", tags=["keys"])


def _base64(text: str) -> str:
    base64.b64decode(text, validate=True)
    return text


Base64 = Annotated[str, Field(max_length=200), AfterValidator(_base64)]


class Asked(BaseModel):
    """A request about keys; unknown fields are mistakes."""

    model_config = ConfigDict(extra="forbid")


class AskChallenge(Asked):
    """Which key is to be proved."""

    public_key: Base64


class Proven(AskChallenge):
    """A public key, and the signature of a challenge by its private half."""

    challenge: str = Field(default=..., max_length=200)
    proof: Base64

    def key(self) -> bytes:
        """Return the public key's bytes."""
        return base64.b64decode(self.public_key)


class RegisterKey(Proven):
    """Whose the key is, and what it may do."""

    owner: str
    scopes: frozenset[str]
    subjects: frozenset[str]
    key_id: str | None = None
    not_before: datetime = ALWAYS
    not_after: datetime | None = None
    legacy: frozenset[LegacyForm] = frozenset()
    legacy_until: datetime | None = None


class RotateKey(Proven):
    """The key that takes an old one's place."""

    key_id: str | None = None
    grace_days: float = Field(default=GRACE.days, ge=0, le=365)


@router.get("", summary="Every signing key")
async def listed(hub: TheHub) -> dict[str, Any]:
    """Return every key, oldest first; a public key is no secret."""
    return {"keys": [key_view.facts(key) for key in await _signing(hub).registry.listed()]}


@router.post("/challenges", summary="Ask what to sign to prove a key")
async def challenge(hub: TheHub, asked: AskChallenge) -> dict[str, str]:
    """Return a challenge for the holder of this key, good for ten minutes."""
    return {"challenge": _signing(hub).challenges.issue(base64.b64decode(asked.public_key))}


@router.post("", status_code=201, summary="Register a key")
async def register(request: Request, hub: TheHub, asked: RegisterKey) -> dict[str, Any]:
    """Register a key whose possession is proved."""
    signing = _proved(hub, asked)
    order = KeyOrder(
        public_key=asked.key(),
        owner=asked.owner,
        scopes=asked.scopes,
        subjects=asked.subjects,
        key_id=asked.key_id,
        not_before=asked.not_before,
        not_after=asked.not_after,
        legacy=asked.legacy,
        legacy_until=asked.legacy_until,
    )
    key = await signing.desk.register(order, created_by=_principal(request).id)
    return await _written(request, hub, "keys.add", key)


@router.post("/{key_id}/rotate", status_code=201, summary="Put a new key in an old one's place")
async def rotate(request: Request, hub: TheHub, key_id: str, asked: RotateKey) -> dict[str, Any]:
    """Register the new key with what the old one may do; the old one ends after the days of grace."""
    signing = _proved(hub, asked)
    key = await signing.desk.rotate(
        key_id,
        asked.key(),
        created_by=_principal(request).id,
        new_id=asked.key_id,
        grace=timedelta(days=asked.grace_days),
    )
    return await _written(request, hub, "keys.rotate", key)


@router.delete("/{key_id}", summary="Revoke a key")
async def revoke(request: Request, hub: TheHub, key_id: str) -> dict[str, Any]:
    """Refuse the key from now on, for ever."""
    key = await _signing(hub).desk.revoke(key_id)
    return await _written(request, hub, "keys.revoke", key)


def _signing(hub: Hub) -> Signing:
    if hub.signing is None:
        raise ModuleUnavailable("signed requests are not in use here; SSPL_ENABLED switches them on")
    return hub.signing


def _proved(hub: Hub, asked: Proven) -> Signing:
    signing = _signing(hub)
    if not signing.challenges.answered(asked.challenge, base64.b64decode(asked.proof), asked.key()):
        raise Forbidden("the proof is not this key's signature of a challenge that still holds")
    return signing


def _principal(request: Request) -> Principal:
    principal: Principal = request.state.principal
    return principal


async def _written(request: Request, hub: Hub, action: str, key: SigningKey) -> dict[str, Any]:
    principal = _principal(request)
    entry = AuditEntry(
        actor=principal.id,
        kind=principal.kind,
        action=action,
        object=key.key_id,
        result="success",
        request_id=request.state.request_id,
        detail={"owner": key.owner},
    )
    await hub.audit.append(entry)
    return key_view.facts(key)
