"""Commands and their answers, as real drivers see them."""

import asyncio
from typing import Any

import pytest
from bson import Int64
from pymongo import ASCENDING, DESCENDING, InsertOne, UpdateOne, WriteConcern
from pymongo.errors import BulkWriteError, DuplicateKeyError, OperationFailure, WriteError

from tests.mongowire import Server

NEWEST_FIRST = [("created_us", DESCENDING), ("_id", DESCENDING)]


def exchange(number: int, *, user: str = "u", module: str = "video") -> dict[str, Any]:
    """Return a document like those of the memory."""
    return {"_id": f"{number:06}", "user_id": user, "module": module, "created_us": Int64(number)}


async def test_a_driver_finds_a_server_that_stands_alone(client: Any) -> None:
    """What is learnt at the start decides what a driver dares to ask later."""
    assert (await client.admin.command("ping"))["ok"] == 1
    assert (await client.server_info())["version"] == "7.0.0"
    assert (await client.admin.command("hello"))["isWritablePrimary"] is True


async def test_collections_come_and_go(client: Any) -> None:
    """Tests start from nothing and leave nothing."""
    await client.tests.one.insert_one({"_id": 1})
    await client.tests.create_collection("two")
    assert sorted(await client.tests.list_collection_names()) == ["one", "two"]
    with pytest.raises(OperationFailure, match="already exists"):
        await client.tests.command("create", "two")

    await client.tests.drop_collection("one")
    assert await client.tests.list_collection_names() == ["two"]
    await client.drop_database("tests")
    assert await client.list_database_names() == []


@pytest.mark.parametrize(
    ("command", "code"),
    [
        ({"noSuchThing": 1}, 59),
        ({"find": "rows", "filter": {"a": {"$near": 1}}}, 2),
        ({"find": "rows", "filter": {"$where": "1"}}, 2),
        ({"find": "rows", "collation": {"locale": "sv"}}, 238),
        ({"aggregate": "rows", "pipeline": [{"$facet": {}}], "cursor": {}}, 40324),
        ({"getMore": Int64(5), "collection": "rows"}, 43),
        ({"dropIndexes": "rows", "index": "nope"}, 27),
        ({"configureFault": {"mode": "earthquake"}}, 9),
        ({"insert": "rows", "documents": [{"_id": 1}], "txnNumber": Int64(1)}, 20),
    ],
)
async def test_what_it_cannot_do_it_refuses(client: Any, command: dict[str, Any], code: int) -> None:
    """A guess would let an adapter pass here and fail in production."""
    with pytest.raises(OperationFailure) as refusal:
        await client.tests.command(command)

    assert refusal.value.code == code


async def test_a_second_document_of_an_id_is_a_duplicate(rows: Any) -> None:
    """The memory takes this refusal as proof that a write was there already."""
    await rows.insert_one({"_id": "x", "n": 1})

    with pytest.raises(DuplicateKeyError) as refusal:
        await rows.insert_one({"_id": "x", "n": 2})

    assert refusal.value.details["keyPattern"] == {"_id": 1}
    assert refusal.value.details["keyValue"] == {"_id": "x"}
    assert await rows.find_one({"_id": "x"}) == {"_id": "x", "n": 1}


@pytest.mark.parametrize(("ordered", "stored"), [(True, [1, 2]), (False, [1, 2, 3])])
async def test_a_batch_tells_each_duplicate(rows: Any, ordered: bool, stored: list[int]) -> None:
    """Catching up sends unordered batches and expects all that is new to be stored."""
    await rows.insert_one({"_id": 1})

    with pytest.raises(BulkWriteError) as refusal:
        await rows.insert_many([{"_id": 2}, {"_id": 1}, {"_id": 3}, {"_id": 2}], ordered=ordered)

    errors = [(one["index"], one["code"]) for one in refusal.value.details["writeErrors"]]
    assert errors == ([(1, 11000)] if ordered else [(1, 11000), (3, 11000)])
    assert await rows.distinct("_id") == stored


