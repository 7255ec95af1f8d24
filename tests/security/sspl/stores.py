"""A clock, a key registry and a nonce store that tests can look into and take away."""

import base64
from datetime import UTC, datetime, timedelta

from core_integrator.contracts.errors import StorageUnavailable
from core_integrator.contracts.signing import SigningKey
from tests.security.sspl.vectors import vectors

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
NOW = vectors()["constants"]["now"]


def moment(unix_s: float) -> datetime:
    """Return an aware moment."""
    return EPOCH + timedelta(seconds=unix_s)


class HandClock:
    """A clock that stands still until it is set."""

    def __init__(self) -> None:
        self.unix_s: float = NOW

    def now(self) -> datetime:
        """Return what it was set to."""
        return moment(self.unix_s)


class Keys:
    """The registered keys of the vectors, and more if a test adds some."""

    def __init__(self) -> None:
        named = vectors()["keys"].items()
        self.keys = {name: _key(name, key) for name, key in named if key["registered"]}
        self.away = False

    async def find(self, key_id: str) -> SigningKey | None:
        """Look up by id."""
        self._answer()
        return self.keys.get(key_id)

    async def find_public(self, public_key: bytes) -> SigningKey | None:
        """Look up by public key."""
        self._answer()
        return next((key for key in self.keys.values() if key.public_key == public_key), None)

    def _answer(self) -> None:
        if self.away:
            raise StorageUnavailable("the key registry is away")


class Nonces:
    """Spent nonces; what may be forgotten is forgotten at the first moment allowed."""

    def __init__(self, clock: HandClock) -> None:
        self.spent: dict[tuple[str, str], datetime] = {}
        self.away = False
        self.since: datetime | None = None
        self._clock = clock

    async def take(self, key_id: str, nonce: str, *, expires_at: datetime) -> bool:
        """Spend a nonce."""
        if self.away:
            raise StorageUnavailable("the nonce store is away")
        now = self._clock.now()
        self.spent = {pair: until for pair, until in self.spent.items() if until > now}
        if (key_id, nonce) in self.spent:
            return False
        self.spent[key_id, nonce] = expires_at
        return True

    def remembers_since(self) -> datetime | None:
        """Return since when nothing was forgotten."""
        return self.since


def _key(name: str, written: dict) -> SigningKey:
    return SigningKey(
        key_id=name,
        public_key=base64.b64decode(written["public_key_b64"]),
        owner=f"owner of {name}",
        scopes=frozenset(written["scopes"]),
        subjects=frozenset(written["subjects"]),
        status=written["status"],
        not_before=EPOCH,
        not_after=moment(written["not_after"]) if "not_after" in written else None,
        legacy=frozenset(written.get("legacy", ())),
        legacy_until=moment(NOW + 30 * 86_400) if "legacy" in written else None,
    )
