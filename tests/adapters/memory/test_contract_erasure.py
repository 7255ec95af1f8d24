"""What every memory promises about a user who is erased."""

from datetime import timedelta

import pytest

from core_integrator.contracts.ports import Claim, ClaimRunning, MemoryStore, Record, Settlement, Shelf
from tests.adapters.memory.samples import ANSWER, NOON, feedback, generation, ids, interaction, take

SHELF = Shelf("u", "finance", "transaction")


async def lived(store: MemoryStore, user: str, first: int) -> None:
    """Leave a trace of a user everywhere."""
    await store.remember(interaction(first, user=user), generation=generation(first, user=user))
    await store.add_feedback(feedback(first, on=f"vid_{first:05d}", user=user))
    await store.keep(Shelf(user, "finance", "transaction"), [Record("a", "{}")])


async def test_nothing_of_an_erased_user_is_left_on_any_path(store: MemoryStore) -> None:
    """The others keep all of theirs."""
    await lived(store, "u", 1)
    await lived(store, "bob", 2)

    assert await store.erase("u")

    assert await ids(store, "u") == []
    assert await store.context("u", limit=5) == []
    assert await store.newest_of_each_module("u", per_module=5) == []
    assert await store.generation("vid_00001", user_id="u") is None
    assert await store.generation_by_capability("vid_00001") is None
    assert (await store.generations("u", module="video", limit=5)).rows == []
    assert await store.records(SHELF) == []
    assert await store.scores(["vid_00001", "vid_00002"]) == {"vid_00002": 2}
    assert await ids(store, "bob") == ["int_00002"]
    waiting = await store.waiting_feedback(before=NOON + timedelta(days=1), limit=9)
    assert [row.id for row, _ in waiting] == ["fbk_00002"]


async def test_answers_kept_for_repeats_are_erased_too(store: MemoryStore) -> None:
    """They hold what the user was told."""
    claim = await take(store, "kept")
    await store.remember(None, settlement=Settlement(claim, ANSWER))

    await store.erase("u")

    assert isinstance(await take(store, "kept"), Claim)


async def test_a_request_that_runs_keeps_its_key(store: MemoryStore) -> None:
    """Or its repeat would run, and pay, a second time."""
    await take(store, "runs")

    await store.erase("u")

    with pytest.raises(ClaimRunning):
        await take(store, "runs")


async def test_an_erased_user_may_begin_anew(store: MemoryStore) -> None:
    """Being forgotten is no ban."""
    await lived(store, "u", 1)
    await store.erase("u")
    # Later than the erasure, by any clock.
    await store.remember(interaction(9_000_000, user="u"))

    assert await ids(store, "u") == ["int_9000000"]
    assert await store.erase("nobody")


async def test_a_user_with_thousands_of_rows_is_erased_whole(store: MemoryStore) -> None:
    """Erasing goes in steps; none is left out."""
    await store.keep(SHELF, [Record(f"r{number}", "{}") for number in range(2_500)])

    await store.erase("u")

    assert await store.records(SHELF) == []
