"""Spent nonces in Redis, for hubs on several machines.

Redis may forget: a restart, a failover or a flush takes nonces with it.  So a mark lies among them which says
since when this run of the server keeps them; a mark of another run, or none, means that what came before is
forgotten.  A connection does not outlive the run it was made to, so looking once on each is enough.
"""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import datetime

import structlog
from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.connection import AbstractConnection
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from core_integrator.contracts.clock import Clock, microseconds, moment
from core_integrator.contracts.errors import StorageUnavailable

log = structlog.get_logger("adapters.nonces")

DEADLINE_S = 2.0
CONNECTIONS = 32
_POLICY = "noeviction"
_MARK = "integrator:nonces:since"

# Returns the moment since which nothing is forgotten, set to now on a run of the server not met before.
_MEET = """
    if redis.call('HGET', KEYS[1], 'run_id') ~= ARGV[1] then
        redis.call('HSET', KEYS[1], 'run_id', ARGV[1], 'since_us', ARGV[2])
    end
    return redis.call('HGET', KEYS[1], 'since_us')
"""
# The longer of the two ends counts: the hub's moment, and as long from now by the server's clock.
_TAKE = """
    local since = redis.call('HGET', KEYS[2], 'since_us')
    if not since then
        since = ARGV[3]
        redis.call('HSET', KEYS[2], 'since_us', since)
    end
    local time = redis.call('TIME')
    local ends_ms = math.max(tonumber(ARGV[1]), time[1] * 1000 + math.floor(time[2] / 1000) + ARGV[2])
    local taken = redis.call('SET', KEYS[1], '', 'NX', 'PXAT', string.format('%.0f', ends_ms))
    return {taken and 1 or 0, since}
"""


class Evicting(RedisError):
    """The server throws keys away when its memory is full, and with them what makes a replay fail."""


class RedisNonces:
    """Spends nonces for all hubs that share the server; see :class:`NonceStore`."""

    def __init__(self, clock: Clock, *, deadline_s: float) -> None:
        self._clock = clock
        self._deadline_s = deadline_s
        self._since: datetime | None = None
        self._client: Redis | None = None

    def use(self, client: Redis) -> None:
        """Take nonces through this client, whose connections are introduced by :meth:`meet`."""
        self._client = client
        self._take = client.register_script(_TAKE)

    async def meet(self, connection: AbstractConnection) -> None:
        """Look at the server behind a new connection before it is used.

        Raises:
            Evicting: It may evict nonces.
            RedisError: It fails.
        """
        await connection.on_connect()
        facts = await _facts(connection)
        if facts.get("maxmemory_policy") != _POLICY:
            raise Evicting
        now_us = microseconds(self._clock.now())
        await connection.send_command("EVAL", _MEET, 1, _MARK, facts["run_id"], now_us)
        self._remember_since(await connection.read_response())

    async def take(self, key_id: str, nonce: str, *, expires_at: datetime) -> bool:
        """Spend a nonce; false if it was spent before.

        Raises:
            StorageUnavailable: The server cannot be asked in time, or may evict nonces.  Callers refuse.
        """
        now_us, ends_us = microseconds(self._clock.now()), microseconds(expires_at)
        lives_ms = max(1, (ends_us - now_us) // 1000)
        # The length in front keeps "a:b" with "c" apart from "a" with "b:c".
        name = f"integrator:nonce:{len(key_id)}:{key_id}:{nonce}"
        async with self._asked():
            taken, since_us = await self._take(keys=[name, _MARK], args=[ends_us // 1000, lives_ms, now_us])
        self._remember_since(since_us)
        return bool(taken)

    def remembers_since(self) -> datetime | None:
        """Return the moment before which the server may have forgotten what was spent."""
        return self._since

    async def purge(self, now: datetime) -> int:
        """Forget nothing, because the server does that itself; prove that it answers and evicts nothing.

        Raises:
            StorageUnavailable: The server cannot be asked in time, or may evict nonces.
        """
        del now
        async with self._asked() as client:
            facts = await client.info("memory")
            if facts.get("maxmemory_policy") != _POLICY:
                # Connections are looked at when they are made: make them anew.
                await client.connection_pool.disconnect()
                raise Evicting
        return 0

    @asynccontextmanager
    async def _asked(self) -> AsyncGenerator[Redis, None]:
        assert self._client is not None  # noqa: S101 - whoever makes the store hands it its client
        try:
            async with asyncio.timeout(self._deadline_s):
                yield self._client
        except Evicting as error:
            raise StorageUnavailable(
                f"the nonces are not safe in this Redis: set its maxmemory-policy to {_POLICY}"
            ) from error
        except (RedisError, OSError) as error:
            log.warning("nonces.failed", store="redis", error=type(error).__name__)
            raise StorageUnavailable("the nonce store cannot be used now", retry_after_s=1) from error

    def _remember_since(self, since_us: object) -> None:
        assert isinstance(since_us, bytes)  # noqa: S101 - what HGET of our own mark returns
        self._since = moment(int(since_us))


async def _facts(connection: AbstractConnection) -> dict[str, str]:
    await connection.send_command("INFO")
    text = (await connection.read_response()).decode()
    return dict(line.split(":", 1) for line in text.splitlines() if ":" in line)


@asynccontextmanager
async def open_redis_nonces(
    url: str, clock: Clock, *, deadline_s: float = DEADLINE_S
) -> AsyncGenerator[RedisNonces, None]:
    """Open the nonces in the Redis (6.2 or newer) at the URL.

    Raises:
        StorageUnavailable: It cannot be reached, or evicts keys when its memory is full.
    """
    store = RedisNonces(clock, deadline_s=deadline_s)
    pool = BlockingConnectionPool.from_url(
        url,
        max_connections=CONNECTIONS,
        timeout=deadline_s,
        # Whether a lost answer meant "taken" is not to be found out by asking again.
        retry=Retry(NoBackoff(), 0),
        redis_connect_func=store.meet,
        # RESP3 brings notifications, and with them the client no longer notices that a connection has ended.
        protocol=2,
    )
    async with Redis.from_pool(pool) as client:
        store.use(client)
        await store.purge(clock.now())
        yield store
