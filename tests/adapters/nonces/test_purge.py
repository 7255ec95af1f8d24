"""Purging, and clocks that were wrong; for the stores that purge themselves."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from adapters.nonces import InProcessNonces, Janitor, open_nonces
from config import NonceSettings
from core_integrator.contracts.errors import StorageUnavailable
from core_integrator.contracts.signing import NonceStore
from tests.adapters.memory.conftest import FixedClock

LIFE = timedelta(seconds=420)


@pytest.fixture(params=["memory", "sqlite"])
async def store(
    request: pytest.FixtureRequest, tmp_path: Path, clock: FixedClock
) -> AsyncIterator[NonceStore]:
    """Both stores in turn."""
    async with open_nonces(tmp_path, clock, NonceSettings(store=request.param)) as opened:
        yield opened


async def spend(store: NonceStore, clock: FixedClock, count: int) -> None:
    """Spend so many nonces now."""
    for number in range(count):
        await store.take("a", f"n{number}", expires_at=clock.now() + LIFE)


async def test_a_sweep_purges_all_that_expired(store: NonceStore, clock: FixedClock) -> None:
    """The table never grows for ever, and its owner sees how much went."""
    await spend(store, clock, 1005)
    clock.advance(60)
    await spend(store, clock, 1006)
    clock.advance(360)

    assert await store.purge(clock.now()) == 1000
    assert await Janitor(store, clock).sweep() == 5
    clock.advance(60)
    assert await Janitor(store, clock).sweep() == 1


async def test_what_may_have_been_purged_is_not_taken(store: NonceStore, clock: FixedClock) -> None:
    """A clock that ran ahead for a while opens no window for replays once it is right again."""
    ends = clock.now() + LIFE
    await store.take("a", "n", expires_at=ends)
    clock.advance(7200)
    await Janitor(store, clock).sweep()
    clock.advance(-7200)

    assert not await store.take("a", "n", expires_at=ends)
    assert await store.take("a", "later", expires_at=ends + timedelta(seconds=1))


async def test_a_clock_that_stepped_back_stops_purging(store: NonceStore, clock: FixedClock) -> None:
    """Which of the two times was right is not for the janitor to guess."""
    janitor = Janitor(store, clock)
    await janitor.sweep()
    await store.take("a", "n", expires_at=clock.now() - LIFE)

    clock.advance(-61)
    assert await janitor.sweep() == 0
    clock.advance(1)
    assert await janitor.sweep() == 1


async def test_a_store_that_is_away_is_swept_later(clock: FixedClock) -> None:
    """The janitor outlives an outage."""
    calls: list[str] = []

    class Away(InProcessNonces):
        async def purge(self, now: datetime) -> int:
            calls.append("purge")
            raise StorageUnavailable("away")

    running = asyncio.create_task(Janitor(Away(), clock).run(every_s=0.001))
    async with asyncio.timeout(10):
        while len(calls) < 2:
            await asyncio.sleep(0.001)
    running.cancel()
