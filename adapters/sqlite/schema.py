"""What a file of ours holds, and how an older one becomes a newer one.

``user_version`` counts the migrations a file has seen.  Each runs in one transaction, under the file lock.
"""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from core_integrator.contracts.errors import StorageUnavailable


@dataclass(frozen=True, slots=True)
class Schema:
    """A kind of file: what people call it, its number in the file's head, and its migrations in order.

    ``application_id`` is four ASCII letters as a number: it says whose file this is.
    """

    name: str
    application_id: int
    migrations: Sequence[Sequence[str]]

    def refuse_foreign(self, connection: sqlite3.Connection) -> None:
        """Refuse a file that is not of this kind, before anything is written to it.

        Raises:
            StorageUnavailable: The file is something else's, or of a newer version of this kind.
            sqlite3.DatabaseError: The file is no database at all.
        """
        owner = _pragma(connection, "application_id")
        tables = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]
        if owner != self.application_id and (owner or tables):
            raise StorageUnavailable(f"the file of the {self.name} belongs to another application")
        version, known = _pragma(connection, "user_version"), len(self.migrations)
        if version > known:
            raise StorageUnavailable(
                f"the {self.name} was written by a newer version (format {version}; this one knows {known})"
            )

    def is_newest(self, connection: sqlite3.Connection) -> bool:
        """Tell whether a file has seen every migration."""
        return _pragma(connection, "user_version") == len(self.migrations)

    def migrate(self, connection: sqlite3.Connection) -> None:
        """Bring the file to the newest format; call under the file lock.

        Raises:
            sqlite3.Error: A migration failed; the file is as it was before that migration.
        """
        for number in range(_pragma(connection, "user_version"), len(self.migrations)):
            connection.execute("BEGIN IMMEDIATE")
            try:
                for statement in self.migrations[number]:
                    connection.execute(statement)
                connection.execute(f"PRAGMA application_id = {self.application_id}")
                connection.execute(f"PRAGMA user_version = {number + 1}")
                connection.execute("COMMIT")
            except sqlite3.Error:
                connection.rollback()
                raise


def _pragma(connection: sqlite3.Connection, name: str) -> int:
    return int(connection.execute(f"PRAGMA {name}").fetchone()[0])
