"""The nonce store's double: kept in this process and gone with it, so for tests alone."""

import asyncio
from datetime import datetime

PURGE_LIMIT = 1000


class InProcessNonces:
    """Spends nonces of one process; see :class:`NonceStore` for every promise but durability."""

    def __init__(self) -> None:
        self._spent: dict[tuple[str, str], datetime] = {}
        self._forgotten_until: datetime | None = None

    async def take(self, key_id: str, nonce: str, *, expires_at: datetime) -> bool:
        """Spend a nonce; false if it was spent before, or may have been before a purge."""
        await asyncio.sleep(0)
        if self._forgotten_until is not None and expires_at <= self._forgotten_until:
            return False
        if (key_id, nonce) in self._spent:
            return False
        self._spent[key_id, nonce] = expires_at
        return True

    def remembers_since(self) -> datetime | None:
        """Return nothing: what this process forgets, it forgets with everything else."""
        return None

    async def purge(self, now: datetime) -> int:
        """Forget some of what has expired; return how many."""
        await asyncio.sleep(0)
        expired = [spent for spent, expires_at in self._spent.items() if expires_at <= now][:PURGE_LIMIT]
        for spent in expired:
            expires_at = self._spent.pop(spent)
            self._forgotten_until = max(expires_at, self._forgotten_until or expires_at)
        return len(expired)
