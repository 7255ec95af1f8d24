"""API keys in SQLite."""

import sqlite3
from collections.abc import Sequence

from adapters.accounts.news import News
from adapters.accounts.rows import (
    KEY_COLUMNS,
    KEY_WIDTH,
    USER_COLUMNS,
    key_of,
    microseconds_or_none,
    names_json,
    of_table,
    user_of,
)
from adapters.sqlite.readers import Readers
from adapters.sqlite.writer import Writer
from core_integrator.contracts.accounts import ApiKey, KnownKey
from core_integrator.contracts.clock import microseconds

KEYS_PER_USER = 100

_OF_USER = f"SELECT {KEY_COLUMNS} FROM api_keys WHERE user_id = ? ORDER BY seq"  # noqa: S608 - constants
_OWNED = f"SELECT {KEY_COLUMNS} FROM api_keys WHERE user_id = ? AND id = ?"  # noqa: S608 - constants
_FIND = f"""
    SELECT {of_table("api_keys", KEY_COLUMNS)}, {of_table("users", USER_COLUMNS)}, api_keys.digest,
           coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'news'), 0)
    FROM api_keys JOIN users ON users.id = api_keys.user_id WHERE api_keys.id = ?
"""  # noqa: S608 - constants
_ADD = """
    INSERT INTO api_keys (id, user_id, service_name, key_name, scopes, digest, created_us, expires_us, active)
    SELECT ?, id, ?, ?, ?, ?, ?, ?, 1 FROM users
    WHERE id = ? AND (SELECT count(*) FROM api_keys WHERE user_id = users.id) < ?
"""


class SqliteApiKeys:
    """API keys; see :class:`ApiKeyStore`."""

    def __init__(self, writer: Writer, readers: Readers, news: News) -> None:
        self._writer = writer
        self._readers = readers
        self._news = news

    async def add(self, key: ApiKey, digest: bytes) -> bool:
        """Keep a new key; false if its owner has a hundred."""
        row = (
            key.id,
            key.service_name,
            key.key_name,
            names_json(key.scopes),
            digest,
            microseconds(key.created_at),
            microseconds_or_none(key.expires_at),
            key.user_id,
            KEYS_PER_USER,
        )
        return await self._writer.write(lambda connection: connection.execute(_ADD, row).rowcount == 1)

    async def of_user(self, user_id: str) -> Sequence[ApiKey]:
        """Return a user's keys, oldest first."""
        return await self._readers.read(
            lambda connection: [key_of(row) for row in connection.execute(_OF_USER, (user_id,)).fetchall()]
        )

    async def find(self, key_id: str) -> KnownKey | None:
        """Return a key for a request to be checked against."""

        def query(connection: sqlite3.Connection) -> KnownKey | None:
            row = connection.execute(_FIND, (key_id,)).fetchone()
            if row is None:
                return None
            *columns, digest, seen = row
            key, owner = key_of(tuple(columns[:KEY_WIDTH])), user_of(tuple(columns[KEY_WIDTH:]))
            return KnownKey(key, digest, owner, seen)

        return await self._readers.read(query)

    async def set_active(self, user_id: str, key_id: str, *, active: bool) -> ApiKey | None:
        """Switch a user's key on or off; none if the user has no such key."""

        def work(connection: sqlite3.Connection) -> ApiKey | None:
            update = "UPDATE api_keys SET active = ? WHERE user_id = ? AND id = ?"
            if connection.execute(update, (active, user_id, key_id)).rowcount != 1:
                return None
            self._news.tell(connection, "key", key_id)
            return key_of(connection.execute(_OWNED, (user_id, key_id)).fetchone())

        return await self._writer.write(work)

    async def delete(self, user_id: str, key_id: str) -> bool:
        """Forget a user's key; false if there is none."""

        def work(connection: sqlite3.Connection) -> bool:
            delete = "DELETE FROM api_keys WHERE user_id = ? AND id = ?"
            if connection.execute(delete, (user_id, key_id)).rowcount != 1:
                return False
            self._news.tell(connection, "key", key_id)
            return True

        return await self._writer.write(work)
