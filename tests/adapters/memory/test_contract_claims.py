"""What every memory promises about idempotency claims."""

import asyncio
from dataclasses import replace

import pytest

from core_integrator.contracts.ports import (
    Claim,
    ClaimMismatch,
    ClaimRunning,
    MemoryStore,
    Settlement,
    StoredAnswer,
)
from tests.adapters.memory.samples import ANSWER, ids, interaction, take


async def test_of_fifty_claims_at_once_one_wins(store: MemoryStore) -> None:
    """The same request sent fifty times runs once."""
    results = await asyncio.gather(*(take(store) for _ in range(50)), return_exceptions=True)

    assert sum(isinstance(result, Claim) for result in results) == 1
    assert sum(isinstance(result, ClaimRunning) for result in results) == 49


async def test_a_settled_claim_answers_every_repeat(store: MemoryStore) -> None:
    """Exchange and answer are stored together, and the answer is kept to the byte."""
    claim = await take(store)

    await store.remember(interaction(1), settlement=Settlement(claim, ANSWER))

    assert await take(store) == ANSWER
    assert await take(store, after_s=59.9) == ANSWER


async def test_another_body_under_the_same_key_is_a_mismatch(store: MemoryStore) -> None:
    """Running or settled, a key stands for one request."""
    claim = await take(store)
    with pytest.raises(ClaimMismatch):
        await take(store, body=b"b")

    await store.remember(None, settlement=Settlement(claim, ANSWER))

    with pytest.raises(ClaimMismatch):
        await take(store, body=b"b")


async def test_a_key_is_free_again_after_its_time(store: MemoryStore) -> None:
    """By the moment handed in, not by the machine's clock; settled or not, whatever the body."""
    await store.remember(None, settlement=Settlement(await take(store, "settled"), ANSWER))
    await take(store, "running")

    assert isinstance(await take(store, "settled", body=b"b", after_s=61), Claim)
    assert isinstance(await take(store, "running", body=b"b", after_s=61), Claim)


async def test_an_overtaken_claim_settles_and_releases_nothing(store: MemoryStore) -> None:
    """Whoever lost a claim can neither answer for the new holder nor free the key under it."""
    old = await take(store)
    new = await take(store, after_s=61)

    await store.remember(interaction(1), settlement=Settlement(old, StoredAnswer(500, b"old")))
    await store.release(old)

    assert await ids(store) == ["int_00001"]
    with pytest.raises(ClaimRunning):
        await take(store, after_s=62)
    await store.remember(None, settlement=Settlement(new, ANSWER))
    assert await take(store, after_s=62) == ANSWER


async def test_a_guessed_token_is_dropped(store: MemoryStore) -> None:
    """The token, not the scope, is the right."""
    claim = await take(store)
    forged = replace(claim, token="guessed")  # noqa: S106 - a wrong one on purpose

    await store.release(forged)
    await store.remember(None, settlement=Settlement(forged, ANSWER))

    with pytest.raises(ClaimRunning):
        await take(store)


async def test_a_released_key_may_be_tried_again_with_any_body(store: MemoryStore) -> None:
    """A failure that may pass frees the key."""
    claim = await take(store)

    await store.release(claim)
    await store.release(claim)

    assert isinstance(await take(store, body=b"b"), Claim)


async def test_releasing_a_settled_claim_keeps_its_answer(store: MemoryStore) -> None:
    """An answer once given stays the answer."""
    claim = await take(store)
    await store.remember(None, settlement=Settlement(claim, ANSWER))

    await store.release(claim)

    assert await take(store) == ANSWER


async def test_many_expired_keys_do_not_disturb_new_ones(store: MemoryStore) -> None:
    """Purging old keys takes no living one along."""
    for number in range(100):
        await take(store, f"old{number}")

    for number in range(100):
        await take(store, f"new{number}", after_s=61)

    for number in range(100):
        with pytest.raises(ClaimRunning):
            await take(store, f"new{number}", after_s=62)
