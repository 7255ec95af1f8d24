"""Connections to the database file: one that writes, several that only read."""

import os
import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager, nullcontext, suppress
from functools import partial
from pathlib import Path
from typing import TypeVar

import aiosqlite

T = TypeVar("T")
# Held around what a connection does in its thread: a lock, or nothing.
Guard = AbstractContextManager[None]

_CACHED_STATEMENTS = 64
_WRITING = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    # Checkpoints are ours: before SQLite 3.51.3 one that meets another process's write may damage the file.
    "PRAGMA wal_autocheckpoint = 0",
    # Lets the log shrink when it starts over, so that its size tells how much waits for a checkpoint.
    "PRAGMA journal_size_limit = 1000000",
    "PRAGMA temp_store = MEMORY",
    "PRAGMA cache_size = -16000",
)
_READING = ("PRAGMA query_only = ON", "PRAGMA temp_store = MEMORY")


class FileReplaced(OSError):
    """The file this connection has open is no longer the one at its path; what is written to it is lost."""


class ThreadConnection(aiosqlite.Connection):
    """A connection whose whole work items run inside aiosqlite's thread, one hop for many statements."""

    def __init__(self, path: Path, connector: Callable[[], sqlite3.Connection]) -> None:
        super().__init__(partial(self._connect_to, connector), iter_chunk_size=64)
        self._path = path
        self._opened_file: tuple[int, int] | None = None
        # A thread that a dead disk keeps for ever must not keep the process from ending.
        self._thread.daemon = True

    async def run(self, work: Callable[[sqlite3.Connection], T], *, guard: Guard | None = None) -> T:
        """Run ``work`` with the raw connection in the thread; cancelling the caller does not stop it.

        Raises:
            FileReplaced: Somebody moved the file away; this connection is of no more use.
            sqlite3.Error, OSError: The database or the file system failed.
        """
        execute: Callable[..., Awaitable[T]] = self._execute
        return await execute(self._run_on_same_file, work, guard or nullcontext())

    def _connect_to(self, connector: Callable[[], sqlite3.Connection]) -> sqlite3.Connection:
        """Connect, and know to which file: the same stood at the path before and after."""
        before = _identity(self._path)
        while True:
            connection = connector()
            self._opened_file = _identity(self._path)
            if self._opened_file == before:
                return connection
            connection.close()
            before = self._opened_file

    def _run_on_same_file(self, work: Callable[[sqlite3.Connection], T], guard: Guard) -> T:
        # Looked at under the guard: a restore, which replaces the file, holds the same lock.
        with guard:
            if self._opened_file is None or self._opened_file != _identity(self._path):
                raise FileReplaced
            return work(self._conn)


def connect_to_write(path: Path, busy_timeout_s: float) -> sqlite3.Connection:
    """Open the file to write, made if missing and readable for its owner only; settings come later.

    Raises:
        sqlite3.Error, OSError: The file cannot be made or opened.
    """
    # Exclusively: closing a descriptor of a database that is in use would drop SQLite's own locks on it.
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
    return _connect(path, "rwc", busy_timeout_s)


def connect_to_read(path: Path, busy_timeout_s: float) -> sqlite3.Connection:
    """Open the existing file for queries only.

    Raises:
        sqlite3.Error: The file is missing or cannot be opened.
    """
    connection = _connect(path, "rw", busy_timeout_s)
    _set_up(connection, _READING)
    return connection


def set_up_to_write(connection: sqlite3.Connection) -> None:
    """Make writes durable and checkpoints ours; call once the file is known to be the hub's."""
    _set_up(connection, _WRITING)


def _identity(path: Path) -> tuple[int, int] | None:
    with suppress(FileNotFoundError):
        status = path.stat()
        return status.st_dev, status.st_ino
    return None


def _connect(path: Path, mode: str, busy_timeout_s: float) -> sqlite3.Connection:
    return sqlite3.connect(
        f"{path.absolute().as_uri()}?mode={mode}",
        uri=True,
        timeout=busy_timeout_s,
        isolation_level=None,
        cached_statements=_CACHED_STATEMENTS,
        # Made, used and closed in aiosqlite's thread; only the garbage collector may come from another.
        check_same_thread=False,
    )


def _set_up(connection: sqlite3.Connection, pragmas: tuple[str, ...]) -> None:
    for pragma in pragmas:
        connection.execute(pragma)
