"""No store, no entry: what cannot be spent is not spent, and the caller is told."""

import asyncio
import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest

from adapters.nonces import open_nonces
from config import NonceSettings
from core_integrator.contracts.errors import StorageUnavailable
from core_integrator.contracts.signing import NonceStore
from tests.adapters.memory.conftest import FixedClock
from tests.redis_server import RedisServer
from tests.servers import free_port

LIFE = timedelta(seconds=420)


async def take(store: NonceStore, clock: FixedClock, nonce: str) -> bool:
    """Spend a nonce made now."""
    return await store.take("a", nonce, expires_at=clock.now() + LIFE)


def redis_settings(url: str) -> NonceSettings:
    """Return settings of a Redis."""
    return NonceSettings(store="redis", redis_url=url)


async def restarted(server: RedisServer) -> None:
    """Kill the server and start it again while the hub goes on."""
    await asyncio.to_thread(server.kill)
    await asyncio.to_thread(server.start)


async def test_a_locked_database_refuses_and_recovers(tmp_path: Path, clock: FixedClock) -> None:
    """Somebody's open transaction must not let anybody in."""
    settings = NonceSettings(store="sqlite", deadline_s=0.3)
    async with open_nonces(tmp_path, clock, settings) as store:
        blocker = sqlite3.connect(tmp_path / "nonces.db", isolation_level=None)
        blocker.execute("BEGIN IMMEDIATE")
        with pytest.raises(StorageUnavailable):
            await take(store, clock, "one")
        blocker.execute("ROLLBACK")
        blocker.close()

        assert await take(store, clock, "two")


async def test_a_redis_that_is_away_is_told_at_the_start(tmp_path: Path, clock: FixedClock) -> None:
    """A hub that could let nobody in does not start."""
    with pytest.raises(StorageUnavailable):
        async with open_nonces(tmp_path, clock, redis_settings(f"redis://127.0.0.1:{free_port()}")):
            pass


async def test_a_redis_that_evicts_is_refused(tmp_path: Path, clock: FixedClock, server: RedisServer) -> None:
    """A nonce thrown away for room is a replay that succeeds."""
    server.command("CONFIG", "SET", "maxmemory-policy", "allkeys-lru")

    with pytest.raises(StorageUnavailable, match="noeviction"):
        async with open_nonces(tmp_path, clock, redis_settings(server.url)):
            pass


async def test_a_redis_that_begins_to_evict_is_refused(
    tmp_path: Path, clock: FixedClock, server: RedisServer
) -> None:
    """Settings change while a hub runs; the janitor's next turn sees it."""
    async with open_nonces(tmp_path, clock, redis_settings(server.url)) as store:
        assert await take(store, clock, "one")
        server.command("CONFIG", "SET", "maxmemory-policy", "allkeys-lru")
        with pytest.raises(StorageUnavailable, match="noeviction"):
            await store.purge(clock.now())

        with pytest.raises(StorageUnavailable, match="noeviction"):
            await take(store, clock, "two")


async def test_a_redis_without_room_refuses(tmp_path: Path, clock: FixedClock, server: RedisServer) -> None:
    """Full is not spent."""
    async with open_nonces(tmp_path, clock, redis_settings(server.url)) as store:
        server.command("CONFIG", "SET", "maxmemory", "1")

        with pytest.raises(StorageUnavailable):
            await take(store, clock, "one")


async def test_a_redis_that_lost_its_memory_says_so(
    tmp_path: Path, clock: FixedClock, server: RedisServer
) -> None:
    """After a restart every nonce looks free, so what was signed before is not to be trusted."""
    async with open_nonces(tmp_path, clock, redis_settings(server.url)) as store:
        began = clock.now()
        await take(store, clock, "one")
        assert store.remembers_since() == began
        server.kill()
        with pytest.raises(StorageUnavailable):
            await take(store, clock, "two")
        await restarted(server)
        clock.advance(10)

        await take(store, clock, "one")

        assert store.remembers_since() == clock.now()


async def test_a_redis_that_came_back_with_old_files_says_so(
    tmp_path: Path, clock: FixedClock, server: RedisServer
) -> None:
    """A snapshot holds the mark of its own time, and lacks what was spent after it."""
    async with open_nonces(tmp_path, clock, redis_settings(server.url)) as store:
        await take(store, clock, "one")
        server.command("SAVE")
        clock.advance(10)
        await take(store, clock, "two")
        await restarted(server)
        clock.advance(10)

        assert not await take(store, clock, "one")
        assert await take(store, clock, "two")
        assert store.remembers_since() == clock.now()


async def test_a_flushed_redis_says_so(tmp_path: Path, clock: FixedClock, server: RedisServer) -> None:
    """The same server, the same connections, and nothing left."""
    async with open_nonces(tmp_path, clock, redis_settings(server.url)) as store:
        await take(store, clock, "one")
        clock.advance(10)
        server.command("FLUSHALL")

        await take(store, clock, "one")

        assert store.remembers_since() == clock.now()


async def test_a_second_hub_keeps_the_mark_of_the_first(
    tmp_path: Path, clock: FixedClock, server: RedisServer
) -> None:
    """Starting another hub makes nobody's requests too old."""
    async with open_nonces(tmp_path, clock, redis_settings(server.url)):
        began = clock.now()
    clock.advance(3600)

    async with open_nonces(tmp_path, clock, redis_settings(server.url)) as store:
        await take(store, clock, "one")

        assert store.remembers_since() == began
