"""Allowances in Redis: one round trip for each request, decided inside the server."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from core_integrator.contracts.clock import Clock, microseconds
from core_integrator.contracts.errors import StorageUnavailable
from core_integrator.contracts.limits import LimitStore, Quota, Verdict, weigh

# Nobody waits longer for leave to ask: somebody stands in.
DEADLINE_S = 0.25
CONNECTIONS = 32

# The arithmetic of ``weigh``.  Returns the moment as it was, and now, so that the verdict is worked out from
# the same numbers.  A key goes by itself once its allowance is whole again.
_TAKE = """
    local interval, burst = tonumber(ARGV[1]), tonumber(ARGV[2])
    local cost, now = tonumber(ARGV[3]), tonumber(ARGV[4])
    if now < 0 then
        local time = redis.call('TIME')
        now = time[1] * 1000000 + time[2]
    end
    local kept = tonumber(redis.call('GET', KEYS[1]) or '0')
    local before = math.min(math.max(kept, now), now + burst)
    local after = before + cost * interval
    if after - burst <= now then
        redis.call('SET', KEYS[1], string.format('%.0f', after), 'PX', math.ceil((after - now) / 1000) + 1)
    end
    return {kept, now}
"""
_SERVERS_OWN_TIME = -1


class RedisLimits:
    """Keeps allowances for all hubs that share the server."""

    def __init__(self, client: Redis, *, clock: Clock | None, deadline_s: float) -> None:
        self._take = client.register_script(_TAKE)
        self._clock = clock
        self._deadline_s = deadline_s

    async def take(self, key: str, quota: Quota, cost: int = 1) -> Verdict:
        """Take ``cost`` units of the key's allowance if they are there.

        Raises:
            StorageUnavailable: The server cannot be asked in time.
        """
        now_us = _SERVERS_OWN_TIME if self._clock is None else microseconds(self._clock.now())
        numbers = [quota.interval_us, quota.burst_us, min(cost, quota.amount), now_us]
        try:
            async with asyncio.timeout(self._deadline_s):
                kept_us, then_us = await self._take(
                    keys=[f"integrator:limit:{quota.name}:{key}"], args=numbers
                )
        except (RedisError, OSError) as error:
            raise StorageUnavailable("the shared limits cannot be asked now", retry_after_s=1) from error
        return weigh(quota, kept_us, then_us, cost)[0]


@asynccontextmanager
async def open_limits(
    url: str, *, clock: Clock | None = None, deadline_s: float = DEADLINE_S
) -> AsyncGenerator[LimitStore, None]:
    """Open the allowances in the Redis (6.2 or newer) at the URL; connections are made when needed."""
    pool = BlockingConnectionPool.from_url(
        url,
        max_connections=CONNECTIONS,
        timeout=deadline_s,
        # To ask again could charge twice.
        retry=Retry(NoBackoff(), 0),
        # RESP3 brings notifications, and with them the client no longer notices that a connection has ended.
        protocol=2,
    )
    async with Redis.from_pool(pool) as client:
        yield RedisLimits(client, clock=clock, deadline_s=deadline_s)
