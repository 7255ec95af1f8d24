"""Counts of use, gathered in memory and written down every few seconds.

A process that is killed loses what it counted since; requests never wait for a count.
"""

import asyncio
from collections import Counter
from datetime import date, datetime

import structlog

from core_integrator.contracts.accounts import UsageStore
from core_integrator.contracts.clock import Clock
from core_integrator.contracts.errors import StorageUnavailable

log = structlog.get_logger("security.usage")


class UsageTally:
    """Counts calls of users and uses of API keys."""

    def __init__(self, store: UsageStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._calls: Counter[tuple[str, date]] = Counter()
        self._keys: dict[str, tuple[int, datetime]] = {}
        self._writing = asyncio.Lock()

    def count_call(self, user_id: str) -> None:
        """Count one call that a user made."""
        self._calls[user_id, self._clock.now().date()] += 1

    def count_key(self, key_id: str) -> None:
        """Count one request that showed an API key."""
        count, _ = self._keys.get(key_id, (0, None))
        self._keys[key_id] = (count + 1, self._clock.now())

    async def write(self) -> None:
        """Write down what was counted; what cannot be written waits for the next time."""
        async with self._writing:
            calls, self._calls = self._calls, Counter()
            keys, self._keys = self._keys, {}
            if not calls and not keys:
                return
            try:
                await self._store.add(calls, keys)
            except StorageUnavailable as error:
                log.warning("usage.not_written", reason=error.message)
                self._take_back(calls, keys)

    def _take_back(self, calls: Counter[tuple[str, date]], keys: dict[str, tuple[int, datetime]]) -> None:
        self._calls.update(calls)
        for key_id, (count, last) in keys.items():
            newer, newer_last = self._keys.get(key_id, (0, last))
            self._keys[key_id] = (count + newer, newer_last)
