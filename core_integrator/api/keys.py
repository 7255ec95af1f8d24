"""``/api/v1/keys``: who may sign requests, for administrators."""

import base64
from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Request

from core_integrator.api.answers import CONFLICT
from core_integrator.api.auth.asking import From
from core_integrator.api.dependencies import TheHub
from core_integrator.api.key_bodies import (
    AskChallenge,
    Challenge,
    Proven,
    RegisterKey,
    RotateKey,
    SigningKeys,
    SigningKeyShown,
)
from core_integrator.api.strict_body import body_of, described
from core_integrator.contracts.errors import Forbidden, ModuleUnavailable
from core_integrator.contracts.principals import Principal
from core_integrator.contracts.signing import SigningKey
from core_integrator.hub import Hub
from core_integrator.signing import Signing
from security import key_view
from security.identities.trail import actor_of

router = APIRouter(prefix="/api/v1/keys", tags=["keys"])


@router.get("", summary="Every signing key")
async def listed(hub: TheHub) -> SigningKeys:
    """Return every key, oldest first; a public key is no secret."""
    return SigningKeys(keys=[_shown(key) for key in await _signing(hub).registry.listed()])


@router.post("/challenges", summary="Ask what to sign to prove a key", openapi_extra=described(AskChallenge))
async def challenge(hub: TheHub, asked: Annotated[AskChallenge, Depends(body_of(AskChallenge))]) -> Challenge:
    """Return a challenge for the holder of this key, good for ten minutes."""
    return Challenge(challenge=_signing(hub).challenges.issue(base64.b64decode(asked.public_key)))


@router.post(
    "", status_code=201, summary="Register a key", responses=CONFLICT, openapi_extra=described(RegisterKey)
)
async def register(
    request: Request, hub: TheHub, origin: From, asked: Annotated[RegisterKey, Depends(body_of(RegisterKey))]
) -> SigningKeyShown:
    """Register a key whose possession is proved."""
    signing = _proved(request, hub, asked, "keys.add", asked.key_id or "")
    return _shown(await signing.desk.register(asked.order(), actor_of(_principal(request)), origin))


@router.post(
    "/{key_id}/rotate",
    status_code=201,
    summary="Put a new key in an old one's place",
    responses=CONFLICT,
    openapi_extra=described(RotateKey),
)
async def rotate(
    request: Request,
    hub: TheHub,
    origin: From,
    key_id: str,
    asked: Annotated[RotateKey, Depends(body_of(RotateKey))],
) -> SigningKeyShown:
    """Register the new key with what the old one may do; the old one ends after the days of grace."""
    signing = _proved(request, hub, asked, "keys.rotate", key_id)
    key = await signing.desk.rotate(
        key_id,
        asked.key(),
        actor_of(_principal(request)),
        origin,
        new_id=asked.key_id,
        grace=timedelta(days=asked.grace_days),
    )
    return _shown(key)


@router.delete("/{key_id}", summary="Revoke a key")
async def revoke(request: Request, hub: TheHub, origin: From, key_id: str) -> SigningKeyShown:
    """Refuse the key from now on, for ever."""
    return _shown(await _signing(hub).desk.revoke(key_id, actor_of(_principal(request)), origin))


def _signing(hub: Hub) -> Signing:
    if hub.signing is None:
        raise ModuleUnavailable("signed requests are not in use here; SSPL_ENABLED switches them on")
    return hub.signing


def _proved(request: Request, hub: Hub, asked: Proven, action: str, key_id: str) -> Signing:
    """Return what keeps keys, once whoever asks has shown to hold the private one."""
    signing = _signing(hub)
    if not signing.challenges.answered(asked.challenge, asked.signature(), asked.key()):
        refusal = Forbidden("the proof is not this key's signature of a challenge that still holds")
        hub.gatehouse.did(_principal(request), action, key_id, refusal.code, request.scope["state"])
        raise refusal
    return signing


def _principal(request: Request) -> Principal:
    principal: Principal = request.state.principal
    return principal


def _shown(key: SigningKey) -> SigningKeyShown:
    return SigningKeyShown(**key_view.facts(key))
