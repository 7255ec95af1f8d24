"""What was acknowledged is there after a crash, once."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from pymongo.errors import DuplicateKeyError, PyMongoError

from tests.mongowire import MongoProgram, mongo_program, serving
from tests.mongowire.conftest import OpenClient

WRITERS, ENOUGH = 32, 600


async def test_a_restart_keeps_documents_and_indexes(tmp_path: Path, open_client: OpenClient) -> None:
    """Every kind of write, one of each, with ids that the server chose."""
    journal = tmp_path / "journal"
    async with serving(journal=journal) as server, open_client(server.url) as client:
        rows = client.tests.rows
        await rows.create_index("key", unique=True)
        await rows.insert_many([{"_id": n, "key": n} for n in range(4)])
        await rows.update_many({"key": {"$gt": 1}}, {"$inc": {"n": 1}})
        await rows.update_one({"key": 9}, {"$set": {"made": True}}, upsert=True)
        await rows.find_one_and_update({"_id": 0}, {"$set": {"taken": True}})
        await rows.delete_one({"_id": 1})
        await client.tests.gone.insert_one({})
        await client.tests.drop_collection("gone")
        before = await rows.find().to_list(9)

    async with serving(journal=journal) as server, open_client(server.url) as client:
        assert await client.tests.rows.find().to_list(9) == before
        assert await client.tests.list_collection_names() == ["rows"]
        with pytest.raises(DuplicateKeyError):
            await client.tests.rows.insert_one({"key": 9})


@pytest.mark.parametrize("torn_bytes", [1, 3, 20])
async def test_a_torn_tail_is_cut_off(tmp_path: Path, open_client: OpenClient, torn_bytes: int) -> None:
    """Half a record is not acknowledged; what is written behind it must not be lost with it."""
    journal = tmp_path / "journal"
    for number in range(3):
        async with serving(journal=journal) as server, open_client(server.url) as client:
            await client.tests.rows.insert_one({"_id": number})
        whole = journal.read_bytes()
        journal.write_bytes(whole + whole[:torn_bytes])

    async with serving(journal=journal) as server, open_client(server.url) as client:
        assert await client.tests.rows.distinct("_id") == [0, 1, 2]


async def test_a_journal_told_twice_changes_nothing(tmp_path: Path, open_client: OpenClient) -> None:
    """Replaying is safe however often it happens."""
    journal = tmp_path / "journal"
    async with serving(journal=journal) as server, open_client(server.url) as client:
        await client.tests.rows.create_index("n")
        await client.tests.rows.insert_one({"_id": 1, "n": 1})
        await client.tests.rows.update_one({"_id": 1}, {"$inc": {"n": 1}})
    journal.write_bytes(journal.read_bytes() * 2)

    async with serving(journal=journal) as server, open_client(server.url) as client:
        assert await client.tests.rows.find().to_list(5) == [{"_id": 1, "n": 2}]


async def test_a_kill_under_load_loses_and_doubles_nothing(tmp_path: Path, open_client: OpenClient) -> None:
    """Inserts and increments by many writers; the process is gone between two bytes."""
    acknowledged: list[int] = []
    counted = [0] * WRITERS
    with mongo_program(tmp_path) as program:
        # Motor waits in threads, fewer than there are writers: they find the server gone in turns.
        options = {"maxPoolSize": WRITERS, "retryWrites": False, "serverSelectionTimeoutMS": 100}
        async with open_client(program.url, **options) as client:
            writers = [_write(client.tests, w, acknowledged, counted) for w in range(WRITERS)]
            await asyncio.gather(*writers, _kill_when_enough(program, acknowledged))
        program.start()
        async with open_client(program.url) as client:
            numbers = [row["number"] async for row in client.tests.rows.find()]
            counters = {row["_id"]: row["n"] async for row in client.tests.counters.find()}

    assert len(acknowledged) >= ENOUGH
    assert set(acknowledged) <= set(numbers)
    assert len(numbers) == len(set(numbers)) <= len(acknowledged) + WRITERS
    assert all(counted[w] <= counters[w] <= counted[w] + 1 for w in range(WRITERS))


async def _write(database: Any, writer: int, acknowledged: list[int], counted: list[int]) -> None:
    number = writer
    try:
        while True:
            await database.rows.insert_one({"number": number})
            acknowledged.append(number)
            await database.counters.update_one({"_id": writer}, {"$inc": {"n": 1}}, upsert=True)
            counted[writer] += 1
            number += WRITERS
    except PyMongoError:
        return


async def _kill_when_enough(program: MongoProgram, acknowledged: list[int]) -> None:
    while len(acknowledged) < ENOUGH:
        await asyncio.sleep(0)
    program.kill()


def test_the_program_ends_with_who_started_it(tmp_path: Path) -> None:
    """A test run that is killed cannot tidy up, and still leaves no server behind."""
    with mongo_program(tmp_path) as program:
        program.process.stdin.close()

        assert program.process.wait(10) == 0


def test_the_program_ends_when_asked(tmp_path: Path) -> None:
    """Nothing is left behind: neither a process nor a port that is taken."""
    with mongo_program(tmp_path) as program:
        assert program.stop() == 0
        port = program.port
        assert program.start().port == port

    assert program.process.poll() is not None
    assert program.log.read_text() == ""