async def test_a_unique_index_holds_for_every_way_to_write(rows: Any) -> None:
    """One user's verdict on a generation stays one."""
    await rows.create_index([("generation_id", 1), ("user_id", 1)], unique=True, name="one_each")
    await rows.insert_many([{"_id": n, "generation_id": "g", "user_id": f"u{n}"} for n in range(3)])

    with pytest.raises(DuplicateKeyError) as refusal:
        await rows.update_one({"_id": 1}, {"$set": {"user_id": "u0"}})
    with pytest.raises(DuplicateKeyError):
        await rows.find_one_and_update({"_id": 1}, {"$set": {"user_id": "u2"}})
    with pytest.raises(DuplicateKeyError):
        await rows.replace_one({"_id": 9}, {"generation_id": "g", "user_id": "u0"}, upsert=True)

    assert refusal.value.details["keyValue"] == {"generation_id": "g", "user_id": "u0"}
    assert await rows.count_documents({}) == 3


async def test_indexes_are_listed_and_kept_consistent(rows: Any) -> None:
    """Opening the store twice builds its indexes once, and a changed one is noticed."""
    await rows.insert_many([{"_id": 1, "a": 5}, {"_id": 2, "a": 5}])
    await rows.create_index([("a", ASCENDING)], name="by_a")
    await rows.create_index([("a", ASCENDING)], name="by_a")
    assert sorted(await rows.index_information()) == ["_id_", "by_a"]

    with pytest.raises(OperationFailure) as options:
        await rows.create_index([("a", ASCENDING)], name="by_a", unique=True)
    with pytest.raises(OperationFailure) as names:
        await rows.create_index([("b", ASCENDING)], name="by_a")
    with pytest.raises(DuplicateKeyError):
        await rows.create_index([("a", ASCENDING), ("c", ASCENDING)], unique=True)

    assert (options.value.code, names.value.code) == (85, 86)
    await rows.drop_index("by_a")
    assert list(await rows.index_information()) == ["_id_"]


async def test_an_unique_index_may_concern_some_documents_only(rows: Any) -> None:
    """A key is taken among the documents its filter means."""
    await rows.create_index("key", unique=True, partialFilterExpression={"open": True})

    await rows.insert_many([{"key": 1, "open": False}, {"key": 1, "open": False}, {"key": 1, "open": True}])

    with pytest.raises(DuplicateKeyError):
        await rows.insert_one({"key": 1, "open": True})


async def test_pages_of_a_cursor_follow_each_other_in_order(rows: Any) -> None:
    """Batches are joined by getMore without a gap, whatever is written meanwhile."""
    await rows.create_index([("user_id", 1), ("created_us", -1), ("_id", -1)])
    await rows.insert_many([exchange(n, user=f"u{n % 2}") for n in range(500)])
    cursor = rows.find({"user_id": "u1"}, batch_size=7).sort(NEWEST_FIRST)

    first = await anext(cursor)
    await rows.delete_many({})
    rest = [row async for row in cursor]

    assert [row["created_us"] for row in [first, *rest]] == list(range(499, 0, -2))


