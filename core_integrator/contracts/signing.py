"""What signed requests ask of their stores: who owns a key, and whether a nonce was spent."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

KeyStatus = Literal["pending", "active", "revoked"]
LegacyForm = Literal["L1", "L2"]


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A registered Ed25519 public key (32 bytes) and what its owner may do with it.

    ``scopes`` are permissions (``core:write``, ``core:write:video``, ``history:read`` …), ``subjects`` the
    user ids it may speak for (``*`` for any).  ``legacy`` lists the published old forms it may still use,
    until ``legacy_until``.
    """

    key_id: str
    public_key: bytes
    owner: str
    scopes: frozenset[str]
    subjects: frozenset[str]
    status: KeyStatus
    not_before: datetime
    not_after: datetime | None = None
    legacy: frozenset[LegacyForm] = frozenset()
    legacy_until: datetime | None = None
    created_by: str = ""
    revoked_at: datetime | None = None
    replaced_by: str | None = None


class KeyTaken(Exception):
    """The key id, or the public key, is registered already."""


class KeyRegistry(Protocol):
    """Registered keys.  Every method raises ``StorageUnavailable`` when it cannot answer: callers refuse.

    What is found may be held for at most two seconds; a revocation counts from then on at the latest.
    """

    async def find(self, key_id: str) -> SigningKey | None:
        """Return the key of this id, whatever its status; none if it was never registered."""
        ...

    async def find_public(self, public_key: bytes) -> SigningKey | None:
        """Return the key with these 32 bytes (the old forms name no id)."""
        ...

    async def listed(self) -> Sequence[SigningKey]:
        """Return every key, oldest first."""
        ...

    async def add(self, key: SigningKey) -> None:
        """Register a key.

        Raises:
            KeyTaken: Its id or its public key is registered already.
        """
        ...

    async def replace(self, key: SigningKey) -> bool:
        """Write a key's status, times, scopes and subjects anew; false if there is none of its id."""
        ...


class NonceStore(Protocol):
    """Spent nonces, shared by every process of a hub; fails closed: ``StorageUnavailable`` means refuse."""

    async def take(self, key_id: str, nonce: str, *, expires_at: datetime) -> bool:
        """Spend a nonce atomically; false if it was spent before, or may have been before a purge.

        Of any number of simultaneous callers, in any process, one gets true; it is durable before that.
        """
        ...

    def remembers_since(self) -> datetime | None:
        """Return the moment since which nothing spent was forgotten; none if that never happens.

        Ask after :meth:`take`, which may learn that the store lost its memory: a request made before that
        moment may be a replay even though its nonce was free.  Never waits.
        """
        ...

    async def purge(self, now: datetime) -> int:
        """Forget some of what has expired; return how many.  Never on a request's path."""
        ...
