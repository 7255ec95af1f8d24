"""The hub's memory: exchanges, generations, feedback, modules' rows and idempotency claims.

Durable on the local disk, in MongoDB above it where that is configured, and with Noopur beside it.
"""

from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import cast

from adapters.memory.courier import Line, open_courier
from adapters.memory.inprocess import InProcessMemory
from adapters.memory.janitor import TIDY_EVERY_S, Janitor, open_janitor
from adapters.memory.journal import Journal, open_journal
from adapters.memory.mirrored import MirroredMemory
from adapters.memory.mongo_client import open_mongo
from adapters.memory.noopur import MemoryBesideNoopur
from adapters.memory.noopur_texts import NoopurTexts, open_noopur_texts
from adapters.memory.primary import Primary, TrackedPrimary
from adapters.memory.replay import open_replayer
from adapters.memory.teller import Teller, open_teller
from bridges.noopur import NoopurBridgeClient
from config import KEEP_ALL, MongoSettings, NoopurSettings, Retention
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
    retention: Retention = KEEP_ALL,
    tidy_every_s: float = TIDY_EVERY_S,
    track: Track = _nobody,
) -> AsyncGenerator[MemoryStore, None]:
    """Open the memory kept in ``data_dir`` (made if missing), MongoDB above and Noopur beside it if given.

    Neither needs to be there.

    Raises:
        StorageUnavailable: The journal cannot be opened, or belongs to something else.
        ImportError: Motor was asked for and is not installed.
    """
    async with AsyncExitStack() as stack:
        is_told = noopur is not None and noopur.is_told
        opening = open_journal(data_dir / "memory.db", clock=clock, noopur_is_told=is_told)
        journal = await stack.enter_async_context(opening)
        lease = data_dir / "janitor.lock"
        if mongo is None:
            await journal.stop_mirroring()
            memory: MemoryStore = journal
            janitor = Janitor(journal, retention, lease=lease)
        else:
            line = Line()
            primary = await stack.enter_async_context(_open_primary(mongo, track))
            memory = await _mirrored(stack, journal, primary, line, data_dir, mongo.deadline_s)
            janitor = Janitor(
                journal, retention, lease=lease, primary=primary, usable=lambda: line.state == "closed"
            )
        if retention != KEEP_ALL:
            await stack.enter_async_context(open_janitor(janitor, every_s=tidy_every_s))
        if noopur is not None:
            beside = await _beside(stack, journal, data_dir, noopur, track)
            since = partial(_kept_since, retention, clock)
            memory = cast("MemoryStore", MemoryBesideNoopur(memory, *beside, kept_since=since))
        yield memory


async def _beside(
    stack: AsyncExitStack, journal: Journal, data_dir: Path, noopur: NoopurSettings, track: Track
) -> tuple[NoopurBridgeClient, NoopurTexts, Teller | None]:
    bridge = await stack.enter_async_context(NoopurBridgeClient(noopur, track=track))
    texts = await stack.enter_async_context(open_noopur_texts(bridge))
    teller = None
    if noopur.is_told:
        opening = open_teller(journal, bridge, lease=data_dir / "noopur.lock")
        teller = await stack.enter_async_context(opening)
    return bridge, texts, teller


def _kept_since(retention: Retention, clock: Clock) -> datetime:
    if retention.age is None:
        return datetime.min.replace(tzinfo=UTC)
    return clock.now() - retention.age


@asynccontextmanager
async def _open_primary(mongo: MongoSettings, track: Track) -> AsyncGenerator[Primary, None]:
    async with open_mongo(mongo, deadline_s=mongo.deadline_s) as primary:
        yield cast("Primary", TrackedPrimary(primary, track))


async def _mirrored(
    stack: AsyncExitStack,
    journal: Journal,
    primary: Primary,
    line: Line,
    data_dir: Path,
    deadline_s: float,
) -> MemoryStore:
    await journal.start_mirroring()
    replaying = open_replayer(journal, primary, line, lease=data_dir / "replay.lock", deadline_s=deadline_s)
    replayer = await stack.enter_async_context(replaying)
    courier = await stack.enter_async_context(open_courier(primary, line, deadline_s=deadline_s))
    return MirroredMemory(journal, primary, courier, line, replayer)
