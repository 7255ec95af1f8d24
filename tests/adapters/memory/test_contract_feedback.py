"""What every memory promises about verdicts."""

from dataclasses import replace
from datetime import timedelta

import pytest

from core_integrator.contracts.errors import NotFound
from core_integrator.contracts.ports import (
    MemoryStore,
)
from tests.adapters.memory.samples import NOON, feedback, generation


async def test_scores_add_up_and_a_repeat_counts_once(store: MemoryStore) -> None:
    """A retried verdict must not weigh twice."""
    await store.remember(None, generation=generation(1))
    await store.remember(None, generation=generation(2))

    totals = [
        await store.add_feedback(feedback(1, score=2)),
        await store.add_feedback(feedback(2, score=-1)),
        await store.add_feedback(feedback(2, score=-1)),
        await store.add_feedback(feedback(3, score=-2, on="vid_00002")),
    ]
    await store.mark_forwarded("fbk_00001")
    await store.mark_forwarded("fbk_unknown")

    assert totals == [2, 1, 1, -2]


async def test_a_dropped_generation_takes_its_feedback_along(store: MemoryStore) -> None:
    """Erased means erased: a namesake starts from nothing."""
    await store.remember(None, generation=generation(1))
    await store.add_feedback(feedback(1))

    assert await store.drop_generation("vid_00001", user_id="ada")
    assert not await store.drop_generation("vid_00001", user_id="ada")

    assert await store.generation_by_capability("vid_00001") is None
    with pytest.raises(NotFound):
        await store.add_feedback(feedback(2))
    await store.remember(None, generation=generation(1))
    assert await store.add_feedback(feedback(3, score=1)) == 1


async def test_scores_are_sums_by_generation(store: MemoryStore) -> None:
    """Those nobody judged are left out."""
    await store.remember(None, generation=generation(1))
    await store.remember(None, generation=generation(2))
    await store.add_feedback(feedback(1, score=2))
    await store.add_feedback(feedback(2, score=-1))

    assert await store.scores(["vid_00001", "vid_00002", "vid_99999"]) == {"vid_00001": 1}
    assert await store.scores([]) == {}


async def test_what_no_generator_knows_waits_in_its_order(store: MemoryStore) -> None:
    """Until it was forwarded or given up; the young ones are still with the request that brought them."""
    await store.remember(None, generation=generation(1))
    for number in range(1, 6):
        young = timedelta(seconds=100 if number == 5 else 0)
        await store.add_feedback(replace(feedback(number), created_at=NOON + young))
    await store.mark_forwarded("fbk_00001")
    await store.give_up_forwarding("fbk_00003")

    waiting = await store.waiting_feedback(before=NOON + timedelta(seconds=60), limit=10)

    assert [given.id for given, _ in waiting] == ["fbk_00002", "fbk_00004"]
    assert waiting[0] == (feedback(2), generation(1))
    assert len(await store.waiting_feedback(before=NOON + timedelta(seconds=60), limit=1)) == 1


async def test_a_dropped_generation_has_nothing_waiting(store: MemoryStore) -> None:
    """What is gone is told to nobody."""
    await store.remember(None, generation=generation(1))
    await store.add_feedback(feedback(1))

    await store.drop_generation("vid_00001", user_id="ada")

    assert await store.waiting_feedback(before=NOON + timedelta(seconds=60), limit=10) == []
