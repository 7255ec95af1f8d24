"""The primary store: MongoDB, by PyMongo's asynchronous client or by Motor.

No transactions over several documents and no change streams: the journal replays what is missing, in its
order, and every step is idempotent.
"""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from importlib import import_module
from itertools import groupby
from typing import Any, TypeVar

from bson.errors import BSONError
from pymongo import DESCENDING, AsyncMongoClient, UpdateOne
from pymongo.errors import BulkWriteError, DocumentTooLarge, PyMongoError, WriteError
from pymongo.write_concern import WriteConcern

from adapters.memory import documents
from adapters.memory.changes import (
    AddFeedback,
    AddGeneration,
    AddInteraction,
    Change,
    DropGeneration,
    EraseUser,
    PutRecord,
    SettleFeedback,
)
from adapters.memory.cursors import read_cursor, write_cursor
from adapters.memory.primary import Erasure, Poison, PrimaryDown
from adapters.memory.pruning import Plan
from core_integrator.contracts.clock import microseconds
from core_integrator.contracts.errors import StorageUnavailable
from core_integrator.contracts.ports import Feedback, Generation, Interaction, Page, Record, Shelf

DUPLICATE = 11_000
PRUNED_AT_ONCE = 1_000
# Refusals of one document, which asking again would not change: validation, size, immutable field.
_FINAL = frozenset({121, 10_334, 17_280, 66, 2})
_NEWEST_FIRST = [("created_us", DESCENDING), ("_id", DESCENDING)]
_INDEXES: Mapping[str, Sequence[Sequence[tuple[str, int]]]] = {
    "interactions": (
        [("user_id", 1), ("created_us", -1), ("_id", -1)],
        [("user_id", 1), ("module", 1), ("created_us", -1), ("_id", -1)],
    ),
    "generations": (
        [("user_id", 1), ("module", 1), ("created_us", -1), ("_id", -1)],
        [("interaction_id", 1)],
    ),
    "erasures": ([("told_us", 1)],),
    "feedback": ([("generation_id", 1)], [("user_id", 1)]),
    "records": ([("user_id", 1), ("module", 1), ("kind", 1), ("id", 1)],),
}

T = TypeVar("T")
Row = TypeVar("Row", Interaction, Generation)


