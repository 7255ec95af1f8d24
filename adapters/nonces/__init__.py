"""Spent nonces: in SQLite for the processes of one machine, in Redis for several, in memory for tests."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from importlib import import_module
from pathlib import Path

from adapters.nonces.inprocess import InProcessNonces
from adapters.nonces.janitor import Janitor
from adapters.nonces.sqlite import open_sqlite_nonces
from config import NonceSettings
from core_integrator.contracts.clock import Clock
from core_integrator.contracts.errors import StorageUnavailable
from core_integrator.contracts.signing import NonceStore

__all__ = ["InProcessNonces", "Janitor", "open_nonces"]


@asynccontextmanager
async def open_nonces(
    data_dir: Path, clock: Clock, settings: NonceSettings
) -> AsyncGenerator[NonceStore, None]:
    """Open the store that the settings name, and have what expired in it purged for as long as it is open.

    Raises:
        StorageUnavailable: It cannot be opened; the message says why.
    """
    async with _store(data_dir, clock, settings) as store:
        sweeping = asyncio.create_task(Janitor(store, clock).run(), name="nonces-janitor")
        try:
            yield store
        finally:
            sweeping.cancel()


@asynccontextmanager
async def _store(data_dir: Path, clock: Clock, settings: NonceSettings) -> AsyncGenerator[NonceStore, None]:
    if settings.store == "memory":
        yield InProcessNonces()
        return
    async with (
        _redis(clock, settings)
        if settings.store == "redis"
        else open_sqlite_nonces(data_dir / "nonces.db", deadline_s=settings.deadline_s)
    ) as store:
        yield store


def _redis(clock: Clock, settings: NonceSettings) -> AbstractAsyncContextManager[NonceStore]:
    if settings.redis_url is None:
        raise StorageUnavailable("the nonces cannot be kept in Redis: nothing says where it is")
    try:
        # Its client is an optional extra, so nothing may import it that can do without.
        adapter = import_module("adapters.nonces.redis")
    except ModuleNotFoundError as error:
        raise StorageUnavailable(
            "nonces in Redis need an extra; type: pip install 'core-integrator[redis]'"
        ) from error
    opened: AbstractAsyncContextManager[NonceStore] = adapter.open_redis_nonces(
        settings.redis_url.get_secret_value(), clock, deadline_s=settings.deadline_s
    )
    return opened
