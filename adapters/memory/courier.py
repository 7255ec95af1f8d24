"""Brings fresh changes to the primary store, many at once, for as long as it answers."""

import asyncio
import random
import time
from collections import deque
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Literal

import structlog

from adapters.memory.changes import Change
from adapters.memory.primary import Primary, PrimaryDown

log = structlog.get_logger("adapters.memory")

AT_ONCE = 200
# Of the last ten answers within this time, three late ones are too many.
LATE_LIMIT, LATE_OF, LATE_WITHIN_S = 3, 10, 5.0
# The driver's own names for an answer that is late.
_LATE = frozenset({"NetworkTimeout", "WaitQueueTimeoutError", "ExecutionTimeout"})
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.1, 2.0


class Line:
    """Whether the primary is used: open (as a switch is) after a broken connection or three late answers."""

    def __init__(self) -> None:
        # Not used before it has answered once.
        self.state: Literal["closed", "open"] = "open"
        self.reason: str | None = "it was not reached yet"
        self.fallbacks = 0
        self._late: deque[float] = deque(maxlen=LATE_OF)

    def failed(self, error: PrimaryDown) -> None:
        """Note a failure; one connection that is refused or breaks is enough."""
        now = time.monotonic()
        if isinstance(error.__cause__, TimeoutError) or type(error.__cause__).__name__ in _LATE:
            self._late.append(now)
            if sum(now - moment < LATE_WITHIN_S for moment in self._late) < LATE_LIMIT:
                return
        if self.state == "closed":
            self.fallbacks += 1
            log.warning("memory.primary_down", reason=str(error))
        self.state, self.reason = "open", str(error)

    def well(self) -> None:
        """Note that the primary took what waited."""
        if self.state == "open":
            log.info("memory.primary_back")
        self.state, self.reason = "closed", None
        self._late.clear()


@dataclass(eq=False, slots=True)
class _Parcel:
    changes: Sequence[Change]
    delivered: asyncio.Future[bool]


class Courier:
    """Gathers what several tasks bring, and applies it in one round trip."""

    def __init__(self, primary: Primary, line: Line, *, deadline_s: float) -> None:
        self._primary = primary
        self._line = line
        self._deadline_s = deadline_s
        self._parcels: deque[_Parcel] = deque()
        self._arrived = asyncio.Event()

    async def deliver(self, changes: Sequence[Change]) -> bool:
        """Bring changes to the primary now; false if they have to wait in the backlog.  Never raises."""
        if self._line.state == "open" or not changes:
            return False
        parcel = _Parcel(changes, asyncio.get_running_loop().create_future())
        self._parcels.append(parcel)
        self._arrived.set()
        done, _ = await asyncio.wait({parcel.delivered}, timeout=self._deadline_s)
        return bool(done) and parcel.delivered.result()

    async def run(self) -> None:
        """Deliver for ever."""
        while True:
            await self._arrived.wait()
            self._arrived.clear()
            while self._parcels:
                await self._trip([self._parcels.popleft() for _ in range(min(AT_ONCE, len(self._parcels)))])

    async def _trip(self, parcels: Sequence[_Parcel]) -> None:
        delivered = False
        if self._line.state == "closed":
            # One kind after the other: fewer round trips, and what is judged stands before its verdict.
            changes = sorted((c for parcel in parcels for c in parcel.changes), key=_rank)
            try:
                refused = await self._primary.apply(changes)
                delivered = not refused
            except PrimaryDown as error:
                self._line.failed(error)
        for parcel in parcels:
            if not parcel.delivered.done():
                parcel.delivered.set_result(delivered)


def _rank(change: Change) -> int:
    return _RANKS.get(type(change).__name__, len(_RANKS))


_RANKS = {"AddGeneration": 0, "AddInteraction": 1, "AddFeedback": 2, "PutRecord": 3}


@asynccontextmanager
async def open_courier(primary: Primary, line: Line, *, deadline_s: float) -> AsyncGenerator[Courier, None]:
    """Run a courier; what it carries at the end stays in the backlog."""
    courier = Courier(primary, line, deadline_s=deadline_s)
    running = asyncio.create_task(courier.run(), name="memory-courier")
    try:
        yield courier
    finally:
        running.cancel()


def pause_s(before_s: float | None) -> float:
    """Return the next pause before a sign of life is asked for: 0.1 s, doubled to 2 s, a fifth either way."""
    doubled = FIRST_PAUSE_S if before_s is None else min(LONGEST_PAUSE_S, before_s * 2)
    return doubled * random.uniform(0.8, 1.2)  # noqa: S311 - spreads load, hides nothing
