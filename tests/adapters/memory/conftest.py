"""Stores under test, and what they are fed with."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from adapters.memory import InProcessMemory
from adapters.memory.sqlite import open_sqlite_memory
from core_integrator.contracts.ports import MemoryStore
from tests.adapters.memory.samples import NOON


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


@pytest.fixture(params=["inprocess", "sqlite"])
async def store(request: pytest.FixtureRequest, path: Path, clock: FixedClock) -> AsyncIterator[MemoryStore]:
    """Every implementation in turn."""
    if request.param == "inprocess":
        yield InProcessMemory(clock)
        return
    async with open_sqlite_memory(path, clock=clock) as memory:
        yield memory
