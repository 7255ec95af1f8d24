"""Counts of use in SQLite."""

import sqlite3
from collections.abc import Mapping
from datetime import date, datetime

from adapters.sqlite.readers import Readers
from adapters.sqlite.writer import Writer
from core_integrator.contracts.clock import microseconds

_ADD_CALLS = """
    INSERT INTO usage (user_id, day, calls) SELECT id, ?, ? FROM users WHERE id = ?
    ON CONFLICT (user_id, day) DO UPDATE SET calls = calls + excluded.calls
"""
_ADD_USES = """
    UPDATE api_keys SET usage_count = usage_count + ?, last_used_us = max(coalesce(last_used_us, 0), ?)
    WHERE id = ?
"""


class SqliteUsage:
    """How much is used; see :class:`UsageStore`."""

    def __init__(self, writer: Writer, readers: Readers) -> None:
        self._writer = writer
        self._readers = readers

    async def add(
        self, calls: Mapping[tuple[str, date], int], keys: Mapping[str, tuple[int, datetime]]
    ) -> None:
        """Add calls of users, and uses of keys with the time of the last; who is gone is left out."""
        of_users = [(day.isoformat(), count, user_id) for (user_id, day), count in calls.items()]
        of_keys = [(count, microseconds(last), key_id) for key_id, (count, last) in keys.items()]

        def work(connection: sqlite3.Connection) -> None:
            connection.executemany(_ADD_CALLS, of_users)
            connection.executemany(_ADD_USES, of_keys)

        await self._writer.write(work)

    async def of_user(self, user_id: str) -> Mapping[date, int]:
        """Return a user's calls of each day."""
        query = "SELECT day, calls FROM usage WHERE user_id = ? ORDER BY day"
        return await self._readers.read(
            lambda connection: {
                date.fromisoformat(day): calls for day, calls in connection.execute(query, (user_id,))
            }
        )
