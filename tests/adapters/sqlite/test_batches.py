"""Operations that share a transaction: each is done once, and fails for itself alone."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from adapters.sqlite.database import open_database
from adapters.sqlite.schema import Schema
from adapters.sqlite.writer import Writer, open_writer

NUMBERS = Schema("numbers", 0x43497878, (("CREATE TABLE numbers (n INTEGER NOT NULL) STRICT",),))


@pytest.fixture
async def writer(tmp_path: Path) -> AsyncIterator[Writer]:
    """A writer on a file of its own."""
    async with (
        open_database(tmp_path / "numbers.db", NUMBERS, deadline_s=30) as database,
        open_writer(database, deadline_s=30) as opened,
    ):
        yield opened


def add(number: object) -> object:
    """Return an operation that adds a number, and fails after it where the number says so."""

    def work(connection: sqlite3.Connection) -> int:
        connection.execute("INSERT INTO numbers VALUES (?)", (number,))
        if number == 13:
            raise LookupError("13 is refused")
        return int(str(number)) * 2

    return work


async def kept(writer: Writer) -> list[int]:
    """Return what is in the file, in the order it was added."""
    rows = await writer.write(lambda connection: connection.execute("SELECT n FROM numbers").fetchall())
    return [row[0] for row in rows]


@pytest.mark.parametrize("bad", [13, "thirteen"], ids=["by its own check", "by the database"])
async def test_a_failing_operation_takes_nobody_along(writer: Writer, bad: object) -> None:
    """Callers share a transaction with strangers, who may ask for the impossible."""
    numbers: list[object] = [*range(12), bad, *range(20, 40)]

    outcomes = await asyncio.gather(*(writer.write(add(n)) for n in numbers), return_exceptions=True)  # type: ignore[arg-type]

    assert isinstance(outcomes[12], LookupError if bad == 13 else ValueError)
    assert [*outcomes[:12], *outcomes[13:]] == [n * 2 for n in numbers if isinstance(n, int) and n != 13]
    assert await kept(writer) == [n for n in numbers if n != bad]


async def test_operations_that_all_succeed_are_each_done_once(writer: Writer) -> None:
    """Nothing is acknowledged that is not there, and nothing is there twice."""
    outcomes = await asyncio.gather(*(writer.write(add(n)) for n in range(100, 400)))  # type: ignore[arg-type]

    assert outcomes == [n * 2 for n in range(100, 400)]
    assert await kept(writer) == list(range(100, 400))
