"""Replays what the primary missed, in its order, and knows where the memory stands."""

import asyncio
import time
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import structlog

from adapters.memory.backlog import Depth
from adapters.memory.changes import Change
from adapters.memory.courier import Line, pause_s
from adapters.memory.journal import Journal
from adapters.memory.lease import Lease
from adapters.memory.primary import Primary, PrimaryDown
from core_integrator.contracts.errors import StorageUnavailable
from core_integrator.contracts.ports import MemoryState

log = structlog.get_logger("adapters.memory")

BATCH = 200
# Younger rows are still with the courier that carries them.
FRESH_S = 2.0
LOOK_EVERY_S = 0.2
SETTLE_AT = 2_000


class Replayer:
    """One task a process; over all processes that share the journal, one of them replays."""

    def __init__(self, journal: Journal, primary: Primary, line: Line, *, lease: Path) -> None:
        self._journal = journal
        self._primary = primary
        self._line = line
        self._lease = Lease(lease)
        self._delivered: list[Change] = []
        self._depth = Depth(0, None, 0)
        self._prepared = False
        self.replayed = 0

    def delivered(self, changes: Sequence[Change]) -> None:
        """Take note of what the courier brought: its rows go out of the backlog, many at once, soon."""
        self._delivered += changes

    def state(self) -> MemoryState:
        """Return where the memory stands, as it was seen a moment ago."""
        waiting, oldest_s = self._depth.waiting, self._depth.oldest_s
        age_s = 0.0 if oldest_s is None else max(0.0, time.time() - oldest_s)
        if self._line.state == "open":
            return MemoryState("journal", waiting, age_s, self._line.reason)
        if waiting and age_s > FRESH_S + 1:
            return MemoryState("catching_up", waiting, age_s)
        return MemoryState("primary", waiting, age_s)

    async def run(self) -> None:
        """Look whether an absent primary is back, bring what it missed, keep the backlog tidy; for ever."""
        pause: float | None = None
        while True:
            try:
                if self._line.state == "open":
                    pause = pause_s(pause)
                    await asyncio.sleep(pause)
                    await self._return()
                    pause = None
                more = await self._catch_up()
                await self._look()
                await asyncio.sleep(0 if more else LOOK_EVERY_S)
            except PrimaryDown as error:
                self._line.failed(error)
                with suppress(StorageUnavailable):
                    await self._look()
            except StorageUnavailable as error:
                log.warning("memory.replay_waits", reason=error.message)
                await asyncio.sleep(1)

    def close(self) -> None:
        """Let another process replay."""
        self._lease.release()

    async def _return(self) -> None:
        """Use the primary again once it has shown that it takes what waits."""
        await self._primary.ping()
        if not self._prepared:
            await self._primary.prepare()
            self._prepared = True
        await self._catch_up()
        self._line.well()

    async def _catch_up(self) -> bool:
        """Bring one batch; true if there may be more."""
        await self._settle_delivered()
        if not self._lease.held():
            return False
        waiting = await self._journal.oldest(limit=BATCH, queued_before_s=time.time() - FRESH_S)
        if not waiting:
            return False
        steps = [row for row in waiting if row.change is not None]
        refused = await self._primary.apply([row.change for row in steps if row.change is not None])
        poisoned = {id(each.change): each.code for each in refused}
        bad = [(row.seq, poisoned[id(row.change)]) for row in steps if id(row.change) in poisoned]
        for seq, code in bad:
            log.error("memory.row_refused", seq=seq, code=code)
        gone = {seq for seq, _ in bad}
        await self._journal.settle([row.seq for row in waiting if row.seq not in gone], bad)
        self.replayed += len(steps) - len(bad)
        return len(waiting) == BATCH

    async def _settle_delivered(self) -> None:
        while self._delivered:
            done, self._delivered = self._delivered[:SETTLE_AT], self._delivered[SETTLE_AT:]
            await self._journal.settle_changes(done)

    async def _look(self) -> None:
        self._depth = await self._journal.depth()


@asynccontextmanager
async def open_replayer(
    journal: Journal, primary: Primary, line: Line, *, lease: Path
) -> AsyncGenerator[Replayer, None]:
    """Run a replayer; at the end what was delivered is settled."""
    replayer = Replayer(journal, primary, line, lease=lease)
    running = asyncio.create_task(replayer.run(), name="memory-replay")
    try:
        yield replayer
    finally:
        running.cancel()
        replayer.close()
