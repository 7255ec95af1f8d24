"""Finds the key a caller names, and tells whether it counts now."""

from collections.abc import Callable
from datetime import datetime

from nacl.signing import SigningKey as PrivateKey

from core_integrator.contracts.errors import (
    IntegratorError,
    LegacyDisabled,
    SigningKeyInactive,
    SigningKeyUnknown,
    SigningStoreUnavailable,
    StorageUnavailable,
)
from core_integrator.contracts.signing import KeyRegistry, LegacyForm, SigningKey
from security.sspl.attempt import Attempt

_NOBODYS = bytes(PrivateKey.generate().verify_key)  # whose private half is forgotten at once


class KeyCheck:
    """Asks the registry.

    With ``opaque``, a key that does not count is not refused here but exchanged for one that nobody can sign
    with: all further checks are the same as for a good key, and the caller learns no more than
    that the signature is wrong.
    """

    def __init__(self, registry: KeyRegistry, *, opaque: bool) -> None:
        self._registry = registry
        self._opaque = opaque

    async def by_id(self, attempt: Attempt, key_id: str, now: datetime) -> SigningKey:
        """Return the active key of this id.

        Raises:
            SigningKeyUnknown: There is none.
            SigningKeyInactive: It is pending, revoked, or outside its time.
            SigningStoreUnavailable: The registry cannot answer.
        """
        attempt.claimed = key_id
        try:
            key = await self._registry.find(key_id)
        except StorageUnavailable as error:
            raise SigningStoreUnavailable from error
        return self._counting(attempt, key, now, _refuse_inactive)

    async def by_public_key(self, attempt: Attempt, public_key: bytes, now: datetime) -> SigningKey:
        """Return the active key that may sign in an old form.

        Raises:
            LegacyDisabled: It may not, or no longer.
        """
        try:
            key = await self._registry.find_public(public_key)
        except StorageUnavailable as error:
            raise SigningStoreUnavailable from error
        attempt.claimed = key.key_id if key else ""
        return self._counting(attempt, key, now, _refuse_legacy)

    def _counting(
        self,
        attempt: Attempt,
        key: SigningKey | None,
        now: datetime,
        refuse: Callable[[SigningKey, datetime], None],
    ) -> SigningKey:
        try:
            if key is None:
                raise SigningKeyUnknown
            refuse(key, now)
        except IntegratorError as error:
            if not self._opaque:
                raise
            attempt.concealed = error
            return _decoy(now)
        return key


def _refuse_inactive(key: SigningKey, now: datetime) -> None:
    ended = key.not_after is not None and now > key.not_after
    if key.status != "active" or now < key.not_before or ended:
        raise SigningKeyInactive


def _refuse_legacy(key: SigningKey, now: datetime) -> None:
    _refuse_inactive(key, now)
    # Without a date it would stay for ever, and so would the risk.
    if not key.legacy or key.legacy_until is None or now > key.legacy_until:
        raise LegacyDisabled


def _decoy(now: datetime) -> SigningKey:
    forms: frozenset[LegacyForm] = frozenset({"L1", "L2"})
    return SigningKey(
        key_id="",
        public_key=_NOBODYS,
        owner="",
        scopes=frozenset(),
        subjects=frozenset(),
        status="active",
        not_before=now,
        legacy=forms,
        legacy_until=now,
    )
