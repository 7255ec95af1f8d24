"""The journal under MongoDB: whatever happens to MongoDB, nothing acknowledged is lost, doubled or hidden."""

import asyncio
import sqlite3
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing
from datetime import timedelta
from pathlib import Path

import pytest
from pymongo import AsyncMongoClient

from adapters.memory import open_memory
from config import MongoSettings
from core_integrator.contracts.clock import Clock
from core_integrator.contracts.ports import MemoryStore, Record, Shelf
from tests.adapters.memory.conftest import FixedClock, mongo_settings, until_mode
from tests.adapters.memory.samples import NOON, feedback, generation, ids, interaction
from tests.mongowire import MongoProgram, mongo_program

DEADLINE_S = 0.5
# Only keeps a broken store from holding up the run; no test needs a fraction of it.
HANG_S = 40
SHELF = Shelf("ada", "finance", "transaction")


@pytest.fixture
def server(tmp_path: Path) -> Iterator[MongoProgram]:
    """A MongoDB of the test's own, to be killed and halted."""
    with mongo_program(tmp_path / "mongo") as program:
        yield program


@pytest.fixture
def settings(server: MongoProgram) -> MongoSettings:
    """How to reach it, with little patience."""
    return mongo_settings(server.url, deadline_s=DEADLINE_S)


@pytest.fixture
async def memory(tmp_path: Path, clock: Clock, settings: MongoSettings) -> AsyncIterator[MemoryStore]:
    """The memory, with MongoDB in use."""
    async with open_memory(tmp_path / "data", clock, settings) as opened:
        await until_mode(opened, "primary")
        yield opened


@asynccontextmanager
async def inside(settings: MongoSettings) -> AsyncIterator[object]:
    """Look into MongoDB past the memory."""
    client = AsyncMongoClient(settings.connection_string.get_secret_value())
    try:
        yield client[settings.database]
    finally:
        await client.close()


async def stored(settings: MongoSettings, collection: str = "interactions") -> list[str]:
    """Return the ids MongoDB holds."""
    async with inside(settings) as database:
        return sorted([row["_id"] async for row in database[collection].find({}, {"_id": 1})])


async def until_stored(settings: MongoSettings, ids: list[str], collection: str = "interactions") -> None:
    """Wait until MongoDB holds just these."""
    async with asyncio.timeout(15):
        while await stored(settings, collection) != sorted(ids):
            await asyncio.sleep(0.05)


def users_in(path: Path) -> set[str]:
    """Return whose rows a journal holds."""
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        rows = connection.execute("SELECT user_id FROM interactions UNION SELECT user_id FROM generations")
        return {user_id for (user_id,) in rows}


async def known(memory: MemoryStore, user: str = "ada") -> list[str]:
    """Return the ids of a user's history, in their order of time."""
    return list(reversed(await ids(memory, user)))


async def test_an_acknowledged_write_is_in_both(memory: MemoryStore, settings: MongoSettings) -> None:
    """While MongoDB answers, it holds what the caller was told."""
    await memory.remember(interaction(1), generation=generation(1))

    assert await stored(settings) == ["int_00001"]
    assert await stored(settings, "generations") == ["vid_00001"]


async def test_a_start_without_mongodb_is_a_start(
    tmp_path: Path, clock: Clock, server: MongoProgram, settings: MongoSettings
) -> None:
    """It is used as soon as it is there, and gets what it missed."""
    server.kill()
    async with open_memory(tmp_path / "data", clock, settings) as memory:
        await memory.remember(interaction(1))
        assert memory.state().mode == "journal"
        assert await known(memory) == ["int_00001"]

        server.start()
        await until_mode(memory, "primary")
        await until_stored(settings, ["int_00001"])


async def test_a_kill_under_load_loses_and_doubles_nothing(
    memory: MemoryStore, server: MongoProgram, settings: MongoSettings
) -> None:
    """Everybody reads what they wrote, before, meanwhile and after."""
    acknowledged: list[str] = []
    going = True

    async def write(user: int) -> None:
        number = 0
        while going:
            row = interaction(user * 10_000 + number, user=f"u{user}")
            await memory.remember(row)
            acknowledged.append(row.id)
            seen = (await memory.context(f"u{user}", limit=1))[0].id
            assert seen == row.id
            number += 1

    writers = [asyncio.create_task(write(user)) for user in range(8)]
    await asyncio.sleep(0.5)
    await asyncio.to_thread(server.kill)
    await asyncio.sleep(0.7)
    assert memory.state().mode == "journal"
    await asyncio.to_thread(server.start)
    await until_mode(memory, "primary")
    await asyncio.sleep(0.5)
    going = False
    await asyncio.gather(*writers)

    assert len(acknowledged) == len(set(acknowledged)) > 100
    await until_stored(settings, acknowledged)
    assert memory.state().backlog_depth == 0 or await depth_falls(memory)


