"""The life of a signing key: registered, replaced by a newer one, revoked."""

import base64
import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from core_integrator.contracts.clock import Clock
from core_integrator.contracts.errors import InvalidArgument, NotFound, WrongState
from core_integrator.contracts.principals import ANYBODY
from core_integrator.contracts.signing import KeyRegistry, KeyStatus, KeyTaken, LegacyForm, SigningKey
from security.sspl.ed25519 import is_valid_public_key

# How long a key that was replaced may still be used.
GRACE = timedelta(days=7)
# A key without a first day was good ever since.
ALWAYS = datetime(1970, 1, 1, tzinfo=UTC)

_KEY_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,63}")
_OWNER = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_SUBJECT = re.compile(r"[A-Za-z0-9_-]{1,64}")
_SCOPE = re.compile(r"\*|[a-z]+:(\*|[a-z]+(:[a-z][a-z0-9_]{0,63})?)")


@dataclass(frozen=True, slots=True)
class KeyOrder:
    """A key that is to be registered: whose it is, and what it may do."""

    public_key: bytes
    owner: str
    scopes: frozenset[str]
    subjects: frozenset[str]
    key_id: str | None = None
    not_before: datetime = ALWAYS
    not_after: datetime | None = None
    legacy: frozenset[LegacyForm] = frozenset()
    legacy_until: datetime | None = None


class KeyDesk:
    """Registers, rotates and revokes; whoever asks has been found entitled, and the key proved, before."""

    def __init__(self, registry: KeyRegistry, clock: Clock) -> None:
        self._registry = registry
        self._clock = clock

    async def register(self, order: KeyOrder, *, created_by: str, status: KeyStatus = "active") -> SigningKey:
        """Register a key; ``pending`` until its possession is proved, if so asked.

        Raises:
            InvalidArgument: The key is none, or a name, scope or date cannot be.
            WrongState: Its id or its public key is registered already.
        """
        self._refuse_impossible(order)
        key = SigningKey(
            key_id=order.key_id or default_key_id(order.public_key),
            public_key=order.public_key,
            owner=order.owner,
            scopes=order.scopes,
            subjects=order.subjects,
            status=status,
            not_before=order.not_before,
            not_after=order.not_after,
            legacy=order.legacy,
            legacy_until=order.legacy_until,
            created_by=created_by,
        )
        try:
            await self._registry.add(key)
        except KeyTaken as error:
            raise WrongState("this key, or its id, is registered already") from error
        return key

    async def activate(self, key_id: str) -> SigningKey:
        """Let a pending key be used, now that its possession is proved.

        Raises:
            NotFound: There is no such key.
            WrongState: It is not pending.
        """
        key = await self._known(key_id)
        if key.status != "pending":
            raise WrongState(f"the key is {key.status}, not pending")
        return await self._write(replace(key, status="active"))

    async def rotate(
        self,
        key_id: str,
        public_key: bytes,
        *,
        created_by: str,
        new_id: str | None = None,
        grace: timedelta = GRACE,
    ) -> SigningKey:
        """Register a key that may do what the old one may, and let the old one end after ``grace``.

        Done again after it was interrupted, it goes on where it stopped.

        Raises:
            NotFound: There is no such old key.
            InvalidArgument: The new key is none.
            WrongState: The old key cannot be used any more, or the new one is registered already.
        """
        now = self._clock.now()
        old = await self._known(key_id)
        if old.status != "active" or (old.not_after is not None and old.not_after <= now):
            raise WrongState("only a key that may be used can be rotated")
        order = KeyOrder(
            public_key,
            old.owner,
            old.scopes,
            old.subjects,
            key_id=new_id,
            legacy=old.legacy if _later(old.legacy_until, now) else frozenset(),
            legacy_until=old.legacy_until if _later(old.legacy_until, now) else None,
        )
        new = await self._successor(order, created_by=created_by)
        ends = now + grace if old.not_after is None else min(old.not_after, now + grace)
        await self._write(replace(old, not_after=ends, replaced_by=new.key_id))
        return new

    async def revoke(self, key_id: str) -> SigningKey:
        """Refuse the key from now on, for ever; a revoked one stays as it is.

        Raises:
            NotFound: There is no such key.
        """
        key = await self._known(key_id)
        if key.status == "revoked":
            return key
        revoked = replace(key, status="revoked", revoked_at=self._clock.now())
        # Somebody else may have been quicker; then it is revoked all the same.
        return revoked if await self._registry.replace(revoked) else await self._known(key_id)

    async def _successor(self, order: KeyOrder, *, created_by: str) -> SigningKey:
        known = await self._registry.find_public(order.public_key)
        wanted_id = order.key_id or default_key_id(order.public_key)
        if known is not None and (known.key_id, known.owner, known.status) == (
            wanted_id,
            order.owner,
            "active",
        ):
            return known
        return await self.register(order, created_by=created_by)

    async def _known(self, key_id: str) -> SigningKey:
        key = await self._registry.find(key_id)
        if key is None:
            raise NotFound("key")
        return key

    async def _write(self, key: SigningKey) -> SigningKey:
        if not await self._registry.replace(key):
            raise WrongState("the key was revoked meanwhile")
        return key

    def _refuse_impossible(self, order: KeyOrder) -> None:
        if not is_valid_public_key(order.public_key):
            raise InvalidArgument("the public key is no Ed25519 key that can be trusted")
        _refuse_unnamed(order)
        if order.legacy and order.legacy_until is None:
            raise InvalidArgument("the old forms need a last day: they can never be made fully safe")
        if order.legacy_until is not None and not order.legacy:
            raise InvalidArgument("a last day of the old forms needs the forms")
        if order.not_after is not None and order.not_after <= max(order.not_before, self._clock.now()):
            raise InvalidArgument("the key would end before it begins")


def _refuse_unnamed(order: KeyOrder) -> None:
    if order.key_id is not None and not _KEY_ID.fullmatch(order.key_id):
        raise InvalidArgument("a key id has 1 to 64 of A-Z a-z 0-9 . _ : - and begins with a letter or digit")
    if not _OWNER.fullmatch(order.owner):
        raise InvalidArgument("an owner has 1 to 64 of A-Z a-z 0-9 . _ - and begins with a letter or digit")
    if not order.scopes or not all(map(_SCOPE.fullmatch, order.scopes)):
        raise InvalidArgument("scopes look like core:write, core:write:video, history:read or admin:*")
    if not order.subjects or not all(name == ANYBODY or _SUBJECT.fullmatch(name) for name in order.subjects):
        raise InvalidArgument("subjects are user ids, or * for any")


def _later(moment: datetime | None, now: datetime) -> bool:
    return moment is not None and moment > now


def thumbprint(public_key: bytes) -> str:
    """Return the RFC 7638 thumbprint of the key as a JSON Web Key (RFC 8037): 43 base64url letters."""
    x = base64.urlsafe_b64encode(public_key).decode().rstrip("=")
    digest = sha256(f'{{"crv":"Ed25519","kty":"OKP","x":"{x}"}}'.encode()).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def default_key_id(public_key: bytes) -> str:
    """Return the id of a key that nobody named: its thumbprint, after ``jkt:`` where it begins ill."""
    own = thumbprint(public_key)
    return own if _KEY_ID.fullmatch(own) else f"jkt:{own}"
