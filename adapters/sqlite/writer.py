"""Group commit: operations queue up, and one transaction makes many of them durable at once.

A disk answers a few hundred times a second, callers ask thousands of times: they share the wait.
"""

import asyncio
import sqlite3
from collections import deque
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, TypeVar, cast

import structlog

from adapters.sqlite.batches import Outcome, Work
from adapters.sqlite.database import WritableDatabase
from adapters.sqlite.failures import STORE_FAILED, cannot_write, reason, unavailable
from core_integrator.contracts.errors import StorageUnavailable

log = structlog.get_logger("adapters.sqlite")

T = TypeVar("T")

QUEUE_LIMIT = 10_000
BATCH_LIMIT = 256
IDLE_S = 5.0
# Company that comes within a step is waited for, at most three steps: about 3 ms.
_GATHER_STEP_S = 0.001
_GATHER_STEPS = 3


@dataclass(eq=False, slots=True)
class _Operation:
    work: Work
    outcome: asyncio.Future[Outcome]
    # By the event loop's clock.
    expires_at: float


def _expire(operation: _Operation) -> None:
    if not operation.outcome.done():
        operation.outcome.set_exception(TimeoutError())


class Writer:
    """Takes operations from any task and commits them in order, in batches."""

    def __init__(self, database: WritableDatabase, *, deadline_s: float, queue_limit: int) -> None:
        self._database = database
        self._deadline_s = deadline_s
        self._queue_limit = queue_limit
        self._queue: deque[_Operation] = deque()
        self._arrived = asyncio.Event()
        self._closing = False
        self._last_batch = 0
        self.failure: str | None = None

    async def write(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Run ``work`` in a durable transaction; what it raises undoes it alone and comes to the caller.

        Where another operation of the same transaction fails, the work is undone and run once more: it must
        have no effect but on the connection.  A caller that is cancelled does not take its work back.  After
        a time-out it is unknown whether the work was done.

        Raises:
            StorageUnavailable: The queue is full, or the work was not durable within the deadline.
        """
        if self._closing or len(self._queue) >= self._queue_limit:
            raise StorageUnavailable(f"the {self._database.name} has too much to write now", retry_after_s=1)
        loop = asyncio.get_running_loop()
        operation = _Operation(work, loop.create_future(), loop.time() + self._deadline_s)
        self._queue.append(operation)
        self._arrived.set()
        # A bare timer: a timeout's bookkeeping would cost more than the row does.
        timer = loop.call_at(operation.expires_at, _expire, operation)
        try:
            outcome = await operation.outcome
        except TimeoutError as error:
            self._fell(error)
            raise unavailable(cannot_write(self._database.name), error) from error
        finally:
            timer.cancel()
        if outcome.error is not None:
            raise outcome.error
        return cast("T", outcome.value)

    async def run(self) -> None:
        """Commit what is queued until :meth:`close` was called and the queue is empty."""
        while self._queue or not self._closing:
            if not self._queue:
                await self._rest()
                continue
            await self._gather_company()
            await self._commit(self._take())
            await self._database.checkpoint_if_due()

    def close(self) -> None:
        """Take nothing more; what is queued is still written."""
        self._closing = True
        self._arrived.set()

    async def _rest(self) -> None:
        self._arrived.clear()
        try:
            async with asyncio.timeout(IDLE_S):
                await self._arrived.wait()
        except TimeoutError:
            await self._database.truncate_log()

    async def _gather_company(self) -> None:
        # A lone operation must not pay for company that never comes.
        if self._last_batch <= 1 and len(self._queue) <= 1:
            return
        for _ in range(_GATHER_STEPS):
            before = len(self._queue)
            if before >= BATCH_LIMIT or self._closing:
                return
            await asyncio.sleep(_GATHER_STEP_S)
            if len(self._queue) == before:
                return

    def _take(self) -> list[_Operation]:
        count = min(len(self._queue), BATCH_LIMIT)
        self._last_batch = count
        return [self._queue.popleft() for _ in range(count)]

    async def _commit(self, batch: Sequence[_Operation]) -> None:
        now = asyncio.get_running_loop().time()
        # Whoever gave up was told that nothing is certain; doing it late would only keep the others waiting.
        alive = [operation for operation in batch if operation.expires_at > now]
        if not alive:
            return
        works = [operation.work for operation in alive]
        try:
            outcomes = await self._database.commit(works, patience_s=alive[-1].expires_at - now)
        except (*STORE_FAILED, StorageUnavailable) as error:
            self._fell(error)
            outcomes = [Outcome(error=unavailable(cannot_write(self._database.name), error)) for _ in alive]
        else:
            self._rose()
        for operation, outcome in zip(alive, outcomes, strict=True):
            if not operation.outcome.done():
                operation.outcome.set_result(outcome)

    def _fell(self, error: BaseException) -> None:
        why = reason(error)
        if self.failure != why:
            log.warning(
                "store.write_failed", store=self._database.name, reason=why, error=type(error).__name__
            )
        self.failure = why

    def _rose(self) -> None:
        if self.failure is not None:
            log.info("store.recovered", store=self._database.name)
        self.failure = None


@asynccontextmanager
async def open_writer(
    database: WritableDatabase, *, deadline_s: float, queue_limit: int = QUEUE_LIMIT
) -> AsyncGenerator[Writer, None]:
    """Run a writer; at the end write what is queued, for as long as one deadline."""
    writer = Writer(database, deadline_s=deadline_s, queue_limit=queue_limit)
    running = asyncio.create_task(writer.run(), name=f"{database.name}-writer")
    try:
        yield writer
    finally:
        writer.close()
        await _ended(running, database.name, deadline_s)


async def _ended(running: asyncio.Task[Any], name: str, deadline_s: float) -> None:
    try:
        async with asyncio.timeout(deadline_s):
            await running
    except TimeoutError:
        log.warning("store.flush_timed_out", store=name)
