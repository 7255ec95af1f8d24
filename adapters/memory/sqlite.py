"""The durable memory: one SQLite file, written in groups, read by several at once."""

import secrets
import sqlite3
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from adapters.memory import erasures, queries, records, rows, writes
from adapters.memory.claims import Claims, Wish, settle
from adapters.memory.cursors import read_cursor
from adapters.memory.migrations import MEMORY
from adapters.sqlite.database import WritableDatabase, open_database
from adapters.sqlite.failures import STORE_FAILED, cannot_open, cannot_read, unavailable
from adapters.sqlite.locks import Instance
from adapters.sqlite.readers import Readers, open_readers
from adapters.sqlite.writer import QUEUE_LIMIT, Writer, open_writer
from core_integrator.contracts.clock import Clock, microseconds, moment
from core_integrator.contracts.errors import StorageUnavailable
from core_integrator.contracts.ports import (
    Claim,
    Durability,
    Feedback,
    Generation,
    Interaction,
    MemoryState,
    MemoryStore,
    Page,
    Record,
    Settlement,
    Shelf,
    StoredAnswer,
)

DEADLINE_S = 5.0
ERASED_AT_ONCE = 1_000

T = TypeVar("T")
Row = TypeVar("Row", Interaction, Generation)


class SqliteMemory:
    """Remembers in a SQLite file; see :class:`MemoryStore` for every promise.

    A write that raises ``StorageUnavailable`` may still have been done when its deadline passed: do it again
    under the same id, which changes nothing the second time.
    """

    def __init__(self, writer: Writer, readers: Readers, claims: Claims, *, clock: Clock) -> None:
        self._writer = writer
        self._readers = readers
        self._claims = claims
        self._clock = clock

    async def remember(
        self,
        interaction: Interaction | None,
        *,
        generation: Generation | None = None,
        settlement: Settlement | None = None,
    ) -> Durability:
        """Store an exchange, its generation and the end of its claim in one transaction; all or nothing.

        Raises:
            ValueError: A text is not JSON; nothing was stored.
        """
        await self.remember_new(interaction, generation, settlement)
        return "journal"

    async def remember_new(
        self,
        interaction: Interaction | None,
        generation: Generation | None,
        settlement: Settlement | None,
    ) -> tuple[Interaction | None, Generation | None]:
        """Store as :meth:`remember` does; return what was not there before, as it is kept.

        Raises:
            ValueError: A text is not JSON; nothing was stored.
        """
        exchange = None if interaction is None else rows.interaction_row(interaction)
        made = None if generation is None else rows.generation_row(generation)

        def work(connection: sqlite3.Connection) -> tuple[int | None, int | None]:
            added = writes.add_exchange(connection, exchange, made)
            if settlement is not None:
                settle(connection, settlement)
            return added

        exchange_us, made_us = await self._writer.write(work)
        self._settled(settlement)
        return _dated(interaction, exchange_us), _dated(generation, made_us)

    async def context(self, user_id: str, *, limit: int) -> Sequence[Interaction]:
        """Return the user's newest exchanges over all modules, newest first."""
        return (await self.history(user_id, limit=limit)).rows

    async def newest_of_each_module(
        self, user_id: str, *, per_module: int, module: str | None = None
    ) -> Sequence[Interaction]:
        """Return the user's newest exchanges of each module (or of one), newest first over all."""
        if module is not None:
            return (await self.history(user_id, module=module, limit=per_module)).rows
        return await self._read(
            lambda connection: queries.newest_of_each_module(connection, user_id, per_module)
        )

    async def history(
        self, user_id: str, *, module: str | None = None, limit: int, cursor: str | None = None
    ) -> Page[Interaction]:
        """Return one page of the user's exchanges, newest first.

        Raises:
            InvalidArgument: The cursor is not one this store handed out.
        """
        after = None if cursor is None else read_cursor(cursor)
        return await self._read(
            lambda connection: queries.interactions(connection, user_id, module, after, limit)
        )

    async def generation(self, generation_id: str, *, user_id: str) -> Generation | None:
        """Return the user's generation; none if it is unknown or another's."""
        return await self._read(lambda connection: queries.generation(connection, generation_id, user_id))

    async def generation_by_capability(self, generation_id: str) -> Generation | None:
        """Return a generation to whoever knows its unguessable id."""
        return await self._read(lambda connection: queries.generation(connection, generation_id, None))

    async def generations(
        self, user_id: str, *, module: str, limit: int, cursor: str | None = None
    ) -> Page[Generation]:
        """Return one page of the user's generations of a module, newest first.

        Raises:
            InvalidArgument: The cursor is not one this store handed out.
        """
        after = None if cursor is None else read_cursor(cursor)
        return await self._read(
            lambda connection: queries.generations(connection, user_id, module, after, limit)
        )

    async def drop_generation(self, generation_id: str, *, user_id: str) -> bool:
        """Forget the user's generation with its feedback; false if there was none."""
        return await self._writer.write(
            lambda connection: writes.drop_generation(connection, generation_id, user_id)
        )

    async def keep(self, shelf: Shelf, kept: Sequence[Record]) -> None:
        """Store records in one transaction; one whose id is there already gets the new payload.

        Raises:
            ValueError: A payload is not JSON; nothing was stored.
        """
        now_us = microseconds(self._clock.now())
        await self._writer.write(lambda connection: records.keep(connection, shelf, kept, now_us))

    async def records(self, shelf: Shelf, *, prefix: str = "") -> Sequence[Record]:
        """Return the records whose id begins with ``prefix``, in the order they were first stored."""
        return await self._read(lambda connection: records.on_shelf(connection, shelf, prefix))

    async def scores(self, generation_ids: Sequence[str]) -> Mapping[str, int]:
        """Return the sum of the verdicts on each generation; those nobody judged are left out."""
        return await self._read(lambda connection: queries.scores(connection, generation_ids))

    async def add_feedback(self, feedback: Feedback) -> int:
        """Append a verdict (idempotent by its id) and return the sum of the generation's scores.

        Raises:
            NotFound: The user has no such generation.
        """
        verdict = rows.feedback_row(feedback)
        return await self._writer.write(lambda connection: writes.add_feedback(connection, verdict))

    async def mark_forwarded(self, feedback_id: str) -> None:
        """Note that the verdict reached the generator."""
        at_us = microseconds(self._clock.now())
        await self._writer.write(lambda connection: writes.mark_forwarded(connection, feedback_id, at_us))

    async def give_up_forwarding(self, feedback_id: str) -> None:
        """Note that the verdict will never reach a generator: it was refused, or nobody takes it."""
        at_us = microseconds(self._clock.now())
        await self._writer.write(lambda connection: writes.give_up_forwarding(connection, feedback_id, at_us))

    async def waiting_feedback(
        self, *, before: datetime, limit: int
    ) -> Sequence[tuple[Feedback, Generation]]:
        """Return the oldest verdicts of anybody, given before a moment, that no generator knows of yet."""
        before_us = microseconds(before)
        return await self._read(lambda connection: queries.waiting_feedback(connection, before_us, limit))

    async def erase(self, user_id: str) -> bool:
        """Forget everything of a user, answers kept for repeats included; true: nothing is left."""
        await self.erase_until(user_id)
        return True

    async def erase_until(self, user_id: str) -> int:
        """Forget everything of a user; return up to which moment (µs UTC) that was."""
        # A clock that was put back must not save what was remembered before.
        newest_us = await self._read(lambda connection: writes.newest_us(connection, user_id))
        until_us = max(microseconds(self._clock.now()), newest_us)
        await self._erase_in_steps(user_id, until_us)
        await self._writer.write(lambda connection: self._end_erasure(connection, user_id, until_us))
        return until_us

    async def claim(
        self, scope: str, *, user_id: str, fingerprint: bytes, now: datetime, expires_at: datetime
    ) -> Claim | StoredAnswer:
        """Take the right to run the request under an idempotency key, or get the answer given before.

        Raises:
            ClaimRunning: A living process holds the claim.
            ClaimMismatch: The key was used with another fingerprint.
        """
        claim = Claim(scope, secrets.token_hex(16))
        wish = Wish(claim, user_id, fingerprint, microseconds(now), microseconds(expires_at))

        def work(connection: sqlite3.Connection) -> tuple[StoredAnswer | None, frozenset[Claim]]:
            return self._claims.take(connection, wish), self._claims.give_back(connection)

        self._claims.hold(claim)
        try:
            answer, paid = await self._writer.write(work)
        except BaseException:
            # Timed out or cancelled, it may be written nevertheless, and nobody would ever settle it.
            self._claims.let_go(claim, owed=True)
            raise
        self._claims.given_back(paid)
        if answer is None:
            return claim
        self._claims.let_go(claim, owed=False)
        return answer

    async def release(self, claim: Claim) -> None:
        """Give a claim back unsettled, so that the same key may be tried again."""
        self._claims.let_go(claim, owed=True)
        self._claims.given_back(await self._writer.write(self._claims.give_back))

    async def check(self) -> None:
        """Prove that the store can be written and read now; claims that are owed are given back too."""

        def work(connection: sqlite3.Connection) -> tuple[int, frozenset[Claim]]:
            return writes.beat(connection), self._claims.give_back(connection)

        beat, paid = await self._writer.write(work)
        self._claims.given_back(paid)
        if await self._read(writes.beats) < beat:
            raise StorageUnavailable(cannot_read(MEMORY.name))

    def state(self) -> MemoryState:
        """Return where the store stands: down after a failed write, until one succeeds."""
        failure = self._writer.failure
        return MemoryState("journal") if failure is None else MemoryState("down", reason=failure)

    def _end_erasure(self, connection: sqlite3.Connection, user_id: str, until_us: int) -> None:
        writes.erase_some(connection, user_id, until_us, ERASED_AT_ONCE)
        erasures.note(connection, user_id, until_us)

    async def _erase_in_steps(self, user_id: str, until_us: int) -> None:
        # In steps, so that a user with a million rows does not keep the others waiting.
        more = True
        while more:
            more = await self._writer.write(
                lambda connection: writes.erase_some(connection, user_id, until_us, ERASED_AT_ONCE)
            )

    async def _read(self, query: Callable[[sqlite3.Connection], T]) -> T:
        return await self._readers.read(query)

    def _settled(self, settlement: Settlement | None) -> None:
        if settlement is not None:
            self._claims.let_go(settlement.claim, owed=False)