class MongoStore:
    """Takes steps and answers questions about users; every call ends within its deadline."""

    def __init__(self, database: Any, *, deadline_s: float) -> None:
        self._database = database
        self._deadline_s = deadline_s
        self._indexed_by_age = False
        self._late: set[asyncio.Future[Any]] = set()
        self._writing = {name: self._acknowledging(name) for name in _INDEXES}

    async def prepare(self) -> None:
        """Make the indexes; those that are there stay.

        Raises:
            PrimaryDown: MongoDB cannot be asked.
        """
        for name, indexes in _INDEXES.items():
            for keys in indexes:
                await self._ask(self._database[name].create_index(list(keys)))

    async def ping(self) -> None:
        """Ask for a sign of life.

        Raises:
            PrimaryDown: There is none.
        """
        await self._ask(self._database.command("ping"))

    async def apply(self, changes: Sequence[Change]) -> Sequence[Poison]:
        """Do the steps in their order, in few round trips; return those that are refused for good.

        Raises:
            PrimaryDown: Some may not be done; do them all again.
        """
        poison: list[Poison] = []
        for kind, group in groupby(changes, key=type):
            poison += await self._ask(self._group(kind, list(group)))
        return poison

    async def history(
        self, user_id: str, *, module: str | None, limit: int, cursor: str | None
    ) -> Page[Interaction]:
        """Return one page of the user's exchanges, newest first.

        Raises:
            InvalidArgument: The cursor is not one of ours.
            PrimaryDown: MongoDB cannot be asked.
        """
        return await self._page("interactions", documents.interaction, user_id, module, limit, cursor)

    async def newest_of_each_module(self, user_id: str, *, per_module: int) -> Sequence[Interaction]:
        """Return the user's newest exchanges of each module, newest first over all."""
        modules = await self._ask(self._database["interactions"].distinct("module", {"user_id": user_id}))
        pages = [await self.history(user_id, module=name, limit=per_module, cursor=None) for name in modules]
        return sorted((row for page in pages for row in page.rows), key=documents.place, reverse=True)

    async def generation(self, generation_id: str, *, user_id: str | None) -> Generation | None:
        """Return a generation, of this user unless none is given."""
        wanted = {"_id": generation_id} | ({} if user_id is None else {"user_id": user_id})
        found = await self._ask(self._database["generations"].find_one(wanted))
        return None if found is None else documents.generation(found)

    async def generations(
        self, user_id: str, *, module: str, limit: int, cursor: str | None
    ) -> Page[Generation]:
        """Return one page of the user's generations of a module, newest first."""
        return await self._page("generations", documents.generation, user_id, module, limit, cursor)

    async def records(self, shelf: Shelf, *, prefix: str) -> Sequence[tuple[int, Record]]:
        """Return the shelf's records with the moment (µs) each was first kept, in that order."""
        wanted = documents.shelf(shelf) | {"id": {"$gte": prefix, "$lt": prefix + "\U0010ffff"}}
        found = await self._all(self._database["records"].find(wanted).sort([("first_us", 1)]))
        return [(each["first_us"], Record(each["id"], each["payload"])) for each in found]

    async def scores(
        self, generation_ids: Sequence[str], *, but_of: Collection[str]
    ) -> Mapping[str, Mapping[str, int]]:
        """Return the scores of verdicts by their ids, by generation; those of some users left out."""
        wanted: dict[str, Any] = {"generation_id": {"$in": list(generation_ids)}}
        if but_of:
            wanted["user_id"] = {"$nin": list(but_of)}
        found = await self._all(self._database["feedback"].find(wanted, {"generation_id": 1, "score": 1}))
        scores: dict[str, dict[str, int]] = {}
        for each in found:
            scores.setdefault(each["generation_id"], {})[each["_id"]] = each["score"]
        return scores

    async def erasures(self, *, since_us: int) -> Sequence[Erasure]:
        """Return what was erased at or after a moment, by any host."""
        found = await self._all(self._database["erasures"].find({"told_us": {"$gte": since_us}}))
        return [Erasure(each["user_id"], each["until_us"], each["told_us"]) for each in found]

    async def prune(self, plan: Plan) -> None:
        """Delete the exchanges a plan names, here and from other hosts; those referred to stay."""
        if plan.before_us is not None:
            await self._prune_older(plan.before_us)
        for pair in plan.pairs:
            wanted = {"user_id": pair.user_id, "module": pair.module}
            surplus = self._database["interactions"].find(wanted, {"_id": 1}).sort(_NEWEST_FIRST)
            found = await self._all(surplus.skip(plan.newest or 0).limit(PRUNED_AT_ONCE))
            await self._forget([each["_id"] for each in found], referred_too=False)

    async def _prune_older(self, before_us: int) -> None:
        if not self._indexed_by_age:
            await self._ask(self._database["interactions"].create_index([("created_us", 1)]))
            self._indexed_by_age = True
        more = True
        while more:
            old = self._database["interactions"].find({"created_us": {"$lt": before_us}}, {"_id": 1})
            found = await self._all(old.limit(PRUNED_AT_ONCE))
            await self._forget([each["_id"] for each in found], referred_too=True)
            more = len(found) == PRUNED_AT_ONCE

    async def _forget(self, ids: Sequence[str], *, referred_too: bool) -> None:
        if not ids:
            return
        referring = {"interaction_id": {"$in": list(ids)}}
        if referred_too:
            unset = {"$set": {"interaction_id": None}}
            await self._ask(self._writing["generations"].update_many(referring, unset))
            kept: set[str] = set()
        else:
            kept = set(await self._ask(self._database["generations"].distinct("interaction_id", referring)))
        going = [each for each in ids if each not in kept]
        await self._ask(self._writing["interactions"].delete_many({"_id": {"$in": going}}))

    async def verdicts(self, after: str, *, limit: int) -> Sequence[Feedback]:
        """Return the first verdicts of anybody whose id is greater, by id."""
        asked = self._database["feedback"].find({"_id": {"$gt": after}}).sort([("_id", 1)]).limit(limit)
        return [documents.feedback(each) for each in await self._all(asked)]

    async def judged(self, generation_ids: Sequence[str]) -> Mapping[str, Generation]:
        """Return the generations of anybody that are there, by id."""
        asked = self._database["generations"].find({"_id": {"$in": list(generation_ids)}})
        return {each["_id"]: documents.generation(each) for each in await self._all(asked)}

    async def exchanges(self, generations: Sequence[Generation]) -> Mapping[str, Interaction]:
        """Return the exchanges that made the generations, by the generations' ids."""
        if not generations:
            return {}
        asked = self._database["interactions"].find({"$or": [documents.maker(each) for each in generations]})
        told = [documents.interaction(each) for each in await self._all(asked)]
        return {made.id: said for made in generations for said in told if documents.made_by(made, said)}

    async def _page(
        self,
        collection: str,
        convert: Callable[[Mapping[str, Any]], Row],
        user_id: str,
        module: str | None,
        limit: int,
        cursor: str | None,
    ) -> Page[Row]:
        wanted: dict[str, Any] = {"user_id": user_id} | ({} if module is None else {"module": module})
        if cursor is not None:
            created_us, row_id = read_cursor(cursor)
            older = [{"created_us": {"$lt": created_us}}, {"created_us": created_us, "_id": {"$lt": row_id}}]
            wanted["$or"] = older
        asked = self._database[collection].find(wanted).sort(_NEWEST_FIRST).limit(limit + 1)
        rows = [convert(each) for each in await self._all(asked)]
        shown = rows[:limit]
        more = len(rows) > limit and shown
        last = write_cursor(microseconds(shown[-1].created_at), shown[-1].id) if more else None
        return Page(shown, last)

    async def _group(self, kind: type[Change], changes: Sequence[Any]) -> Sequence[Poison]:
        if kind is AddInteraction:
            rows = [documents.of_interaction(change.interaction) for change in changes]
            return await self._insert("interactions", rows, changes)
        if kind is AddGeneration:
            rows = [documents.of_generation(change.generation) for change in changes]
            return await self._insert("generations", rows, changes)
        if kind is AddFeedback:
            rows = [documents.of_feedback(change.feedback) for change in changes]
            return await self._insert("feedback", rows, changes)
        if kind is PutRecord:
            return await self._bulk("records", [_put(change) for change in changes], changes)
        for change in changes:
            await self._one(change)
        return []

    async def _one(self, change: SettleFeedback | DropGeneration | EraseUser) -> None:
        if isinstance(change, SettleFeedback):
            settled = {
                name: value
                for name, value in (
                    ("forwarded_us", change.forwarded_us),
                    ("given_up_us", change.given_up_us),
                )
                if value is not None
            }
            await self._writing["feedback"].update_one({"_id": change.feedback_id}, {"$set": settled})
        elif isinstance(change, DropGeneration):
            own = {"user_id": change.user_id}
            await self._writing["generations"].delete_many({"_id": change.generation_id, **own})
            await self._writing["feedback"].delete_many({"generation_id": change.generation_id, **own})
        else:
            erased_id = f"{change.user_id}:{change.until_us}"
            told = {
                "user_id": change.user_id,
                "until_us": change.until_us,
                "told_us": microseconds(datetime.now(UTC)),
            }
            # First of all: the other hosts have to hear of it whatever becomes of this one.
            await self._writing["erasures"].update_one(
                {"_id": erased_id}, {"$setOnInsert": told}, upsert=True
            )
            for name, moment in (
                ("interactions", "created_us"),
                ("generations", "created_us"),
                ("feedback", "created_us"),
                ("records", "first_us"),
            ):
                await self._writing[name].delete_many(
                    {"user_id": change.user_id, moment: {"$lte": change.until_us}}
                )

    async def _insert(
        self, name: str, rows: Sequence[Mapping[str, Any]], changes: Sequence[Change]
    ) -> Sequence[Poison]:
        return await self._sent(lambda: self._writing[name].insert_many(rows, ordered=False), changes)

    async def _bulk(
        self, name: str, updates: Sequence[UpdateOne], changes: Sequence[Change]
    ) -> Sequence[Poison]:
        return await self._sent(lambda: self._writing[name].bulk_write(updates, ordered=False), changes)

    async def _sent(self, send: Callable[[], Awaitable[Any]], changes: Sequence[Change]) -> Sequence[Poison]:
        try:
            await send()
        except BulkWriteError as error:
            return _refused(error, changes)
        except (DocumentTooLarge, BSONError, WriteError):
            # The driver itself refuses, without saying which: each alone.
            if len(changes) == 1:
                return [Poison(changes[0], 10_334)]
            return [poison for change in changes for poison in await self._group(type(change), [change])]
        return []

    def _acknowledging(self, name: str) -> Any:
        concern = WriteConcern(w="majority", j=True)
        return self._database[name].with_options(write_concern=concern)

    async def _all(self, asked: Any) -> list[Mapping[str, Any]]:
        found: list[Mapping[str, Any]] = await self._ask(asked.to_list(length=None))
        return found

    async def _ask(self, work: Awaitable[T]) -> T:
        """Wait for an answer until the deadline; what is late goes on under the driver's own limits."""
        asked = asyncio.ensure_future(work)
        # Not cancelled: that would leave the driver's connection open and half used.
        self._late.add(asked)
        asked.add_done_callback(self._let_go)
        done, _ = await asyncio.wait({asked}, timeout=self._deadline_s)
        if not done:
            raise PrimaryDown("no answer in time") from TimeoutError()
        try:
            return asked.result()
        except PyMongoError as error:
            raise PrimaryDown(type(error).__name__) from error

    def _let_go(self, asked: asyncio.Future[Any]) -> None:
        self._late.discard(asked)
        if not asked.cancelled():
            # Fetched, so that a late failure is not reported as one that nobody looked at.
            asked.exception()

    async def settle(self) -> None:
        """Wait for what is still under way, as long as one answer may take."""
        if self._late:
            await asyncio.wait(self._late, timeout=2 * self._deadline_s)


