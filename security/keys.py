"""The life of a signing key: registered, replaced by a newer one, revoked."""

from dataclasses import replace
from datetime import datetime, timedelta

from pydantic import JsonValue

from core_integrator.contracts.clock import Clock
from core_integrator.contracts.errors import NotFound, WrongState
from core_integrator.contracts.signing import KeyRegistry, KeyStatus, KeyTaken, SigningKey
from security.identities.trail import Actor, Origin, Trail
from security.key_orders import KeyOrder, default_key_id

# How long a key that was replaced may still be used.
GRACE = timedelta(days=7)
NOWHERE = Origin()


class KeyDesk:
    """Registers, rotates and revokes; whoever asks has been found entitled, and the key proved, before.

    What changes is written down first: where the audit log cannot be written, nothing changes.
    """

    def __init__(self, registry: KeyRegistry, clock: Clock, trail: Trail) -> None:
        self._registry = registry
        self._clock = clock
        self._trail = trail

    async def register(
        self, order: KeyOrder, by: Actor, origin: Origin = NOWHERE, *, status: KeyStatus = "active"
    ) -> SigningKey:
        """Register a key; ``pending`` until its possession is proved, if so asked.

        Raises:
            InvalidArgument: The key is none, or a name, scope or date cannot be.
            WrongState: Its id or its public key is registered already.
        """
        key = await self._possible(order, by, status)
        await self._trail.record("keys.add", by, key.key_id, origin, {"owner": key.owner})
        await self._add(key)
        return key

    async def activate(self, key_id: str, by: Actor, origin: Origin = NOWHERE) -> SigningKey:
        """Let a pending key be used, now that its possession is proved.

        Raises:
            NotFound: There is no such key.
            WrongState: It is not pending.
        """
        key = await self._known(key_id)
        if key.status != "pending":
            raise WrongState(f"the key is {key.status}, not pending")
        await self._trail.record("keys.activate", by, key_id, origin)
        return await self._write(replace(key, status="active"))

    async def rotate(
        self,
        key_id: str,
        public_key: bytes,
        by: Actor,
        origin: Origin = NOWHERE,
        *,
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
        if public_key == old.public_key:
            raise WrongState("the new key is the old one")
        order = _successor(old, public_key, new_id, now)
        begun = await self._begun(order)
        new = begun or await self._possible(order, by, "active")
        detail: dict[str, JsonValue] = {"owner": old.owner, "successor": new.key_id}
        await self._trail.record("keys.rotate", by, key_id, origin, detail)
        if not begun:
            await self._add(new)
        ends = now + grace if old.not_after is None else min(old.not_after, now + grace)
        await self._write(replace(old, not_after=ends, replaced_by=new.key_id))
        return new

    async def revoke(self, key_id: str, by: Actor, origin: Origin = NOWHERE) -> SigningKey:
        """Refuse the key from now on, for ever; a revoked one stays as it is.

        Raises:
            NotFound: There is no such key.
        """
        key = await self._known(key_id)
        if key.status == "revoked":
            return key
        await self._trail.record("keys.revoke", by, key_id, origin, {"owner": key.owner})
        revoked = replace(key, status="revoked", revoked_at=self._clock.now())
        # Somebody else may have been quicker; then it is revoked all the same.
        return revoked if await self._registry.replace(revoked) else await self._known(key_id)

    async def _possible(self, order: KeyOrder, by: Actor, status: KeyStatus) -> SigningKey:
        order.refuse_impossible(self._clock.now())
        key = _key(order, by, status)
        known = await self._registry.find(key.key_id) or await self._registry.find_public(key.public_key)
        if known is not None:
            raise _taken()
        return key

    async def _add(self, key: SigningKey) -> None:
        try:
            await self._registry.add(key)
        except KeyTaken as error:
            # Somebody was quicker, after we looked.
            raise _taken() from error

    async def _begun(self, order: KeyOrder) -> SigningKey | None:
        """Return the successor if an interrupted rotation registered it already."""
        known = await self._registry.find_public(order.public_key)
        wanted = (order.key_id or default_key_id(order.public_key), order.owner, "active")
        return known if known and (known.key_id, known.owner, known.status) == wanted else None

    async def _known(self, key_id: str) -> SigningKey:
        key = await self._registry.find(key_id)
        if key is None:
            raise NotFound("key")
        return key

    async def _write(self, key: SigningKey) -> SigningKey:
        if not await self._registry.replace(key):
            raise WrongState("the key was revoked meanwhile")
        return key


def _key(order: KeyOrder, by: Actor, status: KeyStatus) -> SigningKey:
    return SigningKey(
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
        created_by=by.id,
    )


def _successor(old: SigningKey, public_key: bytes, key_id: str | None, now: datetime) -> KeyOrder:
    """Return the order of a key that may do what the old one may; its old forms keep their last day."""
    keeps_forms = old.legacy_until is not None and old.legacy_until > now
    return KeyOrder(
        public_key,
        old.owner,
        old.scopes,
        old.subjects,
        key_id=key_id,
        legacy=old.legacy if keeps_forms else frozenset(),
        legacy_until=old.legacy_until if keeps_forms else None,
    )


def _taken() -> WrongState:
    return WrongState("this key, or its id, is registered already")
