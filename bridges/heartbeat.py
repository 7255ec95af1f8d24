"""Keeps the last known health of a generator current, off every request's path."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

log = structlog.get_logger("bridges.heartbeat")

Probe = Callable[[], Awaitable[str | None]]


class Heartbeat:
    """Asks ``probe`` at regular intervals; ``problem`` is its newest answer."""

    def __init__(self, probe: Probe, *, every_s: float) -> None:
        self.problem: str | None = "not asked yet"
        self._probe = probe
        self._every_s = every_s
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Probe once, then go on in the background."""
        await self._beat()
        self._task = asyncio.create_task(self._go_on(), name="heartbeat")

    async def stop(self) -> None:
        """End the background task."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait({self._task})

    async def _go_on(self) -> None:
        while True:
            await asyncio.sleep(self._every_s)
            await self._beat()

    async def _beat(self) -> None:
        before, self.problem = self.problem, await self._probe()
        if before != self.problem:
            log.info("bridge.health_changed", problem=self.problem)
