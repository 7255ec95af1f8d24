"""The journal under MongoDB: steps that arrive late, twice or in another order end where they should."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pymongo import AsyncMongoClient

from adapters.memory import open_memory
from config import MongoSettings
from core_integrator.contracts.ports import MemoryStore, Record, Shelf
from tests.adapters.memory.conftest import FixedClock, mongo_settings, until_mode
from tests.adapters.memory.samples import feedback, generation, ids, interaction
from tests.adapters.memory.waiting import until_nothing_waits
from tests.mongowire import MongoProgram

DEADLINE_S = 0.3
SHELF = Shelf("ada", "finance", "transaction")


@pytest.fixture
def server(mongo: MongoProgram) -> Iterator[MongoProgram]:
    """The MongoDB of all tests, without the faults of this one."""
    yield mongo
    mongo.mend()


@pytest.fixture
def settings(server: MongoProgram) -> MongoSettings:
    """A database of the test's own, asked with little patience."""
    return mongo_settings(server.url, deadline_s=DEADLINE_S)


@pytest.fixture
async def memory(path: Path, clock: FixedClock, settings: MongoSettings) -> AsyncIterator[MemoryStore]:
    """The memory, with MongoDB in use."""
    async with open_memory(path.parent, clock, settings) as opened:
        await until_mode(opened, "primary")
        yield opened


async def held(settings: MongoSettings, collection: str) -> list[Any]:
    """Return what MongoDB holds, past the memory."""
    async with AsyncMongoClient(settings.connection_string.get_secret_value()) as client:
        return await client[settings.database][collection].find().to_list()


async def everywhere(path: Path, memory: MemoryStore) -> None:
    """Wait until all has arrived and MongoDB answers."""
    await until_nothing_waits(path)
    await until_mode(memory, "primary")


async def test_a_write_that_arrives_late_brings_nothing_back(
    path: Path, memory: MemoryStore, server: MongoProgram, settings: MongoSettings
) -> None:
    """It was under way when its generation was dropped, and is done behind the deletion."""
    server.fault("delay", "insert", delay_ms=2_000 * DEADLINE_S, times=1)
    await memory.remember(None, generation=generation(1))
    await memory.drop_generation("vid_00001", user_id="ada")
    async with AsyncMongoClient(server.url) as client:
        while not await client[settings.database]["generations"].find_one():
            pass

    shown = await memory.generation("vid_00001", user_id="ada")
    listed = (await memory.generations("ada", module="video", limit=5)).rows
    await everywhere(path, memory)

    assert (shown, listed) == (None, [])
    assert await held(settings, "generations") == []
    assert await memory.generation_by_capability("vid_00001") is None


async def test_a_namesake_of_what_was_dropped_stays(
    path: Path, memory: MemoryStore, settings: MongoSettings
) -> None:
    """The deletion is done once more behind it, and is not meant for it."""
    await memory.remember(None, generation=generation(1))
    await memory.add_feedback(feedback(1))
    await memory.drop_generation("vid_00001", user_id="ada")
    again = generation(1, payload={"style": "anew"})
    await memory.remember(None, generation=again)
    assert await memory.add_feedback(feedback(2, score=-1)) == -1

    before = await memory.generation("vid_00001", user_id="ada")
    await everywhere(path, memory)

    assert before == await memory.generation("vid_00001", user_id="ada") == again
    assert [row["_id"] for row in await held(settings, "feedback")] == ["fbk_00002"]


@pytest.mark.parametrize("forget", ["drop", "erase"])
async def test_verdicts_that_are_forgotten_count_no_more(
    path: Path, memory: MemoryStore, server: MongoProgram, settings: MongoSettings, forget: str
) -> None:
    """Also while MongoDB has still to forget them."""
    await memory.remember(interaction(1), generation=generation(1))
    await memory.add_feedback(feedback(1))
    server.fault("close_before", "delete", "update", times=1)
    if forget == "drop":
        await memory.drop_generation("vid_00001", user_id="ada")
    else:
        assert not await memory.erase("ada")
    await until_mode(memory, "primary")

    assert [row["_id"] for row in await held(settings, "feedback")] == ["fbk_00001"]
    assert await memory.scores(["vid_00001"]) == {}
    await everywhere(path, memory)
    assert await held(settings, "feedback") == []
    assert await memory.scores(["vid_00001"]) == {}


async def test_pages_skip_nothing_behind_what_was_dropped(memory: MemoryStore, server: MongoProgram) -> None:
    """One waits for MongoDB for ever, one is being dropped; the others are all shown, each once."""
    server.fault("error", "insert", code=121, ids=["vid_00001"])
    for number in range(1, 8):
        await memory.remember(None, generation=generation(number))
    server.fault("close_before", "delete", times=1)
    await memory.drop_generation("vid_00007", user_id="ada")
    await until_mode(memory, "primary")

    shown: list[str] = []
    page = await memory.generations("ada", module="video", limit=2)
    while page.next_cursor:
        shown += [row.id for row in page.rows]
        page = await memory.generations("ada", module="video", limit=2, cursor=page.next_cursor)
    shown += [row.id for row in page.rows]

    assert shown == [f"vid_0000{number}" for number in (6, 5, 4, 3, 2, 1)]