async def depth_falls(memory: MemoryStore) -> bool:
    """Wait until nothing waits any more."""
    async with asyncio.timeout(HANG_S):
        while memory.state().backlog_depth:
            await asyncio.sleep(0.05)
    return True


async def test_a_lost_acknowledgement_doubles_nothing(
    memory: MemoryStore, server: MongoProgram, settings: MongoSettings
) -> None:
    """MongoDB has it and could not say so: the replay finds it there."""
    await asyncio.to_thread(server.fault, "close_after", "insert", times=1)

    await memory.remember(interaction(1))

    assert await known(memory) == ["int_00001"]
    assert await depth_falls(memory)
    assert await stored(settings) == ["int_00001"]
    await until_mode(memory, "primary")


async def test_a_mongodb_that_hangs_delays_nobody_beyond_the_deadline(
    memory: MemoryStore, server: MongoProgram, settings: MongoSettings
) -> None:
    """Three late answers, and it is asked no more until it shows signs of life."""
    server.stop_signal()
    waits = []
    for number in range(6):
        began = time.monotonic()
        await memory.remember(interaction(number))
        assert await known(memory) == [f"int_{n:05d}" for n in range(number + 1)]
        waits.append(time.monotonic() - began)

    assert max(waits) < 4 * DEADLINE_S
    assert waits[-1] < DEADLINE_S
    assert memory.state().mode == "journal"

    server.cont()
    await until_mode(memory, "primary")
    await until_stored(settings, [f"int_{n:05d}" for n in range(6)])


async def test_a_row_that_mongodb_will_never_take_stops_nobody_else(
    memory: MemoryStore, server: MongoProgram, settings: MongoSettings
) -> None:
    """It is set aside; its user still reads it."""
    await asyncio.to_thread(server.fault, "error", "insert", code=121, ids=["int_00002"])

    for number in (1, 2, 3):
        await memory.remember(interaction(number))

    assert await known(memory) == ["int_00001", "int_00002", "int_00003"]
    await until_stored(settings, ["int_00001", "int_00003"])
    assert await depth_falls(memory)
    assert await known(memory) == ["int_00001", "int_00002", "int_00003"]


async def test_what_was_forgotten_meanwhile_does_not_come_back(
    memory: MemoryStore, server: MongoProgram, settings: MongoSettings
) -> None:
    """Neither what MongoDB held before, nor what still waited for it."""
    await memory.remember(None, generation=generation(1))
    await memory.add_feedback(feedback(1))
    server.kill()
    await memory.remember(None, generation=generation(2))
    await memory.drop_generation("vid_00001", user_id="ada")
    await memory.drop_generation("vid_00002", user_id="ada")

    server.start()
    await until_mode(memory, "primary")
    assert await memory.generation("vid_00001", user_id="ada") is None
    assert (await memory.generations("ada", module="video", limit=5)).rows == []
    assert await depth_falls(memory)

    assert await stored(settings, "generations") == []
    assert await stored(settings, "feedback") == []
    assert await memory.generation_by_capability("vid_00002") is None


@pytest.mark.parametrize("away", [False, True])
async def test_an_erased_user_is_erased_everywhere(
    memory: MemoryStore, clock: FixedClock, server: MongoProgram, settings: MongoSettings, away: bool
) -> None:
    """Also what waits for MongoDB; others keep theirs, and the user may begin anew."""
    await memory.remember(interaction(1), generation=generation(1))
    await memory.add_feedback(feedback(1))
    await memory.keep(SHELF, [Record("a", "{}")])
    await memory.remember(interaction(2, user="bob"))
    if away:
        server.kill()
        await memory.remember(interaction(3))

    clock.advance(60)
    assert await memory.erase("ada") is not away

    assert await known(memory) == []
    assert await memory.records(SHELF) == []
    if away:
        server.start()
        await until_mode(memory, "primary")
    await until_stored(settings, ["int_00002"])
    for collection in ("generations", "feedback", "records"):
        await until_stored(settings, [], collection)
    await memory.remember(interaction(9_000_000))
    assert await known(memory) == ["int_9000000"]
    assert await known(memory, "bob") == ["int_00002"]


