"""Allowances against a simple model, in memory that does not grow, and divided among workers."""

import asyncio
import math
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from core_integrator.contracts.clock import microseconds
from core_integrator.contracts.limits import LimitStore, Quota
from security.limits import InProcessLimits
from tests.adapters.memory.conftest import FixedClock

AMOUNTS = st.one_of(st.integers(1, 20), st.integers(1, 1000))
STEPS = st.lists(
    st.tuples(
        st.one_of(st.just(0.0), st.floats(0, 3), st.floats(0, 90)), st.sampled_from("ab"), st.integers(1, 12)
    ),
    max_size=40,
)


class Bucket:
    """The model: units that trickle in, exactly, up to the whole."""

    def __init__(self, quota: Quota, now_us: int) -> None:
        self.quota = quota
        self.units = Fraction(quota.amount)
        self.at_us = now_us

    def take(self, cost: int, now_us: int) -> bool:
        """Take units if they are there."""
        trickled = Fraction(now_us - self.at_us, self.quota.interval_us)
        self.units = min(Fraction(self.quota.amount), self.units + trickled)
        self.at_us = now_us
        granted = self.units >= cost
        if granted:
            self.units -= cost
        return granted

    def wait_us(self, cost: int) -> int:
        """Return how long until so many units are there."""
        return max(0, math.ceil((cost - self.units) * self.quota.interval_us))


async def follow(store: LimitStore, clock: FixedClock, quota: Quota, steps) -> None:
    """Ask store and model the same and compare every fact."""
    buckets = {key: Bucket(quota, microseconds(clock.now())) for key in "ab"}
    for pause_s, key, asked in steps:
        clock.advance(round(pause_s, 6))
        bucket, cost = buckets[key], min(asked, quota.amount)
        granted = bucket.take(cost, microseconds(clock.now()))

        verdict = await store.take(key, quota, asked)

        assert verdict.granted == granted
        assert verdict.remaining == math.floor(bucket.units)
        assert verdict.retry_in_us == (0 if granted else bucket.wait_us(cost))
        assert verdict.whole_in_us == bucket.wait_us(quota.amount)


@given(amount=AMOUNTS, steps=STEPS)
def test_allowances_are_a_bucket_that_refills(amount: int, steps) -> None:
    """Whatever is asked in whatever rhythm: grants, remainders and waits to the microsecond."""
    clock = FixedClock()

    asyncio.run(follow(InProcessLimits(clock), clock, Quota("q", amount), steps))


async def test_a_clock_that_goes_back_locks_nobody_out_for_long() -> None:
    """A machine whose clock was an hour ahead must not refuse for an hour."""
    clock = FixedClock()
    store, quota = InProcessLimits(clock), Quota("q", 60)
    clock.advance(3600)
    for _ in range(60):
        await store.take("a", quota)

    clock.advance(-3600)
    refused = await store.take("a", quota)

    assert not refused.granted
    assert refused.retry_after_s == 1


async def test_memory_is_bounded_and_the_busy_are_not_forgotten() -> None:
    """A flood of addresses costs a fixed amount of memory, and resets nobody who keeps asking."""
    clock = FixedClock()
    store, quota = InProcessLimits(clock, most_keys=100), Quota("q", 5)
    granted = 0
    for number in range(10_000):
        await store.take(f"stranger {number}", quota)
        if number % 50 == 0:
            granted += (await store.take("busy", quota)).granted

    assert len(store) <= 200
    assert granted == 5


async def test_keys_that_are_whole_again_are_dropped() -> None:
    """A quiet hub gives the memory of yesterday's callers back."""
    clock = FixedClock()
    store, quota = InProcessLimits(clock), Quota("q", 5)
    for number in range(500):
        await store.take(f"caller {number}", quota)
    for _ in range(2):
        clock.advance(60)
        await store.take("one", quota)

    assert len(store) <= 2


async def test_each_of_several_workers_grants_its_part() -> None:
    """Together they grant the limit and not a multiple of it."""
    clock = FixedClock()
    workers = [InProcessLimits(clock, workers=4) for _ in range(4)]
    quota = Quota("q", 60)

    granted = [(await worker.take("a", quota)).granted for worker in workers for _ in range(60)]

    assert sum(granted) == 60
