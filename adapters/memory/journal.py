"""The SQLite memory as the journal under a primary store: it knows what the primary still misses."""

import sqlite3
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from adapters.memory import backlog, erasures, pending, pruning, queries, records, rows, untold, writes
from adapters.memory.backlog import Depth, Waiting
from adapters.memory.changes import AddGeneration, Change
from adapters.memory.claims import Claims
from adapters.memory.cursors import read_cursor
from adapters.memory.pruning import Plan
from adapters.memory.records import Dated
from adapters.memory.sqlite import DEADLINE_S, SqliteMemory, open_parts
from adapters.sqlite.readers import Readers
from adapters.sqlite.writer import Writer
from config import Retention
from core_integrator.contracts.clock import Clock, microseconds
from core_integrator.contracts.ports import Feedback, Generation, Interaction, Record, Shelf


class Journal(SqliteMemory):
    """A SQLite memory whose every change waits until the primary has it.

    Where Noopur is told, verdicts on texts wait for it too.
    """

    def __init__(
        self, writer: Writer, readers: Readers, claims: Claims, *, clock: Clock, noopur_is_told: bool = False
    ) -> None:
        super().__init__(writer, readers, claims, clock=clock)
        self._noopur_is_told = noopur_is_told

    async def add_feedback(self, feedback: Feedback) -> int:
        """Append a verdict (idempotent by its id) and return the sum of the generation's scores.

        Raises:
            NotFound: The user has no such generation.
        """
        verdict = rows.feedback_row(feedback)

        def work(connection: sqlite3.Connection) -> int:
            before = connection.total_changes
            total = writes.add_feedback(connection, verdict)
            # One that was there already may have been told.
            if self._noopur_is_told and connection.total_changes > before:
                untold.queue(connection, feedback.id)
            return total

        return await self._writer.write(work)

    async def first_untold(self) -> tuple[Feedback, Generation] | None:
        """Return the verdict that Noopur is to be told next, with what it judges; none if nothing waits."""
        return await self._read(untold.first)

    async def settle_untold(self, feedback_id: str) -> None:
        """Take note that Noopur knows a verdict, or will never take it."""
        await self._writer.write(lambda connection: untold.settle(connection, feedback_id))

    async def postpone_untold(self, feedback_id: str) -> None:
        """Let a verdict wait behind those that were tried less often."""
        await self._writer.write(lambda connection: untold.postpone(connection, feedback_id))

    async def count_untold(self) -> int:
        """Return how many verdicts wait for Noopur."""
        return await self._read(untold.count)

    async def start_mirroring(self) -> None:
        """Let every change wait for the primary from now on; at the first time, all there is waits."""
        await self._writer.write(backlog.start)

    async def stop_mirroring(self) -> None:
        """Let nothing wait any more."""
        await self._writer.write(backlog.stop)

    async def oldest(self, *, limit: int, queued_before_s: float, lingering_s: float) -> Sequence[Waiting]:
        """Return the first rows in line that were queued before a moment (Unix seconds); deletions linger."""
        return await self._read(
            lambda connection: backlog.oldest(
                connection, limit=limit, queued_before_s=queued_before_s, lingering_s=lingering_s
            )
        )

    async def settle(self, seqs: Sequence[int], refused: Sequence[tuple[int, int]]) -> None:
        """Take rows out of the line, and set those aside that were refused, each with its code."""

        def work(connection: sqlite3.Connection) -> None:
            backlog.settle(connection, seqs)
            backlog.refuse(connection, refused)

        await self._writer.write(work)

    async def settle_changes(self, changes: Sequence[Change]) -> None:
        """Take out the rows of changes that reached the primary on their first way."""
        await self._writer.write(lambda connection: backlog.settle_changes(connection, changes))

    async def queue_drop(self, generation_id: str, user_id: str) -> None:
        """Let the forgetting of a generation wait that the journal itself does not hold."""
        await self._writer.write(lambda connection: backlog.queue_drop(connection, generation_id, user_id))

    async def heed_erasure(self, user_id: str, until_us: int) -> bool:
        """Forget what another host was told to erase; false if that was done before."""
        if await self._read(lambda connection: erasures.erased_until(connection, user_id)) >= until_us:
            return False
        await self._erase_in_steps(user_id, until_us)
        await self._writer.write(lambda connection: erasures.note(connection, user_id, until_us))
        return True

    async def plan_pruning(self, retention: Retention, *, after: int) -> Plan:
        """Return the next step of forgetting old exchanges."""
        now = self._clock.now()
        return await self._read(lambda connection: pruning.plan(connection, retention, now=now, after=after))

    async def prune(self, seqs: Sequence[int]) -> None:
        """Forget exchanges for good."""
        await self._writer.write(lambda connection: pruning.prune(connection, seqs))

    async def keep_dated(self, shelf: Shelf, kept: Sequence[Record]) -> Sequence[Dated]:
        """Store records as :meth:`keep` does; return each with when it was first kept and last changed.

        Raises:
            ValueError: A payload is not JSON; nothing was stored.
        """
        now_us = microseconds(self._clock.now())
        ids = list({record.id: record for record in kept})

        def work(connection: sqlite3.Connection) -> Sequence[Dated]:
            records.keep(connection, shelf, kept, now_us)
            return records.dated(connection, shelf, ids)

        return await self._writer.write(work)

    async def depth(self, *, lingering_s: int) -> Depth:
        """Return how much waits, and since when its turn has come."""
        return await self._read(lambda connection: backlog.depth(connection, lingering_s=lingering_s))

    async def waits_for(self, user_id: str) -> frozenset[str]:
        """Return what kinds of change wait for a user; nothing, almost always."""
        return await self._read(lambda connection: backlog.waits_for(connection, user_id))

    async def moving_generations(self, user_id: str) -> frozenset[str]:
        """Return the generations of a user that wait to be added or dropped: what is here is the truth."""
        return await self._read(lambda connection: backlog.moving_generations(connection, user_id))

    async def forgotten(self, generation_ids: Sequence[str]) -> tuple[frozenset[str], frozenset[str]]:
        """Return which of the generations wait to be dropped, and which users to be erased."""
        return await self._read(
            lambda connection: (backlog.dropped(connection, generation_ids), backlog.erased(connection))
        )

    async def adopt(self, generation: Generation) -> None:
        """Keep a generation of another host beneath a verdict; the primary has it."""
        made = rows.generation_row(generation)

        def work(connection: sqlite3.Connection) -> None:
            if writes.add_exchange(connection, None, made)[1] is not None:
                backlog.settle_changes(connection, [AddGeneration(generation)])

        await self._writer.write(work)

    async def feedback(self, feedback_id: str) -> Feedback | None:
        """Return a verdict as it is kept; none if it is gone."""
        return await self._read(lambda connection: queries.feedback(connection, feedback_id))

    async def waiting_interactions(
        self, user_id: str, *, module: str | None, limit: int, cursor: str | None
    ) -> Sequence[Interaction]:
        """Return the user's newest exchanges that the primary misses, older than the cursor."""
        after = None if cursor is None else read_cursor(cursor)
        return await self._read(
            lambda connection: pending.interactions(connection, user_id, module, after, limit)
        )

    async def waiting_generations(
        self, user_id: str, *, module: str, limit: int, cursor: str | None
    ) -> Sequence[Generation]:
        """Return the user's newest generations that the primary misses, older than the cursor."""
        after = None if cursor is None else read_cursor(cursor)
        return await self._read(
            lambda connection: pending.generations(connection, user_id, module, after, limit)
        )

    async def waiting_records(self, shelf: Shelf, *, prefix: str) -> Sequence[tuple[int, Record]]:
        """Return the shelf's records that the primary misses, each with when it was first kept."""
        return await self._read(lambda connection: pending.records(connection, shelf, prefix))

    async def scores_by_verdict(self, generation_ids: Sequence[str]) -> Mapping[str, Mapping[str, int]]:
        """Return the scores the journal knows, by generation and verdict."""
        return await self._read(lambda connection: pending.scores(connection, generation_ids))

    def _end_erasure(self, connection: sqlite3.Connection, user_id: str, until_us: int) -> None:
        super()._end_erasure(connection, user_id, until_us)
        backlog.queue_erasure(connection, user_id, until_us)


@asynccontextmanager
async def open_journal(
    path: Path, *, clock: Clock, deadline_s: float = DEADLINE_S, noopur_is_told: bool = False
) -> AsyncGenerator[Journal, None]:
    """Open the journal in the file, made if missing; verdicts given from now on wait for Noopur, or do not.

    Raises:
        StorageUnavailable: The file cannot be opened, is not the hub's, or is of a newer version.
    """
    async with open_parts(path, deadline_s=deadline_s) as parts:
        yield Journal(*parts, clock=clock, noopur_is_told=noopur_is_told)