@pytest.mark.parametrize("waits", [False, True])
async def test_a_user_erased_at_one_host_is_erased_at_all(
    tmp_path: Path, clock: FixedClock, server: MongoProgram, settings: MongoSettings, waits: bool
) -> None:
    """Also what another host wrote, and has still to tell MongoDB: nothing of it comes back."""
    async with open_memory(tmp_path / "a", clock, settings) as here:
        await until_mode(here, "primary")
        async with open_memory(tmp_path / "b", clock, settings) as there:
            await until_mode(there, "primary")
            if waits:
                server.kill()
            await there.remember(interaction(1), generation=generation(1))
            await there.remember(interaction(2, user="bob"))
            clock.advance(60)
            await here.erase("ada")
            if waits:
                server.start()
                await until_mode(there, "primary")
            async with asyncio.timeout(HANG_S):
                while "ada" in users_in(tmp_path / "b" / "memory.db"):
                    await asyncio.sleep(0.1)
            assert "bob" in users_in(tmp_path / "b" / "memory.db")

    await until_stored(settings, ["int_00002"])
    await until_stored(settings, [], "generations")


async def test_records_changed_meanwhile_win_and_keep_their_places(
    memory: MemoryStore, server: MongoProgram, settings: MongoSettings
) -> None:
    """An older change never replaces a newer one, in whatever order they arrive."""
    await memory.keep(SHELF, [Record("a", "1"), Record("b", "1")])
    server.kill()
    await memory.keep(SHELF, [Record("c", "1"), Record("a", "2")])
    expected = [Record("a", "2"), Record("b", "1"), Record("c", "1")]
    assert await memory.records(SHELF) == expected

    server.start()
    await until_mode(memory, "primary")
    assert await memory.records(SHELF) == expected
    assert await depth_falls(memory)

    assert await memory.records(SHELF) == expected


async def test_another_host_reads_what_this_one_wrote(
    tmp_path: Path, clock: Clock, memory: MemoryStore, settings: MongoSettings
) -> None:
    """Two journals under one MongoDB; verdicts on the other's films count too."""
    await memory.remember(interaction(1), generation=generation(1))
    await memory.add_feedback(feedback(1, score=2))
    # What was delivered leaves the backlog a moment later; until then this host reads its own journal.
    await asyncio.sleep(1)

    async with open_memory(tmp_path / "elsewhere", clock, settings) as other:
        await until_mode(other, "primary")
        assert await known(other) == ["int_00001"]
        assert await other.add_feedback(feedback(2, score=-1)) == 1
        assert await other.scores(["vid_00001"]) == {"vid_00001": 1}
        assert await other.drop_generation("vid_00001", user_id="ada")

    assert await memory.generation("vid_00001", user_id="ada") is None


async def test_mongodb_switched_on_later_gets_all_there_is(
    tmp_path: Path, clock: Clock, settings: MongoSettings
) -> None:
    """And switched off and on again, what it missed meanwhile."""
    folder = tmp_path / "data"
    for number in (1, 2):
        async with open_memory(folder, clock) as alone:
            await alone.remember(interaction(number), generation=generation(number))
            await alone.keep(SHELF, [Record(str(number), "{}")])
        async with open_memory(folder, clock, settings) as memory:
            await until_stored(settings, [f"int_{n:05d}" for n in range(1, number + 1)])
            assert await depth_falls(memory)

    assert await stored(settings, "generations") == ["vid_00001", "vid_00002"]
    assert len(await stored(settings, "records")) == 2


async def test_a_fallback_shows_in_the_state(
    memory: MemoryStore, server: MongoProgram, settings: MongoSettings
) -> None:
    """Depth, age and reason are there for health and metrics."""
    server.kill()
    for number in range(20):
        await memory.remember(interaction(number))
    async with asyncio.timeout(5):
        while memory.state().backlog_depth < 20:
            await asyncio.sleep(0.05)

    state = memory.state()

    assert (state.mode, state.backlog_depth) == ("journal", 20)
    assert state.reason
    waiting = await memory.waiting_feedback(before=NOON + timedelta(days=1), limit=5)
    assert waiting == []
