"""The context query over a hundred times as many interactions: its p99 against the small store's."""

import asyncio
import random
import sqlite3
import statistics
import sys
import tempfile
import time
from contextlib import AsyncExitStack, closing
from pathlib import Path

from adapters.memory.rows import INTERACTION_COLUMNS
from adapters.memory.sqlite import open_sqlite_memory
from bench.figure import Figure
from bench.interactions import exchange
from core_integrator.contracts.clock import SystemClock, microseconds
from core_integrator.contracts.ports import MemoryStore

# A hundred interactions a user in both, so that the answers are alike.
EACH, FEW_USERS, MANY_USERS = 100, 100, 10_000
MODULES = ("sample_text", "video", "finance", "education", "creator")
TURNS, QUERIES, LIMIT = 60, 320, 3


def figures() -> list[Figure]:
    """Ask both in short turns about users at random, and compare over all turns."""
    with tempfile.TemporaryDirectory() as name:
        few, many = (_p99(times) for times in asyncio.run(_measure(Path(name))))
    rows = f"{MANY_USERS * EACH} interactions of {MANY_USERS} users"
    note = f"{many:.2f} ms against {few:.2f} ms, {TURNS * QUERIES} queries each, one at a time"
    return [Figure(f"context query's p99, {rows} against {FEW_USERS * EACH}", many / few, "×", 2, note=note)]


async def _measure(folder: Path) -> tuple[list[float], list[float]]:
    async with AsyncExitStack() as stack:
        stores = []
        for users in (FEW_USERS, MANY_USERS):
            path = folder / f"{users}" / "memory.db"
            async with open_sqlite_memory(path, clock=SystemClock()):
                # The store itself made the tables; filled in by hand, a million rows take seconds.
                pass
            await asyncio.to_thread(_fill, path, users)
            opening = open_sqlite_memory(path, clock=SystemClock())
            stores.append((await stack.enter_async_context(opening), users))
        few: list[float] = []
        many: list[float] = []
        for turn in range(TURNS):
            for (store, users), times in zip(stores, (few, many), strict=True):
                times += await _asked(store, users, turn)
        return few, many


def _fill(path: Path, users: int) -> None:
    """Store interactions as they come: of all users in turns, each later than the one before."""
    example, now_us = exchange(), microseconds(SystemClock().now())
    rows = (
        (
            f"itx_{number:026d}",
            f"user-{number % users}",
            MODULES[number // users % len(MODULES)],
            example.intent,
            now_us - 1_000 * (users * EACH - number),
            example.request,
            example.response,
        )
        for number in range(users * EACH)
    )
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("PRAGMA cache_size = -200000")
        connection.execute("BEGIN")
        insert = f"INSERT INTO interactions ({INTERACTION_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?)"  # noqa: S608 - constants
        connection.executemany(insert, rows)
        connection.execute("COMMIT")


async def _asked(store: MemoryStore, users: int, turn: int) -> list[float]:
    """Ask one after the other, so that the query counts and not the queue; return each time (ms)."""
    chosen = random.Random(turn)  # noqa: S311 - the same users in every run
    times = []
    for _ in range(QUERIES):
        user = f"user-{chosen.randrange(users)}"
        began = time.perf_counter()
        found = await store.context(user, limit=LIMIT)
        times.append((time.perf_counter() - began) * 1000)
        if len(found) != LIMIT:
            raise SystemExit(f"{user} has {len(found)} interactions")
    return times


def _p99(times: list[float]) -> float:
    return statistics.quantiles(times, n=100)[-1]


if __name__ == "__main__":
    sys.stdout.write("\n".join(figure.row() for figure in figures()) + "\n")
