"""The news: what other processes, which hold tokens and keys to be good, must hear of within seconds."""

import sqlite3
from datetime import datetime
from typing import Literal

from adapters.accounts.rows import USER_COLUMNS, USER_WIDTH, of_table, user_of
from adapters.sqlite.readers import Readers
from adapters.sqlite.writer import Writer
from core_integrator.contracts.accounts import Changes, User
from core_integrator.contracts.clock import Clock, microseconds

# Several times as long as an access token lives: what is older matters to none.
KEPT_US = 2 * 3600 * 1_000_000
_PURGE_LIMIT = 1000

_SINCE = f"""
    SELECT news.seq, news.kind, news.subject, {of_table("users", USER_COLUMNS)}
    FROM news LEFT JOIN users ON news.kind = 'user' AND users.id = news.subject
    WHERE news.seq > ? ORDER BY news.seq
"""  # noqa: S608 - constants


class News:
    """Writes news down, inside a transaction that is already open."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def tell(
        self, connection: sqlite3.Connection, kind: Literal["session", "user", "key"], subject: str
    ) -> None:
        """Tell that a session ended, or that a user or key is not what it was."""
        until_us = microseconds(self._clock.now()) + KEPT_US
        connection.execute(
            "INSERT INTO news (kind, subject, until_us) VALUES (?, ?, ?)", (kind, subject, until_us)
        )

    def end_sessions(self, connection: sqlite3.Connection, user_id: str, *, keep: str | None = None) -> None:
        """End a user's sessions but the one to keep."""
        ended = "DELETE FROM sessions WHERE user_id = ? AND id IS NOT ? RETURNING id"
        for (session_id,) in connection.execute(ended, (user_id, keep)).fetchall():
            self.tell(connection, "session", session_id)


class SqliteChanges:
    """Reads the news; see :class:`ChangeStore`."""

    def __init__(self, writer: Writer, readers: Readers) -> None:
        self._writer = writer
        self._readers = readers

    async def since(self, number: int) -> Changes:
        """Return what changed after a number; 0 for all that may still matter."""
        return await self._readers.read(lambda connection: _since(connection, number))

    async def purge(self, now: datetime) -> None:
        """Forget news, sessions and tickets that have expired, at most a thousand of each."""
        now_us = microseconds(now)
        await self._writer.write(lambda connection: _purge(connection, now_us))


def _since(connection: sqlite3.Connection, number: int) -> Changes:
    upto = number
    ended, keys = set(), set()
    users: dict[str, User | None] = {}
    for seq, kind, subject, *user in connection.execute(_SINCE, (number,)):
        upto = seq
        if kind == "session":
            ended.add(subject)
        elif kind == "key":
            keys.add(subject)
        else:
            users[subject] = None if user == [None] * USER_WIDTH else user_of(tuple(user))
    return Changes(upto, frozenset(ended), users, frozenset(keys))


def _purge(connection: sqlite3.Connection, now_us: int) -> None:
    for table, key, column in (
        ("news", "seq", "until_us"),
        ("sessions", "id", "expires_us"),
        ("tickets", "hash", "expires_us"),
    ):
        expired = f"SELECT {key} FROM {table} WHERE {column} <= ? LIMIT ?"  # noqa: S608 - constants
        connection.execute(
            f"DELETE FROM {table} WHERE {key} IN ({expired})",  # noqa: S608 - constants
            (now_us, _PURGE_LIMIT),
        )
