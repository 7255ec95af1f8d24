"""Tickets sent by mail, in SQLite."""

import sqlite3
from datetime import datetime

from adapters.accounts.news import News
from adapters.accounts.rows import USER_COLUMNS, of_table, user_of
from adapters.sqlite.readers import Readers
from adapters.sqlite.writer import Writer
from core_integrator.contracts.accounts import TicketKind, User
from core_integrator.contracts.clock import microseconds

# So that nobody fills a stranger's mailbox.
PAUSE_US = 60 * 1_000_000

_YOUNGER = "SELECT 1 FROM tickets WHERE user_id = ? AND kind = ? AND created_us > ?"
_ISSUE = """
    INSERT OR REPLACE INTO tickets (hash, kind, user_id, created_us, expires_us)
    SELECT ?, ?, id, ?, ? FROM users WHERE id = ?
"""
_HOLDER = f"""
    SELECT {of_table("users", USER_COLUMNS)} FROM tickets JOIN users ON users.id = tickets.user_id
    WHERE tickets.hash = ? AND tickets.kind = ? AND tickets.expires_us > ?
"""  # noqa: S608 - constants
_SPEND = "DELETE FROM tickets WHERE hash = ? AND kind = ? AND expires_us > ? RETURNING user_id"


class SqliteTickets:
    """Tickets; see :class:`TicketStore`."""

    def __init__(self, writer: Writer, readers: Readers, news: News) -> None:
        self._writer = writer
        self._readers = readers
        self._news = news

    async def issue(
        self, kind: TicketKind, user_id: str, ticket_hash: bytes, *, now: datetime, expires_at: datetime
    ) -> bool:
        """Keep a ticket in place of the user's last one of its kind; false if that is not a minute old."""
        now_us = microseconds(now)
        row = (ticket_hash, kind, now_us, microseconds(expires_at), user_id)

        def work(connection: sqlite3.Connection) -> bool:
            if connection.execute(_YOUNGER, (user_id, kind, now_us - PAUSE_US)).fetchone():
                return False
            return connection.execute(_ISSUE, row).rowcount == 1

        return await self._writer.write(work)

    async def holder(self, kind: TicketKind, ticket_hash: bytes, *, now: datetime) -> User | None:
        """Return whose ticket it is, if it is still good."""
        asked = (ticket_hash, kind, microseconds(now))

        def query(connection: sqlite3.Connection) -> User | None:
            row = connection.execute(_HOLDER, asked).fetchone()
            return None if row is None else user_of(row)

        return await self._readers.read(query)

    async def spend_on_password(self, ticket_hash: bytes, password_hash: str, *, now: datetime) -> bool:
        """Spend a ticket on a new password; the address counts as verified, and every session ends."""
        asked = (ticket_hash, "reset", microseconds(now))

        def work(connection: sqlite3.Connection) -> bool:
            spent = connection.execute(_SPEND, asked).fetchone()
            if spent is None:
                return False
            connection.execute(
                "UPDATE users SET password_hash = ?, version = version + 1, verified = 1 WHERE id = ?",
                (password_hash, *spent),
            )
            self._news.end_sessions(connection, *spent)
            return True

        return await self._writer.write(work)

    async def spend_on_address(self, ticket_hash: bytes, *, now: datetime) -> bool:
        """Spend a ticket on the proof that its holder reads the account's mail."""
        asked = (ticket_hash, "verify", microseconds(now))

        def work(connection: sqlite3.Connection) -> bool:
            spent = connection.execute(_SPEND, asked).fetchone()
            if spent is None:
                return False
            connection.execute("UPDATE users SET verified = 1 WHERE id = ?", spent)
            return True

        return await self._writer.write(work)
