"""Sessions and their refresh tokens in SQLite."""

import sqlite3
from datetime import datetime

from adapters.accounts.news import News
from adapters.accounts.rows import USER_COLUMNS, of_table, user_of
from adapters.sqlite.writer import Writer
from core_integrator.contracts.accounts import Rotation, Session
from core_integrator.contracts.clock import microseconds, moment

_FOUND = f"""
    SELECT tokens.spent, sessions.id, sessions.user_id, sessions.expires_us, {of_table("users", USER_COLUMNS)}
    FROM refresh_tokens AS tokens
    JOIN sessions ON sessions.id = tokens.session_id
    JOIN users ON users.id = sessions.user_id
    WHERE tokens.hash = ?
"""  # noqa: S608 - constants
_OPEN = """
    INSERT INTO sessions (id, user_id, expires_us)
    SELECT ?, id, ? FROM users WHERE id = ? AND version = ? AND active = 1
"""
_ADD_TOKEN = "INSERT INTO refresh_tokens (hash, session_id) VALUES (?, ?)"  # noqa: S105 - no secret


class SqliteSessions:
    """Sessions; see :class:`SessionStore`."""

    def __init__(self, writer: Writer, news: News) -> None:
        self._writer = writer
        self._news = news

    async def open(self, session: Session, refresh_hash: bytes, *, version: int) -> bool:
        """Begin a session; false if the password was changed since ``version``, or the account is shut."""
        row = (session.id, microseconds(session.expires_at), session.user_id, version)

        def work(connection: sqlite3.Connection) -> bool:
            if connection.execute(_OPEN, row).rowcount != 1:
                return False
            connection.execute(_ADD_TOKEN, (refresh_hash, session.id))
            return True

        return await self._writer.write(work)

    async def rotate(self, old_hash: bytes, new_hash: bytes, *, now: datetime) -> Rotation | None:
        """Spend a refresh token on the next one; a token that was spent before ends its session."""
        now_us = microseconds(now)

        def work(connection: sqlite3.Connection) -> Rotation | None:
            found = connection.execute(_FOUND, (old_hash,)).fetchone()
            if found is None:
                return None
            spent, session_id, user_id, expires_us, *user = found
            session = Session(session_id, user_id, moment(expires_us))
            if spent:
                self._end(connection, session_id)
                return Rotation(session, user_of(tuple(user)), reused=True)
            if expires_us <= now_us:
                return None
            connection.execute("UPDATE refresh_tokens SET spent = 1 WHERE hash = ?", (old_hash,))
            connection.execute(_ADD_TOKEN, (new_hash, session_id))
            return Rotation(session, user_of(tuple(user)))

        return await self._writer.write(work)

    async def end(self, session_id: str) -> None:
        """End a session; its tokens prove nothing any more."""
        await self._writer.write(lambda connection: self._end(connection, session_id))

    def _end(self, connection: sqlite3.Connection, session_id: str) -> None:
        connection.execute("DELETE FROM sessions WHERE id = ?", (session_id,))
        self._news.tell(connection, "session", session_id)
