"""Purges spent nonces once they have expired, away from any request."""

import asyncio
from datetime import datetime, timedelta

import structlog

from core_integrator.contracts.clock import Clock
from core_integrator.contracts.errors import StorageUnavailable
from core_integrator.contracts.signing import NonceStore

log = structlog.get_logger("adapters.nonces")

EVERY_S = 30.0
# A clock that goes back by more than this is not trusted to say what has expired.
_STEP = timedelta(seconds=60)
# Between two portions, so that takes are not kept waiting.
_BREATH_S = 0.05


class Janitor:
    """Purges in portions, and not at all while the clock lies behind what it showed before."""

    def __init__(self, store: NonceStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._latest: datetime | None = None

    async def run(self, every_s: float = EVERY_S) -> None:
        """Sweep again and again until cancelled; a store that is away is tried at the next turn."""
        while True:
            await asyncio.sleep(every_s)
            try:
                await self.sweep()
            except StorageUnavailable as error:
                log.warning("nonces.not_purged", reason=error.message)

    async def sweep(self) -> int:
        """Purge all that has expired; return how many, or 0 while the clock is not to be trusted.

        Raises:
            StorageUnavailable: The store is away.
        """
        now = self._clock.now()
        self._latest = max(now, self._latest or now)
        if self._latest - now > _STEP:
            log.warning("nonces.clock_stepped_back", seconds=(self._latest - now).total_seconds())
            return 0
        purged = 0
        while portion := await self._store.purge(now):
            purged += portion
            await asyncio.sleep(_BREATH_S)
        return purged
