"""Verdicts that a generator could not be told are told later, in their order, until it knows."""

import asyncio
from datetime import timedelta

import structlog

from core_integrator.contracts.clock import Clock
from core_integrator.contracts.errors import BridgeRefusal, IntegratorError, StorageUnavailable
from core_integrator.contracts.ports import MemoryStore
from core_integrator.feedback import FeedbackDesk, NobodyTakesIt

log = structlog.get_logger("core_integrator.outbox")

# Younger ones are on their way with the request that brought them.
PATIENCE = timedelta(seconds=5)
AT_ONCE = 50
SHORTEST_S, LONGEST_S = 2.0, 60.0


class Outbox:
    """Passes on what waits; the verdict's own id is the key, so that a generator counts it once."""

    def __init__(self, memory: MemoryStore, desk: FeedbackDesk, *, clock: Clock) -> None:
        self._memory = memory
        self._desk = desk
        self._clock = clock
        self.waiting = 0

    async def run(self) -> None:
        """Look again and again; the pause doubles while generators stay away."""
        pause_s = SHORTEST_S
        while True:
            await asyncio.sleep(pause_s)
            try:
                all_told = await self.deliver()
            except StorageUnavailable as error:
                log.warning("outbox.memory_down", reason=error.message)
                all_told = False
            pause_s = SHORTEST_S if all_told else min(LONGEST_S, pause_s * 2)

    async def deliver(self) -> bool:
        """Tell what can be told now; true if nothing that was looked at is left.

        Raises:
            StorageUnavailable: The memory cannot say what waits, or note what was told.
        """
        waiting = await self._memory.waiting_feedback(before=self._clock.now() - PATIENCE, limit=AT_ONCE)
        away: set[str] = set()
        for feedback, generation in waiting:
            if generation.module in away:
                continue
            try:
                await self._desk.forward(feedback, generation)
            except (BridgeRefusal, NobodyTakesIt) as refusal:
                # Final: asking again would be answered the same.
                log.warning("outbox.given_up", module=generation.module, reason=str(refusal))
                await self._memory.give_up_forwarding(feedback.id)
            except IntegratorError as error:
                log.info("outbox.still_away", module=generation.module, code=error.code)
                away.add(generation.module)
            else:
                await self._memory.mark_forwarded(feedback.id)
        self.waiting = sum(generation.module in away for _, generation in waiting)
        return not away
