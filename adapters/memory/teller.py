"""Tells Noopur verdicts, each until it is taken or refused."""

import asyncio
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import structlog

from adapters.memory.journal import Journal
from adapters.sqlite.locks import Lease
from bridges.creatorcore import TextVerdict
from bridges.noopur import NOT_LET_IN, NoopurBridgeClient
from core_integrator.contracts.errors import (
    BreakerOpen,
    BridgeError,
    BridgeProtocolError,
    BridgeRefusal,
    StorageUnavailable,
)
from core_integrator.contracts.ports import Feedback, Generation

log = structlog.get_logger("adapters.memory")

SHORTEST_S, LONGEST_S = 1.0, 60.0
# Refusals that say "not now": too slow, too early, at work on the same.
_NOT_NOW = NOT_LET_IN | {408, 409, 425}
_COMMANDS = {2: "+2", 1: "+1", -1: "-1", -2: "-2"}


class Teller:
    """One task a process; over all processes that share the journal, one of them tells.

    A verdict whose fate is unknown is told again, under the same id: at least once, seldom twice.
    """

    def __init__(self, journal: Journal, bridge: NoopurBridgeClient, *, lease: Path) -> None:
        self._journal = journal
        self._bridge = bridge
        self._lease = Lease(lease)
        self.waiting = 0
        self.told = 0
        self.refused = 0

    async def run(self) -> None:
        """Look again and again; while nothing can be told, each try comes after twice the time."""
        pause_s, tries_at_s = SHORTEST_S, 0.0
        while True:
            try:
                if self._lease.held() and time.monotonic() >= tries_at_s:
                    told = self.told
                    done = await self.tell() or self.told > told
                    pause_s = SHORTEST_S if done else min(LONGEST_S, pause_s * 2)
                    tries_at_s = time.monotonic() + pause_s
                self.waiting = await self._journal.count_untold()
            except (StorageUnavailable, OSError) as error:
                log.warning("noopur.telling_waits", error=type(error).__name__)
            await asyncio.sleep(SHORTEST_S)

    async def tell(self) -> bool:
        """Tell what can be told now; true if nothing is left that waits.

        Raises:
            StorageUnavailable: The memory cannot say what waits, or note what was told.
        """
        tried: set[str] = set()
        # Looked up one by one, so that what was erased meanwhile is not told.
        while (untold := await self._journal.first_untold()) is not None:
            feedback, generation = untold
            if feedback.id in tried or not await self._tell(feedback, generation):
                return False
            tried.add(feedback.id)
        return True

    def close(self) -> None:
        """Let another process tell."""
        self._lease.release()

    async def _tell(self, feedback: Feedback, generation: Generation) -> bool:
        """Tell one verdict and note what came of it; false if Noopur is better left alone for a while."""
        try:
            await self._bridge.rate(_verdict(feedback, generation), key=feedback.id)
        except BreakerOpen:
            return False
        except BridgeError as error:
            if not _is_final(error):
                log.info("noopur.not_told", code=error.code, reason=error.message)
                await self._journal.postpone_untold(feedback.id)
                # An odd answer may be about this verdict only; the others have their turn.
                return isinstance(error, BridgeProtocolError)
            self.refused += 1
            log.warning("noopur.refused", feedback_id=feedback.id, reason=error.message)
        else:
            self.told += 1
        await self._journal.settle_untold(feedback.id)
        return True


def _is_final(error: BridgeError) -> bool:
    return isinstance(error, BridgeRefusal) and error.status not in _NOT_NOW


def _verdict(feedback: Feedback, generation: Generation) -> TextVerdict:
    """Return a verdict in Noopur's words: it knows commands; of three stars, which are none, the stars."""
    return TextVerdict(
        generation_id=generation.provider_generation_id,
        command=feedback.command or _COMMANDS.get(feedback.score),
        rating=feedback.rating,
        comment=feedback.comment,
    )


@asynccontextmanager
async def open_teller(
    journal: Journal, bridge: NoopurBridgeClient, *, lease: Path
) -> AsyncGenerator[Teller, None]:
    """Run a teller; what it has not told at the end waits for the next start."""
    teller = Teller(journal, bridge, lease=lease)
    running = asyncio.create_task(teller.run(), name="noopur-teller")
    try:
        yield teller
    finally:
        running.cancel()
        await asyncio.wait({running})
        teller.close()