async def test_a_record_changed_before_mongodb_has_it_keeps_its_place(
    path: Path, clock: FixedClock, memory: MemoryStore, server: MongoProgram, settings: MongoSettings
) -> None:
    """Its change gets there first; another host sees the same order."""
    server.fault("close_before", "update", times=1)
    await memory.keep(SHELF, [Record("a", "1"), Record("b", "1")])
    await until_mode(memory, "primary")
    await memory.keep(SHELF, [Record("a", "2")])
    await everywhere(path, memory)

    async with open_memory(path.parent / "elsewhere", clock, settings) as other:
        await until_mode(other, "primary")
        assert await other.records(SHELF) == [Record("a", "2"), Record("b", "1")]


async def test_a_change_of_a_record_that_arrives_late_replaces_no_newer_one(
    path: Path, memory: MemoryStore, server: MongoProgram, settings: MongoSettings
) -> None:
    """It was overtaken on its way."""
    server.fault("delay", "update", delay_ms=2_000 * DEADLINE_S, times=1)
    await memory.keep(SHELF, [Record("a", "1")])
    await memory.keep(SHELF, [Record("a", "2")])
    assert [row["payload"] for row in await held(settings, "records")] == ["2"]
    # Longer than the first is under way.
    await asyncio.sleep(2 * DEADLINE_S)
    await everywhere(path, memory)

    assert [row["payload"] for row in await held(settings, "records")] == ["2"]


async def test_a_clock_put_back_hides_no_change_of_a_record(
    path: Path, clock: FixedClock, settings: MongoSettings
) -> None:
    """The newest is what was stored last, whatever the clock says, and whoever stored it."""
    async with open_memory(path.parent, clock, settings) as memory:
        await until_mode(memory, "primary")
        clock.advance(100)
        await memory.keep(SHELF, [Record("b", "1")])
        clock.advance(-100)
        async with open_memory(path.parent, clock, settings) as other:
            await until_mode(other, "primary")
            await other.keep(SHELF, [Record("a", "1"), Record("b", "2")])
        await everywhere(path, memory)

        assert await memory.records(SHELF) == [Record("b", "2"), Record("a", "1")]


async def test_what_is_written_after_an_erasure_stays_whatever_its_date(
    path: Path, clock: FixedClock, memory: MemoryStore, settings: MongoSettings
) -> None:
    """The call had begun before; the erasure, done once more, is not meant for it."""
    clock.advance(60)
    await memory.erase("ada")
    await memory.remember(interaction(1), generation=generation(1))
    await memory.add_feedback(feedback(1))
    await everywhere(path, memory)

    assert await ids(memory) == ["int_00001"]
    for collection in ("interactions", "generations", "feedback"):
        assert len(await held(settings, collection)) == 1


async def test_a_time_without_mongodb_saves_nobody_from_being_forgotten(
    path: Path, clock: FixedClock, settings: MongoSettings
) -> None:
    """MongoDB hears of it when it is switched on again."""
    async with open_memory(path.parent, clock, settings) as memory:
        await until_mode(memory, "primary")
        await memory.remember(interaction(1), generation=generation(1))
        await memory.remember(interaction(2, user="bob"), generation=generation(2, user="bob"))
    clock.advance(60)
    async with open_memory(path.parent, clock) as memory:
        await memory.erase("ada")
        await memory.drop_generation("vid_00002", user_id="bob")
    async with open_memory(path.parent, clock):
        pass

    async with open_memory(path.parent, clock, settings) as memory:
        await until_mode(memory, "primary")
        shown = [await ids(memory), await ids(memory, "bob")]
        made = [await memory.generation_by_capability(name) for name in ("vid_00001", "vid_00002")]
        await everywhere(path, memory)

    assert (shown, made) == ([[], ["int_00002"]], [None, None])
    assert [row["_id"] for row in await held(settings, "interactions")] == ["int_00002"]
    assert await held(settings, "generations") == []


async def test_a_repeat_changes_nothing_even_where_it_arrives_first(
    path: Path, memory: MemoryStore, server: MongoProgram, settings: MongoSettings
) -> None:
    """What counts is what was stored under the id."""
    server.fault("close_before", "insert", times=1)
    await memory.remember(interaction(1))
    await until_mode(memory, "primary")
    await memory.remember(replace(interaction(1), response='{"status": "changed"}'))
    await everywhere(path, memory)

    assert [row["response"] for row in await held(settings, "interactions")] == ['{"status": "success"}']
