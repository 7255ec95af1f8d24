"""The hub's memory: exchanges, generations, feedback, modules' rows and idempotency claims.

Durable on the local disk, and in MongoDB above it where that is configured.
"""

from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from adapters.memory.courier import Line, open_courier
from adapters.memory.inprocess import InProcessMemory
from adapters.memory.journal import Journal, open_journal
from adapters.memory.mirrored import MirroredMemory
from adapters.memory.mongodb import open_mongo
from adapters.memory.replay import open_replayer
from config import MongoSettings
from core_integrator.contracts.clock import Clock
from core_integrator.contracts.ports import MemoryStore

__all__ = ["InProcessMemory", "open_memory"]


@asynccontextmanager
async def open_memory(
    data_dir: Path, clock: Clock, mongo: MongoSettings | None = None
) -> AsyncGenerator[MemoryStore, None]:
    """Open the memory kept in ``data_dir`` (made if missing), with MongoDB above it if given.

    A MongoDB that is away does not matter here.

    Raises:
        StorageUnavailable: The journal cannot be opened, or belongs to something else.
        ImportError: Motor was asked for and is not installed.
    """
    async with open_journal(data_dir / "memory.db", clock=clock) as journal:
        if mongo is None:
            await journal.stop_mirroring()
            yield journal
            return
        async with _mirrored(journal, data_dir, clock, mongo) as memory:
            yield memory


@asynccontextmanager
async def _mirrored(
    journal: Journal, data_dir: Path, clock: Clock, mongo: MongoSettings
) -> AsyncGenerator[MemoryStore, None]:
    await journal.start_mirroring()
    line = Line()
    async with AsyncExitStack() as stack:
        opening = open_mongo(
            mongo.connection_string.get_secret_value(),
            mongo.database,
            deadline_s=mongo.deadline_s,
            driver=mongo.driver,
        )
        primary = await stack.enter_async_context(opening)
        replaying = open_replayer(journal, primary, line, lease=data_dir / "replay.lock")
        replayer = await stack.enter_async_context(replaying)
        courier = await stack.enter_async_context(open_courier(primary, line, deadline_s=mongo.deadline_s))
        yield MirroredMemory(journal, primary, courier, line, replayer, clock=clock)