def _dated(row: Row | None, created_us: int | None) -> Row | None:
    """Return a row as it is kept: none if it was there before."""
    if row is None or created_us is None:
        return None
    return row if microseconds(row.created_at) == created_us else replace(row, created_at=moment(created_us))


@asynccontextmanager
async def open_sqlite_memory(
    path: Path, *, clock: Clock, deadline_s: float = DEADLINE_S, queue_limit: int = QUEUE_LIMIT
) -> AsyncGenerator[MemoryStore, None]:
    """Open the memory in the file, made if missing; at the end write what is queued and close.

    Several processes may have the same file open.  Every operation ends within ``deadline_s``.

    Raises:
        StorageUnavailable: The file cannot be opened, is not the hub's, or is of a newer version.
    """
    async with open_parts(path, deadline_s=deadline_s, queue_limit=queue_limit) as parts:
        yield SqliteMemory(*parts, clock=clock)


@asynccontextmanager
async def open_parts(
    path: Path, *, deadline_s: float = DEADLINE_S, queue_limit: int = QUEUE_LIMIT
) -> AsyncGenerator[tuple[Writer, Readers, Claims], None]:
    """Open what a memory on SQLite is made of.

    Raises:
        StorageUnavailable: The file cannot be opened, is not the hub's, or is of a newer version.
    """
    async with AsyncExitStack() as stack:
        database = await stack.enter_async_context(open_database(path, MEMORY, deadline_s=deadline_s))
        instance = await stack.enter_async_context(
            _open_instance(path.parent / "instances", database, deadline_s)
        )
        readers = await stack.enter_async_context(open_readers(path, name=MEMORY.name, deadline_s=deadline_s))
        writer = await stack.enter_async_context(
            open_writer(database, deadline_s=deadline_s, queue_limit=queue_limit)
        )
        yield writer, readers, Claims(instance)


@asynccontextmanager
async def _open_instance(
    folder: Path, database: WritableDatabase, deadline_s: float
) -> AsyncGenerator[Instance, None]:
    instance = Instance(folder)
    try:
        await database.run_locked(lambda _: instance.join(), patience_s=deadline_s)
    except STORE_FAILED as error:
        raise unavailable(cannot_open(MEMORY.name), error) from error
    try:
        yield instance
    finally:
        instance.leave()
