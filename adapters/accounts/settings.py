"""Users' settings in SQLite."""

import json
import sqlite3
from collections.abc import Sequence

from adapters.sqlite.readers import Readers
from adapters.sqlite.writer import Writer
from core_integrator.contracts.accounts import UserSetting

SETTINGS_PER_USER = 100

_OF_USER = "SELECT key, value, value_type FROM settings WHERE user_id = ? ORDER BY key"
_PUT = """
    INSERT INTO settings (user_id, key, value, value_type)
    SELECT id, :key, :value, :value_type FROM users
    WHERE id = :user_id AND
          (SELECT count(*) FROM settings WHERE user_id = :user_id AND key <> :key) < :most
    ON CONFLICT (user_id, key) DO UPDATE SET value = excluded.value, value_type = excluded.value_type
"""


class SqliteSettings:
    """What users set for themselves; see :class:`SettingStore`."""

    def __init__(self, writer: Writer, readers: Readers) -> None:
        self._writer = writer
        self._readers = readers

    async def of_user(self, user_id: str) -> Sequence[UserSetting]:
        """Return what a user set."""

        def query(connection: sqlite3.Connection) -> Sequence[UserSetting]:
            rows = connection.execute(_OF_USER, (user_id,)).fetchall()
            return [UserSetting(key, json.loads(value), kind) for key, value, kind in rows]

        return await self._readers.read(query)

    async def put(self, user_id: str, setting: UserSetting) -> bool:
        """Keep a setting; false if the user has a hundred others."""
        row = {
            "user_id": user_id,
            "key": setting.key,
            "value": json.dumps(setting.value),
            "value_type": setting.value_type,
            "most": SETTINGS_PER_USER,
        }
        return await self._writer.write(lambda connection: connection.execute(_PUT, row).rowcount == 1)
