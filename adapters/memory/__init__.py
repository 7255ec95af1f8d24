"""The hub's memory: exchanges, generations, feedback, modules' rows and idempotency claims.

Durable on the local disk, in MongoDB above it where that is configured, and with Noopur beside it.
"""

from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import cast

from adapters.memory.courier import Line, open_courier
from adapters.memory.inprocess import InProcessMemory
from adapters.memory.journal import Journal, open_journal
from adapters.memory.mirrored import MirroredMemory
from adapters.memory.mongodb import open_mongo
from adapters.memory.noopur import MemoryBesideNoopur
from adapters.memory.noopur_texts import open_noopur_texts
from adapters.memory.replay import open_replayer
from adapters.memory.teller import open_teller
from bridges.noopur import NoopurBridgeClient
from config import MongoSettings, NoopurSettings
from core_integrator.contracts.clock import Clock
from core_integrator.contracts.events import Event, Track
from core_integrator.contracts.ports import MemoryStore

__all__ = ["InProcessMemory", "open_memory"]


def _nobody(_: Event) -> None:
    """Tell nobody."""


@asynccontextmanager
async def open_memory(
    data_dir: Path,
    clock: Clock,
    mongo: MongoSettings | None = None,
    noopur: NoopurSettings | None = None,
    *,
    track: Track = _nobody,
) -> AsyncGenerator[MemoryStore, None]:
    """Open the memory kept in ``data_dir`` (made if missing), MongoDB above and Noopur beside it if given.

    Neither needs to be there.

    Raises:
        StorageUnavailable: The journal cannot be opened, or belongs to something else.
        ImportError: Motor was asked for and is not installed.
    """
    is_told = noopur is not None and noopur.is_told
    async with AsyncExitStack() as stack:
        opening = open_journal(data_dir / "memory.db", clock=clock, noopur_is_told=is_told)
        journal = await stack.enter_async_context(opening)
        store: MemoryStore = journal
        if mongo is None:
            await journal.stop_mirroring()
        else:
            store = await stack.enter_async_context(_mirrored(journal, data_dir, clock, mongo))
        if noopur is not None:
            store = await stack.enter_async_context(_beside(store, journal, data_dir, noopur, track))
        yield store


@asynccontextmanager
async def _beside(
    store: MemoryStore, journal: Journal, data_dir: Path, noopur: NoopurSettings, track: Track
) -> AsyncGenerator[MemoryStore, None]:
    async with AsyncExitStack() as stack:
        bridge = await stack.enter_async_context(NoopurBridgeClient(noopur, track=track))
        texts = await stack.enter_async_context(open_noopur_texts(bridge))
        teller = None
        if noopur.is_told:
            opening = open_teller(journal, bridge, lease=data_dir / "noopur.lock")
            teller = await stack.enter_async_context(opening)
        yield cast("MemoryStore", MemoryBesideNoopur(store, bridge, texts, teller))


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
