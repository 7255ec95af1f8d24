"""Stores under test, and what they are fed with.

The suite runs over the in-process double, the SQLite journal alone and with a Noopur beside it that is away,
and the journal under MongoDB: by both drivers against the test server of ``tests/mongowire``, and against a
real server when ``MONGO_TEST_URI`` names one.
"""

import asyncio
import os
import secrets
from collections.abc import AsyncIterator, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from adapters.memory import InProcessMemory, open_memory
from adapters.memory.sqlite import open_sqlite_memory
from config import MongoSettings, NoopurSettings
from core_integrator.contracts.ports import MemoryStore
from tests.adapters.memory.samples import NOON
from tests.mongowire import MongoProgram, mongo_program
from tests.servers import free_port


class FixedClock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.at = NOON

    def now(self) -> datetime:
        """Return the moment it was set to."""
        return self.at

    def advance(self, seconds: float) -> None:
        """Move on."""
        self.at += timedelta(seconds=seconds)


@pytest.fixture
def clock() -> FixedClock:
    """A clock of the test's own."""
    return FixedClock()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the SQLite file will be."""
    return tmp_path / "memory.db"


@pytest.fixture(scope="session")
def mongo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MongoProgram]:
    """A MongoDB that all tests of the contract share, each in a database of its own."""
    with mongo_program(tmp_path_factory.mktemp("mongo")) as program:
        yield program


def mongo_settings(url: str, driver: str = "pymongo", **changes: object) -> MongoSettings:
    """Return settings of a database of its own."""
    return MongoSettings(
        connection_string=url, database=f"test_{secrets.token_hex(6)}", driver=driver, **changes
    )


async def until_mode(store: MemoryStore, mode: str, limit_s: float = 30) -> None:
    """Wait until the memory stands as said."""
    async with asyncio.timeout(limit_s):
        while store.state().mode != mode:
            await asyncio.sleep(0.01)


STORES = ["inprocess", "sqlite", "noopur", "pymongo", "motor"]
if "MONGO_TEST_URI" in os.environ:
    STORES.append("real mongodb")


@pytest.fixture(params=STORES)
async def store(request: pytest.FixtureRequest, path: Path, clock: FixedClock) -> AsyncIterator[MemoryStore]:
    """Every implementation in turn."""
    if request.param == "inprocess":
        yield InProcessMemory(clock)
        return
    if request.param == "sqlite":
        async with open_sqlite_memory(path, clock=clock) as memory:
            yield memory
        return
    if request.param == "noopur":
        away = NoopurSettings(base_url=f"http://127.0.0.1:{free_port()}")
        async with open_memory(path.parent, clock, noopur=away) as memory:
            yield memory
        return
    if request.param == "real mongodb":
        settings = mongo_settings(os.environ["MONGO_TEST_URI"])
    else:
        settings = mongo_settings(request.getfixturevalue("mongo").url, request.param)
    async with open_memory(path.parent, clock, settings) as memory:
        await until_mode(memory, "primary")
        yield memory
