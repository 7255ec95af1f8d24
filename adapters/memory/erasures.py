"""Who was erased, so that an older backup does not bring them back: a hash of the user and a moment.

The table holds no user id.  It is written in the transaction that erases.
"""

import hashlib
import sqlite3
import time
from collections.abc import Mapping

TABLE = (
    """
    CREATE TABLE erasures (
        user_hash TEXT PRIMARY KEY,
        -- Everything of the user up to this moment (µs UTC) was erased.
        until_us INTEGER NOT NULL
    ) STRICT
    """,
)
OWNED = (
    ("feedback", "created_us"),
    ("generations", "created_us"),
    ("interactions", "created_us"),
    ("records", "changed_us"),
)
_NOTE = """
    INSERT INTO erasures (user_hash, until_us) VALUES (?, ?)
    ON CONFLICT (user_hash) DO UPDATE SET until_us = max(until_us, excluded.until_us)
"""


def note(connection: sqlite3.Connection, user_id: str) -> None:
    """Note that a user is erased now; call before their rows are deleted."""
    until_us = time.time_ns() // 1_000
    for table, moment in OWNED:
        # A clock that was set back must not make the newest row look younger than its erasure.
        newest = f"SELECT max({moment}) FROM {table} WHERE user_id = ?"  # noqa: S608 - constants
        until_us = max(until_us, connection.execute(newest, (user_id,)).fetchone()[0] or 0)
    connection.execute(_NOTE, (user_hash(user_id), until_us))


def carry_over(connection: sqlite3.Connection, noted: Mapping[str, int]) -> Mapping[str, int]:
    """Add what another memory noted; return the moments of those this one did not know of, by hash."""
    known = noted_in(connection)
    news = {key: until_us for key, until_us in noted.items() if until_us > known.get(key, -1)}
    connection.executemany(_NOTE, news.items())
    return news


def noted_in(connection: sqlite3.Connection) -> Mapping[str, int]:
    """Return the moments by hash; none from a file older than this table."""
    there = "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'erasures'"
    if connection.execute(there).fetchone() is None:
        return {}
    return dict(connection.execute("SELECT user_hash, until_us FROM erasures"))


def users_among(connection: sqlite3.Connection, noted: Mapping[str, int]) -> Mapping[str, int]:
    """Return the moments by user id, of those users that have rows here."""
    found: dict[str, int] = {}
    for table in (*(name for name, _ in OWNED), "backlog"):
        for (user_id,) in connection.execute(f"SELECT DISTINCT user_id FROM {table}"):  # noqa: S608 - constants
            if (until_us := noted.get(user_hash(user_id))) is not None:
                found[user_id] = until_us
    return found


def erase_until(connection: sqlite3.Connection, user_id: str, until_us: int) -> None:
    """Delete what a user had up to a moment (µs UTC)."""
    for table, moment in OWNED:
        delete = f"DELETE FROM {table} WHERE user_id = ? AND {moment} <= ?"  # noqa: S608 - constants
        connection.execute(delete, (user_id, until_us))


def user_hash(user_id: str) -> str:
    """Return what a user is known by here."""
    return hashlib.sha256(f"erased:{user_id}".encode()).hexdigest()