async def test_pages_by_a_tuple_of_fields_meet_every_row_once(rows: Any) -> None:
    """So histories are paged, equal times included."""
    await rows.create_index([("user_id", 1), ("module", 1), ("created_us", -1), ("_id", -1)])
    await rows.insert_many([{**exchange(n), "created_us": n // 4} for n in range(50)])
    query: dict[str, Any] = {"user_id": "u", "module": "video"}
    seen: list[str] = []

    while page := await rows.find(query).sort(NEWEST_FIRST).limit(7).to_list(7):
        seen += [row["_id"] for row in page]
        last = page[-1]
        older = {"created_us": {"$lt": last["created_us"]}}
        same = {"created_us": last["created_us"], "_id": {"$lt": last["_id"]}}
        query["$or"] = [older, same]

    assert seen == [f"{n:06}" for n in range(49, -1, -1)]


@pytest.mark.parametrize(
    ("projection", "shown"),
    [
        ({"a": 1}, {"_id": 1, "a": 1}),
        ({"a": 1, "_id": 0}, {"a": 1}),
        ({"b.c": 1, "_id": 0}, {"b": {"c": 2}}),
        ({"_id": 1}, {"_id": 1}),
        ({"a": 0, "b.d": 0}, {"_id": 1, "b": {"c": 2}}),
        ({"_id": 0}, {"a": 1, "b": {"c": 2, "d": 3}}),
    ],
)
async def test_a_projection_shows_what_it_names(rows: Any, projection: Any, shown: Any) -> None:
    """Queries fetch no texts that nobody reads."""
    await rows.insert_one({"_id": 1, "a": 1, "b": {"c": 2, "d": 3}})

    assert await rows.find_one({}, projection) == shown


async def test_updates_do_what_their_operators_say(rows: Any) -> None:
    """The state of a generation is written by set, unset and increment, never as a whole."""
    await rows.insert_one({"_id": 1, "n": Int64(1), "old": True, "deep": {"kept": 1}})

    done = await rows.update_one(
        {"_id": 1},
        {"$set": {"deep.new": 2, "s": "x"}, "$inc": {"n": 4}, "$unset": {"old": ""}, "$push": {"l": 1}},
    )
    same = await rows.update_one({"_id": 1}, {"$set": {"s": "x"}})

    assert (done.matched_count, done.modified_count) == (1, 1)
    assert (same.matched_count, same.modified_count) == (1, 0)
    expected = {"_id": 1, "n": 5, "deep": {"kept": 1, "new": 2}, "s": "x", "l": [1]}
    assert await rows.find_one({}) == expected


async def test_an_upsert_stores_what_is_not_there(rows: Any) -> None:
    """Replaying is an upsert; the first write sets what never changes."""
    change = {"$set": {"rev": 1}, "$setOnInsert": {"born": 7}}

    first = await rows.update_one({"_id": "g", "user_id": "u"}, change, upsert=True)
    again = await rows.update_one(
        {"_id": "g"}, {"$set": {"rev": 2}, "$setOnInsert": {"born": 8}}, upsert=True
    )

    assert (first.upserted_id, again.upserted_id) == ("g", None)
    assert await rows.find_one({}) == {"_id": "g", "user_id": "u", "rev": 2, "born": 7}


async def test_an_older_state_does_not_overwrite_a_newer(rows: Any) -> None:
    """The filter on the revision makes replay free of order; with an upsert it ends in a duplicate."""
    await rows.insert_one({"_id": "g", "rev": 5})
    older = {"_id": "g", "rev": {"$lt": 3}}

    result = await rows.update_one(older, {"$set": {"rev": 3}})
    with pytest.raises(DuplicateKeyError):
        await rows.update_one(older, {"$set": {"rev": 3}}, upsert=True)

    assert result.matched_count == 0
    assert await rows.find_one({}) == {"_id": "g", "rev": 5}


@pytest.mark.parametrize(
    ("update", "code"),
    [
        ({"$set": {"_id": 2}}, 66),
        ({"$set": {"a": 1}, "$setOnInsert": {"a": 1}}, 40),
        ({"$set": {"a": 1, "a.b": 1}}, 40),
        ({"$set": {"n.deeper": 1}}, 28),
        ({"$inc": {"s": 1}}, 14),
        ({"$frobnicate": {"a": 1}}, 9),
    ],
)
async def test_an_update_that_makes_no_sense_is_refused(rows: Any, update: Any, code: int) -> None:
    """Each as the real one refuses it, and nothing is changed."""
    await rows.insert_one({"_id": 1, "n": 1, "s": "x"})

    with pytest.raises(WriteError) as refusal:
        await rows.update_one({"_id": 1}, update)

    assert refusal.value.code == code
    assert await rows.find_one({}) == {"_id": 1, "n": 1, "s": "x"}


async def test_a_document_has_a_largest_size(rows: Any) -> None:
    """A row too large for the store must be told from a store that is away."""
    half = "x" * (9 * 1024 * 1024)
    await rows.insert_one({"_id": 1, "half": half})

    with pytest.raises(WriteError) as grown:
        await rows.update_one({"_id": 1}, {"$set": {"other": half}})
    # A command may be a little larger than a document, so this passes the driver's own check.
    too_large = {"_id": 2, "text": "x" * (16 * 1024 * 1024)}
    answer = await rows.database.command({"insert": "rows", "documents": [too_large]}, check=False)

    assert grown.value.code == 17419
    assert answer["writeErrors"][0]["code"] == 2
    assert await rows.distinct("_id") == [1]


async def test_find_and_modify_admits_one(rows: Any) -> None:
    """Of many that want to take a row, one gets it."""
    await rows.insert_one({"_id": 1, "state": "queued"})
    take = {"$set": {"state": "running"}}

    taken = await asyncio.gather(
        *(rows.find_one_and_update({"_id": 1, "state": "queued"}, take) for _ in range(8))
    )

    assert [row for row in taken if row] == [{"_id": 1, "state": "queued"}]
    assert await rows.find_one_and_delete({"state": "running"}) == {"_id": 1, "state": "running"}
    upserted = await rows.find_one_and_update(
        {"_id": 2}, {"$set": {"a": 1}}, upsert=True, return_document=True
    )
    assert upserted == {"_id": 2, "a": 1}


async def test_pipelines_sum_and_pick(client: Any, rows: Any) -> None:
    """Scores are sums by generation; the newest of each module are the first of its group."""
    await rows.insert_many([{**exchange(n, module=f"m{n % 2}"), "score": n} for n in range(6)])
    pipeline = [
        {"$match": {"user_id": {"$in": ["u", "v"]}}},
        {"$sort": {"created_us": -1}},
        {"$group": {"_id": "$module", "sum": {"$sum": "$score"}, "newest": {"$first": "$$ROOT"}}},
        {"$project": {"sum": 1, "newest_id": "$newest._id"}},
        {"$sort": {"_id": 1}},
        {"$limit": 5},
    ]

    answer = await client.tests.command({"aggregate": "rows", "pipeline": pipeline, "cursor": {}})

    found = answer["cursor"]["firstBatch"]
    assert found == [
        {"_id": "m0", "sum": 6, "newest_id": "000004"},
        {"_id": "m1", "sum": 9, "newest_id": "000005"},
    ]
    assert await rows.count_documents({"module": "m1"}, limit=2) == 2
    assert await rows.estimated_document_count() == 6


async def test_deletes_take_one_or_all(rows: Any) -> None:
    """Forgetting a user takes all of theirs and nothing else."""
    await rows.insert_many([exchange(n, user=f"u{n % 2}") for n in range(6)])

    assert (await rows.delete_one({"user_id": "u0"})).deleted_count == 1
    assert (await rows.delete_many({"user_id": "u0"})).deleted_count == 2
    assert await rows.count_documents({}) == 3


async def test_many_clients_write_at_once(rows: Any) -> None:
    """Sixty-four at a time, with the strongest write concern, and batches of two hundred between them."""
    durable = rows.with_options(write_concern=WriteConcern("majority", j=True))

    await asyncio.gather(
        *(durable.insert_one(exchange(n)) for n in range(640)),
        *(durable.insert_many([exchange(1000 + 200 * b + n) for n in range(200)]) for b in range(5)),
    )

    assert await rows.count_documents({}) == 1640


async def test_a_bulk_mixes_writes(rows: Any) -> None:
    """Drivers send a bulk as one command for each kind."""
    result = await rows.bulk_write(
        [InsertOne({"_id": 1}), UpdateOne({"_id": 1}, {"$set": {"a": 1}}), InsertOne({"_id": 2})]
    )

    assert (result.inserted_count, result.modified_count) == (2, 1)


async def test_writes_without_an_answer_are_carried_out(rows: Any) -> None:
    """A driver that wants no acknowledgement gets none, and the next answer is its own."""
    await rows.with_options(write_concern=WriteConcern(0)).insert_one({"_id": 1})

    while not (found := await rows.find_one({"_id": 1})):
        await asyncio.sleep(0)
    assert found == {"_id": 1}


async def test_noise_is_hung_up_on(server: Server) -> None:
    """A client of another protocol learns at once that it is wrong here."""
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)

    writer.write(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")

    assert await reader.read() == b""
    writer.close()
