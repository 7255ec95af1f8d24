"""Who was erased, so that an older backup, or another host, does not bring them back: a hash and a moment.

The table holds no user id.  It is written in the transaction that ends the erasure.
"""

import hashlib
import sqlite3
from collections.abc import Mapping
from functools import lru_cache

TABLE = (
    """
    CREATE TABLE erasures (
        user_hash TEXT PRIMARY KEY,
        -- Everything of the user up to this moment (µs UTC) was erased.
        until_us INTEGER NOT NULL
    ) STRICT
    """,
)
_NOTE = """
    INSERT INTO erasures (user_hash, until_us) VALUES (?, ?)
    ON CONFLICT (user_hash) DO UPDATE SET until_us = max(until_us, excluded.until_us)
"""
_WITH_USERS = ("interactions", "generations", "feedback", "records", "claims", "backlog")


def note(connection: sqlite3.Connection, user_id: str, until_us: int) -> None:
    """Note that everything of a user up to a moment (µs UTC) is erased for good."""
    connection.execute(_NOTE, (user_hash(user_id), until_us))


def erased_until(connection: sqlite3.Connection, user_id: str) -> int:
    """Return up to which moment (µs UTC) a user was erased; 0 if never."""
    asked = "SELECT until_us FROM erasures WHERE user_hash = ?"
    row = connection.execute(asked, (user_hash(user_id),)).fetchone()
    return int(row[0]) if row else 0


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
    for table in _WITH_USERS:
        for (user_id,) in connection.execute(f"SELECT DISTINCT user_id FROM {table}"):  # noqa: S608 - constants
            if (until_us := noted.get(user_hash(user_id))) is not None:
                found[user_id] = until_us
    return found


@lru_cache(maxsize=4096)
def user_hash(user_id: str) -> str:
    """Return what a user is known by here."""
    return hashlib.sha256(f"erased:{user_id}".encode()).hexdigest()
