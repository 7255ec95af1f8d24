"""Every verdict with what it judges and the exchange that made it, page by page, for those who train models.

From the journal alone, or from MongoDB completed by what waits in the journal.  Pages follow the verdicts'
ids: verdicts that arrive meanwhile may or may not be among them, all others come exactly once.
"""

import asyncio
import heapq
import sqlite3
from collections.abc import AsyncGenerator, Callable, Generator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol, TypeVar

from adapters.memory import backlog, judging
from adapters.memory.copies import CopyProblem, in_words, reading
from adapters.memory.migrations import MEMORY
from adapters.memory.mongo_client import open_mongo
from adapters.memory.primary import PrimaryDown
from adapters.sqlite.failures import STORE_FAILED
from config import MongoSettings
from core_integrator.contracts.clock import microseconds
from core_integrator.contracts.ports import Feedback, Generation, Interaction

# Verdicts are small; an exchange may have megabytes.
PAGE = 500
EXCHANGES = 20
# An export may wait longer than a request.
_MONGO_DEADLINE_S = 10.0

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Judgement:
    """A verdict, what it judges, and the exchange that made that, if it is still remembered."""

    feedback: Feedback
    generation: Generation
    exchange: Interaction | None


class Verdicts(Protocol):
    """Answers what an export asks, about everybody."""

    async def verdicts(self, after: str, *, limit: int) -> Sequence[Feedback]:
        """Return the first verdicts whose id is greater, by id; fewer than ``limit`` only at the end."""
        ...

    async def judged(self, generation_ids: Sequence[str]) -> Mapping[str, Generation]:
        """Return the generations that are there, by id."""
        ...

    async def exchanges(self, generations: Sequence[Generation]) -> Mapping[str, Interaction]:
        """Return the exchanges that made them, by the generations' ids; those not remembered are left out."""
        ...


class JournalVerdicts:
    """Asks the journal."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    async def verdicts(self, after: str, *, limit: int) -> Sequence[Feedback]:
        """Return the first verdicts whose id is greater, by id."""
        return await self.ask(lambda connection: judging.verdicts(connection, after, limit))

    async def judged(self, generation_ids: Sequence[str]) -> Mapping[str, Generation]:
        """Return the generations that are there, by id."""
        return await self.ask(lambda connection: judging.generations(connection, generation_ids))

    async def exchanges(self, generations: Sequence[Generation]) -> Mapping[str, Interaction]:
        """Return the exchanges that made them, by the generations' ids."""
        return await self.ask(lambda connection: judging.exchanges(connection, generations))

    async def ask(self, query: Callable[[sqlite3.Connection], T]) -> T:
        """Run a query in a thread."""
        return await asyncio.to_thread(query, self._connection)


class CompletedVerdicts:
    """Asks MongoDB, and the journal for what MongoDB still misses."""

    def __init__(self, primary: Verdicts, journal: JournalVerdicts) -> None:
        self._primary = primary
        self._journal = journal
        self._dropped: frozenset[str] = frozenset()
        self._erased: Mapping[str, int] = {}

    async def verdicts(self, after: str, *, limit: int) -> Sequence[Feedback]:
        """Return the first verdicts whose id is greater, by id; without those whose forgetting waits."""
        # The journal first: what leaves its backlog meanwhile is in MongoDB by then.
        waiting = await self._journal.ask(
            lambda connection: judging.waiting_verdicts(connection, after, limit)
        )
        self._dropped = await self._journal.ask(backlog.all_dropped)
        self._erased = await self._journal.ask(backlog.waiting_erasures)
        found = await self._primary.verdicts(after, limit=limit)
        by_id = {each.id: each for each in (*found, *waiting)}
        return [by_id[key] for key in heapq.nsmallest(limit, by_id)]

    async def judged(self, generation_ids: Sequence[str]) -> Mapping[str, Generation]:
        """Return the generations that are there, by id; without those whose forgetting waits."""
        wanted = [each for each in generation_ids if each not in self._dropped]
        found = dict(await self._primary.judged(wanted))
        missing = [each for each in wanted if each not in found]
        if missing:
            found |= await self._journal.ask(
                lambda connection: judging.waiting_generations(connection, missing)
            )
        return {key: each for key, each in found.items() if not self._is_erased(each)}

    async def exchanges(self, generations: Sequence[Generation]) -> Mapping[str, Interaction]:
        """Return the exchanges that made them, by the generations' ids."""
        found = dict(await self._primary.exchanges(generations))
        missing = [each for each in generations if each.id not in found]
        if missing:
            found |= await self._journal.exchanges(missing)
        return found

    def _is_erased(self, generation: Generation) -> bool:
        return microseconds(generation.created_at) <= self._erased.get(generation.user_id, -1)


