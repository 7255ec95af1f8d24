"""Replays what the primary missed, in its order, and knows where the memory stands."""

import asyncio
import math
import time
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import structlog

from adapters.memory.backlog import Depth
from adapters.memory.changes import Change, EraseUser
from adapters.memory.courier import Line, pause_s
from adapters.memory.journal import Journal
from adapters.memory.primary import Primary, PrimaryDown
from adapters.sqlite.locks import Lease
from core_integrator.contracts.errors import StorageUnavailable
from core_integrator.contracts.ports import MemoryMode, MemoryState

log = structlog.get_logger("adapters.memory")

BATCH = 200
# Younger rows are still with the courier that carries them.
FRESH_S = 2.0
# Choosing a server, a place in the pool, a connection and an answer: each may take a deadline.
LATE_DEADLINES = 5
LOOK_EVERY_S = 0.2
SETTLE_AT = 2_000
# How soon an erasure that another host was told of is done here, and how far hosts' clocks may differ.
HEED_EVERY_S = 2.0
CLOCK_SKEW_US = 600_000_000


class Replayer:
    """One task a process; over all processes that share the journal, one of them replays."""

    def __init__(
        self, journal: Journal, primary: Primary, line: Line, *, lease: Path, deadline_s: float
    ) -> None:
        self._journal = journal
        # Longer than a write can still be under way that nobody waits for any more.
        self._lingering_s = math.ceil(LATE_DEADLINES * deadline_s)
        self._primary = primary
        self._line = line
        self._lease = Lease(lease)
        self._delivered: list[Change] = []
        self._depth = Depth(0, None, 0)
        self._prepared = False
        self._heeded_us = 0
        self._heeded_at = 0.0
        self.replayed = 0

    def delivered(self, changes: Sequence[Change]) -> None:
        """Take note of what the courier brought: its rows go out of the backlog, many at once, soon."""
        self._delivered += changes

    def state(self) -> MemoryState:
        """Return where the memory stands, as it was seen a moment ago."""
        waiting, oldest_s = self._depth.waiting, self._depth.oldest_s
        age_s = 0.0 if oldest_s is None else max(0.0, time.time() - oldest_s)
        if self._line.state == "open":
            return self._state("journal", age_s)
        return self._state("catching_up" if waiting and age_s > FRESH_S + 1 else "primary", age_s)

    def _state(self, mode: MemoryMode, age_s: float) -> MemoryState:
        return MemoryState(
            mode,
            self._depth.waiting,
            round(age_s, 3),
            self._line.reason,
            mirrored=True,
            refused=self._depth.refused,
            replayed=self.replayed,
            fallbacks=self._line.fallbacks,
        )

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
            except (StorageUnavailable, OSError) as error:
                # Also a lease that cannot be opened: this task is the only one that ever looks again.
                log.warning("memory.replay_waits", reason=str(error))
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
        await self._heed_erasures()
        waiting = await self._journal.oldest(
            limit=BATCH, queued_before_s=time.time() - FRESH_S, lingering_s=self._lingering_s
        )
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

    async def _heed_erasures(self) -> None:
        """Erase here what another host was told to; what this host may have brought back since goes too."""
        now = time.monotonic()
        if now - self._heeded_at < HEED_EVERY_S and self._line.state == "closed":
            return
        told = await self._primary.erasures(since_us=self._heeded_us)
        for erasure in told:
            if await self._journal.heed_erasure(erasure.user_id, erasure.until_us):
                await self._primary.apply([EraseUser(erasure.user_id, erasure.until_us)])
        self._heeded_us = max([self._heeded_us, *(each.told_us - CLOCK_SKEW_US for each in told)])
        self._heeded_at = now

    async def _settle_delivered(self) -> None:
        while self._delivered:
            done, self._delivered = self._delivered[:SETTLE_AT], self._delivered[SETTLE_AT:]
            await self._journal.settle_changes(done)

    async def _look(self) -> None:
        self._depth = await self._journal.depth(lingering_s=self._lingering_s)


@asynccontextmanager
async def open_replayer(
    journal: Journal, primary: Primary, line: Line, *, lease: Path, deadline_s: float
) -> AsyncGenerator[Replayer, None]:
    """Run a replayer; what was delivered and is not settled at the end is found there at the next start."""
    replayer = Replayer(journal, primary, line, lease=lease, deadline_s=deadline_s)
    running = asyncio.create_task(replayer.run(), name="memory-replay")
    try:
        yield replayer
    finally:
        running.cancel()
        replayer.close()
