"""Spent nonces in a SQLite file of their own, so that backups carry no churn."""

import sqlite3
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path

from adapters.sqlite.database import open_database
from adapters.sqlite.schema import Schema
from adapters.sqlite.writer import Writer, open_writer
from core_integrator.contracts.clock import microseconds

DEADLINE_S = 2.0
PURGE_LIMIT = 1000

# "CIno" in ASCII: says whose file this is.
_APPLICATION_ID = 0x43496E6F

_INITIAL = (
    """
    CREATE TABLE nonces (
        key_id TEXT NOT NULL,
        nonce TEXT NOT NULL,
        expires_us INTEGER NOT NULL,
        PRIMARY KEY (key_id, nonce)
    ) STRICT, WITHOUT ROWID
    """,
    "CREATE INDEX nonces_by_expiry ON nonces (expires_us)",
    # The latest expiry among all that was ever purged.
    "CREATE TABLE purged (id INTEGER PRIMARY KEY CHECK (id = 1), until_us INTEGER NOT NULL) STRICT",
    "INSERT INTO purged VALUES (1, -9223372036854775808)",
)

NONCES = Schema("nonce store", _APPLICATION_ID, (_INITIAL,))

# A clock that ran ahead purges too early.  Once it is right again, a nonce that may be among the purged ones
# is no longer taken: whoever replays it would be first.
_TAKE = """
    INSERT OR IGNORE INTO nonces (key_id, nonce, expires_us)
    SELECT :key_id, :nonce, :expires_us WHERE :expires_us > (SELECT until_us FROM purged)
"""
_EXPIRED = "SELECT key_id, nonce FROM nonces WHERE expires_us <= ? ORDER BY expires_us LIMIT ?"
_PURGE = f"DELETE FROM nonces WHERE (key_id, nonce) IN ({_EXPIRED}) RETURNING expires_us"  # noqa: S608 - ours
_NOTE_PURGED = "UPDATE purged SET until_us = max(until_us, ?)"


class SqliteNonces:
    """Spends nonces durably, for all processes that share the file; see :class:`NonceStore`."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer

    async def take(self, key_id: str, nonce: str, *, expires_at: datetime) -> bool:
        """Spend a nonce; false if it was spent before, or may have been before a purge.

        Raises:
            StorageUnavailable: The store cannot be written in time.  Callers refuse.
        """
        row = {"key_id": key_id, "nonce": nonce, "expires_us": microseconds(expires_at)}
        return await self._writer.write(lambda connection: connection.execute(_TAKE, row).rowcount == 1)

    def remembers_since(self) -> datetime | None:
        """Return nothing: what was taken is on the disk, and is forgotten by a purge alone."""
        return None

    async def purge(self, now: datetime) -> int:
        """Forget at most a thousand nonces that have expired; return how many.

        Raises:
            StorageUnavailable: The store cannot be written in time.
        """
        now_us = microseconds(now)
        return await self._writer.write(lambda connection: _purge(connection, now_us))


def _purge(connection: sqlite3.Connection, now_us: int) -> int:
    purged = [row[0] for row in connection.execute(_PURGE, (now_us, PURGE_LIMIT))]
    if purged:
        connection.execute(_NOTE_PURGED, (max(purged),))
    return len(purged)


@asynccontextmanager
async def open_sqlite_nonces(
    path: Path, *, deadline_s: float = DEADLINE_S
) -> AsyncGenerator[SqliteNonces, None]:
    """Open the nonces in the file, made if missing; several processes may have it open.

    Raises:
        StorageUnavailable: The file cannot be opened, is not the hub's, or is of a newer version.
    """
    async with (
        open_database(path, NONCES, deadline_s=deadline_s) as database,
        open_writer(database, deadline_s=deadline_s) as writer,
    ):
        yield SqliteNonces(writer)
