"""Keys in a SQLite file, and in memory for as long as the file has not changed."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from adapters.keys import rows
from adapters.keys.rows import KEYS, Snapshot
from adapters.sqlite.database import open_database
from adapters.sqlite.readers import Readers, open_readers
from adapters.sqlite.writer import Writer, open_writer
from core_integrator.contracts.signing import KeyTaken, SigningKey

# What was seen may be used for so long before the file is looked at again; with the time one look may take,
# less than the two seconds that the port allows.
FRESH_S = 0.01
DEADLINE_S = 1.5


class SqliteKeys:
    """Registered keys, shared by all processes that have the file open; see :class:`KeyRegistry`.

    A lookup asks the file whether anything changed, which is a small fraction of a millisecond; simultaneous
    ones share the question.  So a revocation counts for the next request, whichever process made it.
    """

    def __init__(self, writer: Writer, readers: Readers) -> None:
        self._writer = writer
        self._readers = readers
        self._snapshot = Snapshot()
        self._fresh_until = 0.0
        self._look: asyncio.Task[Snapshot] | None = None

    async def find(self, key_id: str) -> SigningKey | None:
        """Return the key of this id, whatever its status; none if it was never registered."""
        return (await self._now()).by_id.get(key_id)

    async def find_public(self, public_key: bytes) -> SigningKey | None:
        """Return the key with these 32 bytes."""
        return (await self._now()).by_public_key.get(public_key)

    async def listed(self) -> Sequence[SigningKey]:
        """Return every key, oldest first."""
        return list((await self._now()).by_id.values())

    async def add(self, key: SigningKey) -> None:
        """Register a key.

        Raises:
            KeyTaken: Its id or its public key is registered already.
        """
        row = rows.key_row(key)
        added = await self._writer.write(lambda connection: rows.add(connection, row))
        self._forget()
        if not added:
            raise KeyTaken

    async def replace(self, key: SigningKey) -> bool:
        """Write a key anew; false if there is none of its id, or it is revoked."""
        row = rows.key_row(key)
        replaced = await self._writer.write(lambda connection: rows.replace(connection, row))
        self._forget()
        return replaced

    def close(self) -> None:
        """Stop looking."""
        if self._look is not None:
            self._look.cancel()

    async def _now(self) -> Snapshot:
        loop = asyncio.get_running_loop()
        if loop.time() < self._fresh_until:
            return self._snapshot
        if self._look is None or self._look.done():
            self._look = asyncio.create_task(self._look_anew(loop.time()), name="keys-look")
        # A caller that is cancelled leaves the answer to the others.
        return await asyncio.shield(self._look)

    async def _look_anew(self, asked_at: float) -> Snapshot:
        known = self._snapshot
        seen = await self._readers.read(lambda connection: rows.newer(connection, known.token)) or known
        # After a change of our own, an older look must not count as the newest.
        if self._look is asyncio.current_task():
            self._snapshot, self._fresh_until = seen, asked_at + FRESH_S
        return seen

    def _forget(self) -> None:
        self._look, self._fresh_until = None, 0.0


@asynccontextmanager
async def open_sqlite_keys(path: Path, *, deadline_s: float = DEADLINE_S) -> AsyncGenerator[SqliteKeys, None]:
    """Open the keys in the file, made if missing; several processes may have it open.

    Raises:
        StorageUnavailable: The file cannot be opened, is not the hub's, or is of a newer version.
    """
    async with (
        open_database(path, KEYS, deadline_s=deadline_s) as database,
        open_readers(path, name=KEYS.name, deadline_s=deadline_s) as readers,
        open_writer(database, deadline_s=deadline_s) as writer,
    ):
        registry = SqliteKeys(writer, readers)
        try:
            yield registry
        finally:
            registry.close()
