"""What waits in a journal for MongoDB, looked at past the memory."""

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path


def waiting(journal: Path) -> int:
    """Return how many rows wait, but those that MongoDB will never take."""
    with closing(sqlite3.connect(journal)) as connection:
        return connection.execute("SELECT count(*) FROM backlog WHERE refused IS NULL").fetchone()[0]


def age(journal: Path) -> None:
    """Make what waits old, so that its turn has come."""
    with closing(sqlite3.connect(journal, isolation_level=None)) as connection:
        connection.execute("UPDATE backlog SET queued_s = 0")


async def until_nothing_waits(journal: Path) -> None:
    """Let everything arrive, however young it is."""
    async with asyncio.timeout(15):
        while waiting(journal):
            age(journal)
            await asyncio.sleep(0.05)
