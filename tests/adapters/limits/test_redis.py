"""Allowances in a real Redis: shared, the same arithmetic, and what happens while it is away."""

import asyncio
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from adapters.limits import open_redis_limits
from core_integrator.contracts.errors import StorageUnavailable
from core_integrator.contracts.limits import Quota
from security.limits import InProcessLimits, LimitsWithStandIn
from tests.adapters.memory.conftest import FixedClock
from tests.redis_server import RedisServer, redis_server
from tests.security.test_limits import AMOUNTS, STEPS, follow


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    """A Redis that these tests share, each with quotas of its own name."""
    with redis_server(tmp_path_factory.mktemp("redis")) as running:
        yield running


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(amount=AMOUNTS, steps=STEPS)
def test_the_servers_arithmetic_is_ours(server: RedisServer, amount: int, steps) -> None:
    """The script decides as the model does, to the microsecond."""

    async def ask() -> None:
        clock = FixedClock()
        async with open_redis_limits(server.url, clock=clock) as store:
            await follow(store, clock, Quota(uuid.uuid4().hex, amount), steps)

    asyncio.run(ask())


async def test_hubs_share_one_allowance(server: RedisServer) -> None:
    """Simultaneous requests at two hubs: exactly the limit is granted, by the server's own clock."""
    quota = Quota("shared", 10)
    async with open_redis_limits(server.url) as one, open_redis_limits(server.url) as other:
        verdicts = await asyncio.gather(*[hub.take("a", quota) for hub in (one, other) for _ in range(15)])

    assert sum(verdict.granted for verdict in verdicts) == 10


async def test_keys_go_by_themselves(server: RedisServer) -> None:
    """Redis keeps a key no longer than it takes to be whole again."""
    async with open_redis_limits(server.url) as store:
        await store.take("a", Quota("expiring", 60), 30)

    assert 0 < server.command("PTTL", "integrator:limit:expiring:a") <= 30_002


async def test_limits_hold_while_redis_is_away_and_are_shared_again_after(tmp_path: Path) -> None:
    """Never off: the process grants its part until the server is back."""
    clock, seconds = FixedClock(), [0.0]
    quota = Quota("q", 8)
    with redis_server(tmp_path) as server:
        async with open_redis_limits(server.url) as shared:
            store = LimitsWithStandIn(shared, InProcessLimits(clock, workers=2), monotonic=lambda: seconds[0])
            assert (await store.take("a", quota)).remaining == 7

            server.kill()
            with pytest.raises(StorageUnavailable):
                await shared.take("a", quota)
            granted = [(await store.take("a", quota)).granted for _ in range(6)]
            assert granted == [True] * 4 + [False] * 2
            assert store.away

            server.start()
            assert not (await store.take("a", quota)).granted
            seconds[0] += 2
            assert (await store.take("a", quota)).remaining == 7
            assert not store.away


async def test_a_redis_that_is_away_at_the_start_stops_nobody(tmp_path: Path) -> None:
    """Limits are no reason not to start."""
    with redis_server(tmp_path) as server:
        server.kill()
        async with open_redis_limits(server.url) as shared:
            store = LimitsWithStandIn(shared, InProcessLimits(FixedClock()))

            assert (await store.take("a", Quota("q", 5))).remaining == 4
