"""Nonce stores under test: the in-process double, SQLite, and a real Redis."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from adapters.nonces import open_nonces
from config import NonceSettings
from core_integrator.contracts.signing import NonceStore
from tests.adapters.memory.conftest import FixedClock
from tests.redis_server import RedisServer, redis_server


@pytest.fixture
def clock() -> FixedClock:
    """A clock of the test's own."""
    return FixedClock()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RedisServer]:
    """A Redis of the test's own."""
    with redis_server(tmp_path) as running:
        yield running


@pytest.fixture(params=["memory", "sqlite", "redis"])
def nonce_settings(request: pytest.FixtureRequest) -> NonceSettings:
    """The settings of every implementation in turn."""
    if request.param != "redis":
        return NonceSettings(store=request.param)
    return NonceSettings(store="redis", redis_url=request.getfixturevalue("server").url)


@pytest.fixture
async def store(
    nonce_settings: NonceSettings, tmp_path: Path, clock: FixedClock
) -> AsyncIterator[NonceStore]:
    """Every implementation in turn."""
    async with open_nonces(tmp_path, clock, nonce_settings) as opened:
        yield opened
