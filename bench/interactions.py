"""Durable exchanges a second, against a store that opens a connection for every call."""

import asyncio
import sqlite3
import statistics
import sys
import tempfile
import threading
import time
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from adapters.memory.sqlite import open_sqlite_memory
from bench.figure import Figure
from core_integrator.contracts.clock import SystemClock, new_id
from core_integrator.contracts.ports import Interaction

WRITERS, ROUNDS = 64, 3
OURS, THEIRS = 12_000, 1_000


def figures() -> list[Figure]:
    """Measure in alternating rounds, and take the middle ratio."""
    ratios, rates = [], []
    for _ in range(ROUNDS):
        with tempfile.TemporaryDirectory() as name:
            theirs = _connection_per_call(Path(name) / "theirs.db")
            ours = asyncio.run(_journal(Path(name) / "ours.db"))
        ratios.append(ours / theirs)
        rates.append(ours)
    note = f"{statistics.median(rates):.0f} a second at {WRITERS} writers"
    return [
        Figure(
            "durable exchanges against a connection for every call",
            statistics.median(ratios),
            "×",
            8,
            at_least=True,
            note=note,
        )
    ]


async def _journal(path: Path) -> float:
    async with open_sqlite_memory(path, clock=SystemClock()) as store:

        async def write(count: int) -> None:
            for _ in range(count):
                await store.remember(exchange())

        began = time.perf_counter()
        await asyncio.gather(*(write(OURS // WRITERS) for _ in range(WRITERS)))
        return OURS / (time.perf_counter() - began)


def _connection_per_call(path: Path) -> float:
    """Write rows of the same size with the same pragmas, as simple stores do."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute(
            "CREATE TABLE rows (id TEXT PRIMARY KEY, user TEXT, at INTEGER, said TEXT, got TEXT)"
        )
        connection.execute("CREATE INDEX newest ON rows (user, at)")

    def write(count: int) -> None:
        for _ in range(count):
            row = exchange()
            with closing(sqlite3.connect(path, timeout=60)) as connection, connection:
                connection.execute("PRAGMA synchronous=FULL")
                values = (row.id, row.user_id, row.created_at.timestamp(), row.request, row.response)
                connection.execute("INSERT INTO rows VALUES (?, ?, ?, ?, ?)", values)

    threads = [threading.Thread(target=write, args=(THEIRS // WRITERS,)) for _ in range(WRITERS)]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return THEIRS // WRITERS * WRITERS / (time.perf_counter() - began)


def exchange() -> Interaction:
    """Return an exchange of its own id."""
    return Interaction(
        id=new_id("itx"),
        user_id="ada",
        module="sample_text",
        intent="generate",
        created_at=datetime.now(UTC),
        request='{"module":"sample_text","intent":"generate","user_id":"ada","data":{"text":"Hello world"}}',
        response='{"status":"success","message":"2 words","result":{"word_count":2}}',
    )


if __name__ == "__main__":
    sys.stdout.write("\n".join(figure.row() for figure in figures()) + "\n")
