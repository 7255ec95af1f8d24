"""What every nonce store promises."""

import asyncio
from datetime import timedelta

from adapters.nonces import Janitor
from core_integrator.contracts.signing import NonceStore
from tests.adapters.memory.conftest import FixedClock

LIFE = timedelta(seconds=420)


async def test_a_nonce_is_good_once(store: NonceStore, clock: FixedClock) -> None:
    """A captured request cannot be sent again."""
    ends = clock.now() + LIFE

    assert await store.take("a", "n", expires_at=ends)
    assert not await store.take("a", "n", expires_at=ends)
    assert not await store.take("a", "n", expires_at=ends + LIFE)


async def test_keys_do_not_spend_each_others_nonces(store: NonceStore, clock: FixedClock) -> None:
    """Nobody can use up the nonces of another, not even by a name that looks alike."""
    ends = clock.now() + LIFE
    pairs = [("a", "n"), ("b", "n"), ("a:b", "c"), ("a", "b:c"), ("A", "n"), ("a", "N"), ("a", "")]

    assert [await store.take(*pair, expires_at=ends) for pair in pairs] == [True] * len(pairs)


async def test_of_simultaneous_takes_one_wins(store: NonceStore, clock: FixedClock) -> None:
    """Twenty copies of a request at once are one request."""
    ends = clock.now() + LIFE

    takes = await asyncio.gather(*(store.take("a", "n", expires_at=ends) for _ in range(64)))

    assert sum(takes) == 1


async def test_what_has_not_expired_is_never_purged(store: NonceStore, clock: FixedClock) -> None:
    """A purge makes room, not replays."""
    ends = clock.now() + LIFE
    await store.take("a", "n", expires_at=ends)

    clock.advance(419)
    await Janitor(store, clock).sweep()

    assert not await store.take("a", "n", expires_at=ends)


async def test_a_nonce_may_be_kept_for_years(store: NonceStore, clock: FixedClock) -> None:
    """The old forms spend signatures for as long as their key may be used."""
    ends = clock.now() + timedelta(days=3650)
    await store.take("a", "n", expires_at=ends)

    clock.advance(86_400)
    await Janitor(store, clock).sweep()

    assert not await store.take("a", "n", expires_at=ends)
