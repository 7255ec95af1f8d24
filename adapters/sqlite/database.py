"""The one writing connection of a process: opened when needed, and again after it broke."""

import asyncio
import sqlite3
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Literal, TypeVar

import structlog

from adapters.sqlite.batches import Outcome, Work, commit_batch
from adapters.sqlite.connections import FileReplaced, ThreadConnection, connect_to_write, set_up_to_write
from adapters.sqlite.failures import STORE_FAILED, cannot_open, reason, unavailable
from adapters.sqlite.locks import FileLock, LockTimeout
from adapters.sqlite.schema import Schema
from core_integrator.contracts.errors import StorageUnavailable

log = structlog.get_logger("adapters.sqlite")

T = TypeVar("T")

CHECKPOINT_BYTES = 8_000_000
_PINNED_BYTES = 64_000_000
# A checkpoint can wait for a better moment; writes queue behind it.
_CHECKPOINT_PATIENCE_S = 0.25
# How long emptying the log may wait for readers.
_TRUNCATE_PATIENCE_MS = 100


class WritableDatabase:
    """Commits batches to the file, each under the lock that all processes share."""

    def __init__(self, path: Path, schema: Schema, *, deadline_s: float) -> None:
        self._path = path
        self._schema = schema
        self.name = schema.name
        self._log_path = path.with_name(path.name + "-wal")
        self._lock = FileLock(path.with_name(path.name + ".lock"))
        self._deadline_s = deadline_s
        # Less than the deadline, so that the database's own error, which says more, comes first.
        self._busy_timeout_s = deadline_s * 0.8
        self._connection: ThreadConnection | None = None
        self._checkpoint_at_bytes = CHECKPOINT_BYTES

    async def commit(self, works: Sequence[Work], *, patience_s: float) -> list[Outcome]:
        """Run the operations in one durable transaction; waits ``patience_s`` for other processes.

        Raises:
            sqlite3.Error, OSError: The store failed; nothing of the batch is known to be stored.
            StorageUnavailable: The file is not one this version can use.
        """
        return await self.run_locked(partial(commit_batch, works=works), patience_s=patience_s)

    async def run_locked(self, work: Callable[[sqlite3.Connection], T], *, patience_s: float) -> T:
        """Run ``work`` in the connection's thread while no other process writes.

        Raises:
            sqlite3.Error, OSError: The store failed.  The connection is opened anew for the next work.
            StorageUnavailable: The file is not one this version can use.
        """
        connection = await self._opened(patience_s)
        try:
            return await connection.run(work, guard=self._lock.held(patience_s))
        except LockTimeout:
            raise
        except STORE_FAILED:
            await self._discard()
            # The lock may have gone the way of the database; a lock on a file nobody else sees locks nothing.
            self._lock.close()
            raise

    async def checkpoint_if_due(self) -> None:
        """Move the log into the file once it is long; a failure is logged, the log goes on growing."""
        size = self._log_bytes()
        if size < self._checkpoint_at_bytes:
            return
        complete = await self._checkpoint("PASSIVE")
        # A reader that pins the log must not make every batch try again.
        self._checkpoint_at_bytes = CHECKPOINT_BYTES if complete else size + CHECKPOINT_BYTES
        if not complete and size > _PINNED_BYTES:
            log.warning("store.wal_pinned", store=self.name, wal_bytes=size)

    async def truncate_log(self) -> None:
        """Move the log into the file and empty it; for quiet moments."""
        if self._log_bytes() and await self._checkpoint("TRUNCATE"):
            self._checkpoint_at_bytes = CHECKPOINT_BYTES

    async def close(self) -> None:
        """Empty the log and close the file."""
        await self.truncate_log()
        await self._discard()
        self._lock.close()

    async def _opened(self, patience_s: float) -> ThreadConnection:
        while self._connection is None:
            connection = ThreadConnection(
                self._path, partial(connect_to_write, self._path, self._busy_timeout_s)
            )
            await connection
            self._connection = connection
            try:
                await connection.run(self._prepare, guard=self._lock.held(patience_s))
            except FileReplaced:
                # Somebody who held the lock put another file in its place: that is the one to open.
                await self._discard()
                self._lock.close()
            except BaseException:
                await self._discard()
                raise
        return self._connection

    def _prepare(self, connection: sqlite3.Connection) -> None:
        self._schema.refuse_foreign(connection)
        set_up_to_write(connection)
        self._schema.migrate(connection)

    async def _checkpoint(self, mode: Literal["PASSIVE", "TRUNCATE"]) -> bool:
        try:
            return await self.run_locked(partial(_checkpoint, mode=mode), patience_s=_CHECKPOINT_PATIENCE_S)
        except (*STORE_FAILED, StorageUnavailable) as error:
            log.warning(
                "store.checkpoint_failed", store=self.name, reason=reason(error), error=type(error).__name__
            )
            return False

    async def _discard(self) -> None:
        connection, self._connection = self._connection, None
        if connection is None:
            return
        # The last connection to close checkpoints, so closing needs the lock like any checkpoint; held by a
        # process that has the file open too, it is not the last.
        with suppress(LockTimeout, *STORE_FAILED):
            await connection.run(sqlite3.Connection.close, guard=self._lock.held(self._deadline_s / 10))
        with suppress(*STORE_FAILED):
            await connection.close()

    def _log_bytes(self) -> int:
        try:
            return self._log_path.stat().st_size
        except OSError:
            return 0


@asynccontextmanager
async def open_database(
    path: Path, schema: Schema, *, deadline_s: float
) -> AsyncGenerator[WritableDatabase, None]:
    """Open the file to write, made and brought to the newest format if need be.

    Raises:
        StorageUnavailable: It cannot be opened in time, or is not a file this version can use.
    """
    database = WritableDatabase(path, schema, deadline_s=deadline_s)
    try:
        async with asyncio.timeout(deadline_s):
            await asyncio.to_thread(path.parent.mkdir, parents=True, exist_ok=True)
            await database.commit([], patience_s=deadline_s)
    except STORE_FAILED as error:
        log.error("store.open_failed", store=schema.name, reason=reason(error), error=type(error).__name__)
        raise unavailable(f"{cannot_open(schema.name)}: {reason(error)}", error) from error
    try:
        yield database
    finally:
        await _close_in_time(database, deadline_s)


async def _close_in_time(database: WritableDatabase, deadline_s: float) -> None:
    try:
        async with asyncio.timeout(deadline_s):
            await database.close()
    except TimeoutError:
        # What was acknowledged is durable already; only the log stays long.
        log.warning("store.close_timed_out", store=database.name)


def _checkpoint(connection: sqlite3.Connection, *, mode: str) -> bool:
    if mode == "PASSIVE":
        return _checkpointed(connection, mode)
    waits_ms = connection.execute("PRAGMA busy_timeout").fetchone()[0]
    connection.execute(f"PRAGMA busy_timeout = {_TRUNCATE_PATIENCE_MS}")
    try:
        return _checkpointed(connection, mode)
    finally:
        connection.execute(f"PRAGMA busy_timeout = {waits_ms}")


def _checkpointed(connection: sqlite3.Connection, mode: str) -> bool:
    busy, pages, moved = connection.execute(f"PRAGMA wal_checkpoint({mode})").fetchone()
    return not busy and pages == moved
