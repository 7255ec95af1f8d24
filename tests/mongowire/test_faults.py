"""Faults do what their names say, to the commands they name, as often as they say."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from pymongo.errors import (
    AutoReconnect,
    BulkWriteError,
    DuplicateKeyError,
    NotPrimaryError,
    OperationFailure,
    WriteError,
)

from tests.mongowire import Fault, Server, mongo_program
from tests.mongowire.conftest import OpenClient


async def order(client: Any, mode: str, *commands: str, **facts: Any) -> list[dict[str, Any]]:
    """Order a fault through the client itself."""
    fault = {"mode": mode, "commands": list(commands), **facts}
    return (await client.admin.command({"configureFault": fault}))["faults"]


async def test_close_before_loses_the_write(client: Any, rows: Any) -> None:
    """The connection is gone and nothing was stored; the next write is fine."""
    await order(client, "close_before", "insert", times=1)

    with pytest.raises(AutoReconnect):
        await rows.insert_one({"_id": 1})

    assert await rows.find_one({"_id": 1}) is None
    await rows.insert_one({"_id": 1})


async def test_close_after_loses_only_the_acknowledgement(client: Any, rows: Any) -> None:
    """The same exception as before, but repeating it finds the write there."""
    await order(client, "close_after", "insert", times=1)

    with pytest.raises(AutoReconnect):
        await rows.insert_one({"_id": 1})

    with pytest.raises(DuplicateKeyError):
        await rows.insert_one({"_id": 1})


async def test_a_delayed_write_arrives_after_its_client_gave_up(client: Any, rows: Any) -> None:
    """A timeout says nothing about what became of the write; other commands are not held up."""
    await order(client, "delay", "insert", delay_ms=400, times=1)

    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):
            await rows.insert_one({"_id": 1})

    assert await rows.find_one({"_id": 1}) is None
    while await rows.find_one({"_id": 1}) is None:
        await asyncio.sleep(0)


@pytest.mark.parametrize(
    ("code", "family"), [(10107, NotPrimaryError), (91, NotPrimaryError), (112, OperationFailure)]
)
async def test_an_error_is_answered_with_its_code(client: Any, rows: Any, code: int, family: type) -> None:
    """Drivers sort errors by code; labels say what may be tried again."""
    await order(client, "error", "insert", code=code, labels=["RetryableWriteError"], times=2)

    for _ in range(2):
        with pytest.raises(family) as refusal:
            await rows.insert_one({"_id": 1})
        assert refusal.value.details["code"] == code
        assert refusal.value.has_error_label("RetryableWriteError")

    await rows.insert_one({"_id": 1})


async def test_poison_is_refused_and_the_rest_stored(client: Any, rows: Any) -> None:
    """One bad row never holds up the others: the rest of an unordered batch is stored."""
    await order(client, "error", code=121, ids=["bad"], message="Document failed validation")

    with pytest.raises(BulkWriteError) as refusal:
        await rows.insert_many([{"_id": "a"}, {"_id": "bad"}, {"_id": "b"}], ordered=False)
    with pytest.raises(WriteError) as upserted:
        await rows.update_one({"_id": "bad"}, {"$set": {"n": 1}}, upsert=True)
    with pytest.raises(OperationFailure) as modified:
        await rows.find_one_and_update({"_id": "bad"}, {"$set": {"n": 1}}, upsert=True)

    assert [(one["index"], one["code"]) for one in refusal.value.details["writeErrors"]] == [(1, 121)]
    assert (upserted.value.code, modified.value.code) == (121, 121)
    assert await rows.distinct("_id") == ["a", "b"]


async def test_faults_are_counted_and_taken_back(server: Server, client: Any, rows: Any) -> None:
    """A test can prove that its fault was met; a fault spares the commands it does not name."""
    server.faults.order(Fault("error", ["insert"], code=91))
    await rows.find_one({})
    with pytest.raises(NotPrimaryError):
        await rows.insert_one({})

    listed = (await client.admin.command("configureFault", "list"))["faults"]
    assert [(one["commands"], one["met"]) for one in listed] == [(["insert"], 1)]
    assert (await client.admin.command("configureFault", "off"))["faults"] == []
    await rows.insert_one({})


async def test_a_driver_repeats_a_read_once_unless_told_not_to(
    server: Server, open_client: OpenClient
) -> None:
    """One lost connection is not seen by a reader; two are."""
    async with open_client(server.url) as client:
        await order(client, "close_before", "find", times=1)
        assert await client.tests.rows.find_one({}) is None

        await order(client, "close_before", "find", times=2)
        with pytest.raises(AutoReconnect):
            await client.tests.rows.find_one({})


async def test_a_halted_program_answers_later(tmp_path: Path, open_client: OpenClient) -> None:
    """A hang is a connection that stays open and says nothing."""
    with mongo_program(tmp_path) as program:
        async with open_client(program.url) as client:
            await client.tests.rows.insert_one({"_id": 1})
            program.stop_signal()
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.1):
                    await client.tests.rows.find_one({})
            program.cont()
            assert await client.tests.rows.find_one({}) == {"_id": 1}


async def test_a_program_starts_with_faults_and_takes_more(tmp_path: Path, open_client: OpenClient) -> None:
    """Faults of the start are there again after a restart; those ordered later are not."""
    first = {"mode": "error", "commands": ["insert"], "code": 91, "times": 1}
    with mongo_program(tmp_path, faults=[first]) as program:
        program.fault("error", "insert", times=1, code=112)
        async with open_client(program.url, retryWrites=False) as client:
            for code in (91, 112):
                with pytest.raises((NotPrimaryError, OperationFailure)) as refusal:
                    await client.tests.rows.insert_one({})
                assert refusal.value.details["code"] == code
        assert [one["met"] for one in program.faults()] == [1, 1]
        program.mend()
        assert program.faults() == []
        program.kill()
        assert [one["met"] for one in program.start().faults()] == [0]