@asynccontextmanager
async def open_verdicts(
    data_dir: Path, mongo: MongoSettings | None, *, journal_only: bool = False
) -> AsyncGenerator[Verdicts, None]:
    """Open what is to be asked: the memory of a data folder, under MongoDB if that is used.

    Nothing is written, and hubs may go on.

    Raises:
        CopyProblem: There is no memory, or what was asked for would leave verdicts out.
    """
    with reading(data_dir / "memory.db") as connection:
        if not MEMORY.is_newest(connection):
            raise CopyProblem("the memory is of an older format; start the hub of this version once")
        journal = JournalVerdicts(connection)
        if journal_only:
            yield journal
            return
        if mongo is None:
            with _told():
                mirrored = await journal.ask(backlog.is_on)
            if mirrored:
                raise CopyProblem(
                    "verdicts of this memory are in MongoDB too: set USE_MONGODB as the hub has it, "
                    "or take what is here with --journal-only"
                )
            yield journal
            return
        opening = open_mongo(mongo, deadline_s=_MONGO_DEADLINE_S, reach_s=mongo.deadline_s)
        async with opening as primary:
            yield CompletedVerdicts(primary, journal)


async def judgements(
    verdicts: Verdicts, *, module: str | None = None, since: datetime | None = None
) -> AsyncGenerator[Judgement, None]:
    """Go through all verdicts, or those on a module's generations, or those given since a moment.

    Raises:
        CopyProblem: A store cannot be asked any more; what came so far is not all.
    """
    after = ""
    while True:
        with _told():
            page = await verdicts.verdicts(after, limit=PAGE)
        wanted = [each for each in page if since is None or each.created_at >= since]
        async for judgement in _of_page(verdicts, wanted, module):
            yield judgement
        if len(page) < PAGE:
            return
        after = page[-1].id


async def _of_page(
    verdicts: Verdicts, page: Sequence[Feedback], module: str | None
) -> AsyncGenerator[Judgement, None]:
    with _told():
        judged = await verdicts.judged(sorted({each.generation_id for each in page}))
    # A verdict whose generation is gone was forgotten with it a moment ago.
    pairs = [(each, judged[each.generation_id]) for each in page if each.generation_id in judged]
    pairs = [(each, made) for each, made in pairs if module in (None, made.module)]
    for start in range(0, len(pairs), EXCHANGES):
        few = pairs[start : start + EXCHANGES]
        with _told():
            exchanges = await verdicts.exchanges([made for _, made in few])
        for each, made in few:
            yield Judgement(each, made, exchanges.get(made.id))


@contextmanager
def _told() -> Generator[None, None, None]:
    """Say in one sentence why a store did not answer.

    Raises:
        CopyProblem: It did not.
    """
    try:
        yield
    except PrimaryDown as error:
        raise CopyProblem(
            f"MongoDB does not answer ({error}); try again, or take what is here with --journal-only"
        ) from error
    except STORE_FAILED as error:
        raise CopyProblem(f"the memory cannot be read: {in_words(error)}") from error