def _put(change: PutRecord) -> UpdateOne:
    older = {
        "_id": documents.record_id(change.shelf, change.record.id),
        "changed_us": {"$lt": change.changed_us},
    }
    update = {
        "$set": {"payload": change.record.payload, "changed_us": change.changed_us},
        "$setOnInsert": {
            **documents.shelf(change.shelf),
            "id": change.record.id,
            "first_us": change.first_us,
        },
    }
    # Where a newer one stands, the filter finds nothing and the insertion is a duplicate: as it should be.
    return UpdateOne(older, update, upsert=True)


def _refused(error: BulkWriteError, changes: Sequence[Change]) -> Sequence[Poison]:
    """Return what was refused for good; the same id again is no refusal.

    Raises:
        PyMongoError: Something else went wrong, or the write is not safe on a majority.
    """
    details = error.details
    failed = [each for each in details.get("writeErrors", []) if each["code"] != DUPLICATE]
    if details.get("writeConcernErrors") or any(each["code"] not in _FINAL for each in failed):
        raise error
    return [Poison(changes[each["index"]], each["code"]) for each in failed]


@asynccontextmanager
async def open_mongo(
    uri: str, database: str, *, deadline_s: float, reach_s: float | None = None, driver: str = "pymongo"
) -> AsyncGenerator[MongoStore, None]:
    """Open the store; a server that is away does not matter here.

    An operation ends within ``deadline_s``, and within ``reach_s`` (the same by default) if nobody is there.

    Raises:
        StorageUnavailable: The address is none.
        ImportError: Motor was asked for and is not installed.
    """
    make: Any = AsyncMongoClient
    if driver == "motor":
        # The extra [motor]: its life has ended, so that only those get it who ask for it.
        make = import_module("motor.motor_asyncio").AsyncIOMotorClient
    try:
        client = _client(make, uri, deadline_s, deadline_s if reach_s is None else reach_s)
    except (PyMongoError, ValueError) as error:
        # Its words may hold the password.
        raise StorageUnavailable("MONGODB_CONNECTION_STRING is no address of a MongoDB") from error
    store = MongoStore(client[database], deadline_s=deadline_s)
    try:
        yield store
    finally:
        await store.settle()
        closing = client.close()
        if closing is not None:
            await closing


def _client(make: Any, uri: str, deadline_s: float, reach_s: float) -> Any:
    return make(
        uri,
        appname="core-integrator",
        # The journal replays; the driver's own retry would only lengthen the wait.
        retryWrites=False,
        retryReads=False,
        maxPoolSize=32,
        serverSelectionTimeoutMS=round(reach_s * 1000),
        connectTimeoutMS=round(reach_s * 1000),
        socketTimeoutMS=round(deadline_s * 1000),
        waitQueueTimeoutMS=round(deadline_s * 1000),
        tz_aware=True,
    )
