"""Readers: a few connections that only query, each used by one task at a time.

One connection shared by several tasks would show old rows: an unfinished query keeps its snapshot.
"""

import asyncio
import os
import sqlite3
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager, suppress
from functools import partial
from pathlib import Path
from typing import TypeVar

import structlog

from adapters.sqlite.connections import ThreadConnection, connect_to_read
from adapters.sqlite.failures import STORE_FAILED, cannot_read, reason, unavailable

log = structlog.get_logger("adapters.sqlite")

T = TypeVar("T")


def reader_count() -> int:
    """Return how many queries may run at once on this machine."""
    return min(8, (os.cpu_count() or 1) + 2)


class Readers:
    """Answers queries from the newest committed state."""

    def __init__(self, path: Path, *, name: str, deadline_s: float) -> None:
        self._path = path
        self._name = name
        self._deadline_s = deadline_s
        self._places = asyncio.Semaphore(reader_count())
        self._idle: list[ThreadConnection] = []
        self._retiring: set[asyncio.Task[None]] = set()

    async def read(self, query: Callable[[sqlite3.Connection], T]) -> T:
        """Run ``query`` in the thread of a connection nobody else uses meanwhile; sees every finished write.

        Raises:
            StorageUnavailable: The store cannot answer within the deadline.
        """
        try:
            async with asyncio.timeout(self._deadline_s):
                await self._places.acquire()
                return await self._ask(await self._borrow(), query)
        except STORE_FAILED as error:
            log.warning(
                "store.read_failed", store=self._name, reason=reason(error), error=type(error).__name__
            )
            raise unavailable(cannot_read(self._name), error) from error

    async def close(self) -> None:
        """Close every connection; those still busy are told to stop."""
        while self._idle:
            await _closed(self._idle.pop())
        if self._retiring:
            await asyncio.wait(self._retiring, timeout=self._deadline_s)

    async def _borrow(self) -> ThreadConnection:
        if self._idle:
            return self._idle.pop()
        try:
            connection = ThreadConnection(self._path, partial(connect_to_read, self._path, self._deadline_s))
            await connection
        except BaseException:
            self._places.release()
            raise
        return connection

    async def _ask(self, connection: ThreadConnection, query: Callable[[sqlite3.Connection], T]) -> T:
        try:
            answer = await connection.run(query)
        except BaseException:
            # Cancelled or failed: its thread may still be busy, so nobody gets this connection any more.
            self._retire(connection)
            raise
        self._idle.append(connection)
        self._places.release()
        return answer

    def _retire(self, connection: ThreadConnection) -> None:
        task = asyncio.create_task(self._close(connection), name=f"{self._name}-reader-retires")
        self._retiring.add(task)
        task.add_done_callback(self._retiring.discard)

    async def _close(self, connection: ThreadConnection) -> None:
        # Its place stays taken until the thread is free, so a dead disk cannot collect threads.
        try:
            await connection.interrupt()
            await _closed(connection)
        finally:
            self._places.release()


async def _closed(connection: ThreadConnection) -> None:
    with suppress(*STORE_FAILED):
        await connection.close()


@asynccontextmanager
async def open_readers(path: Path, *, name: str, deadline_s: float) -> AsyncGenerator[Readers, None]:
    """Offer queries on the file of the store called ``name``; connections open when they are needed."""
    readers = Readers(path, name=name, deadline_s=deadline_s)
    try:
        yield readers
    finally:
        await readers.close()
