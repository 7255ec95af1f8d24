"""A batch: many operations, one transaction, each failing only for itself."""

import sqlite3
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from adapters.sqlite.failures import REFUSED_VALUE, refused

Work = Callable[[sqlite3.Connection], Any]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an operation returned, or why it failed."""

    value: Any = None
    error: BaseException | None = None


def commit_batch(connection: sqlite3.Connection, works: Sequence[Work]) -> list[Outcome]:
    """Run the operations in one durable transaction and return what became of each.

    Raises:
        sqlite3.Error: The database failed; nothing of the batch is stored.
    """
    connection.execute("BEGIN IMMEDIATE")
    try:
        outcomes = _together(connection, works) or [_attempt(connection, work) for work in works]
        connection.execute("COMMIT")
    except BaseException:
        # The first error tells more than a failing rollback would.
        with suppress(sqlite3.Error):
            connection.rollback()
        raise
    return outcomes


def _together(connection: sqlite3.Connection, works: Sequence[Work]) -> list[Outcome] | None:
    """Run the operations as one; if any fails all are undone, and nothing is returned.

    A savepoint for each costs as much as most operations do, and almost none ever fails.
    """
    if len(works) == 1:
        return None
    connection.execute("SAVEPOINT operation")
    try:
        outcomes = [Outcome(work(connection)) for work in works]
    except Exception as error:
        if isinstance(error, sqlite3.Error) and not isinstance(error, REFUSED_VALUE):
            raise
        _undo(connection)
        return None
    connection.execute("RELEASE operation")
    return outcomes


def _attempt(connection: sqlite3.Connection, work: Work) -> Outcome:
    connection.execute("SAVEPOINT operation")
    try:
        value = work(connection)
    except REFUSED_VALUE as error:
        _undo(connection)
        return Outcome(error=refused(error))
    except sqlite3.Error:
        raise
    except Exception as error:  # noqa: BLE001 - not swallowed: the operation's own caller gets it
        _undo(connection)
        return Outcome(error=error)
    connection.execute("RELEASE operation")
    return Outcome(value)


def _undo(connection: sqlite3.Connection) -> None:
    connection.execute("ROLLBACK TO operation")
    connection.execute("RELEASE operation")
