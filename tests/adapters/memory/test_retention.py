"""What is kept: all, or by a rule that a janitor sees to."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from adapters.memory import open_memory
from config import MongoSettings, Retention
from core_integrator.contracts.ports import MemoryStore
from tests.adapters.memory.conftest import FixedClock, mongo_settings, until_mode
from tests.adapters.memory.samples import feedback, generation, ids, interaction
from tests.mongowire import MongoProgram

NEWEST_TWO = Retention(newest=2)
A_DAY = Retention(age=timedelta(days=1))
DAY_S = 86_400


@pytest.fixture(params=["journal", "mongodb"])
def mongo_or_none(request: pytest.FixtureRequest) -> MongoSettings | None:
    """With and without MongoDB above the journal."""
    if request.param == "journal":
        return None
    program: MongoProgram = request.getfixturevalue("mongo")
    return mongo_settings(program.url)


async def until_kept(store: MemoryStore, wanted: Sequence[int], user: str = "ada") -> None:
    """Wait until just these exchanges are shown."""
    async with asyncio.timeout(20):
        while (shown := await ids(store, user)) != [f"int_{number:05d}" for number in wanted]:
            await asyncio.sleep(0.05)
            assert len(shown) >= len(wanted), f"too much is gone: {shown}"


async def well(store: MemoryStore) -> None:
    """Wait for the store that shall answer."""
    if store.state().mirrored:
        await until_mode(store, "primary")


async def test_the_newest_of_each_user_and_module_stay(
    tmp_path: Path, clock: FixedClock, mongo_or_none: MongoSettings | None
) -> None:
    """And what a generation refers to, however old."""
    opening = open_memory(tmp_path, clock, mongo_or_none, retention=NEWEST_TWO, tidy_every_s=0.2)
    async with opening as store:
        await well(store)
        made = generation(1, interaction_id="int_00001")
        await store.remember(interaction(1), generation=made)
        await store.add_feedback(feedback(1))
        for number in range(2, 7):
            await store.remember(interaction(number))
        await store.remember(interaction(7, module="finance"))
        await store.remember(interaction(8, user="bob"))

        await until_kept(store, [7, 6, 5, 1])
        await until_kept(store, [8], "bob")
        assert await store.generation("vid_00001", user_id="ada") == made


async def test_what_is_older_than_the_age_goes(
    tmp_path: Path, clock: FixedClock, mongo_or_none: MongoSettings | None
) -> None:
    """Generations and verdicts stay; they no longer refer to what is gone."""
    opening = open_memory(tmp_path, clock, mongo_or_none, retention=A_DAY, tidy_every_s=0.2)
    async with opening as store:
        await well(store)
        await store.remember(interaction(1), generation=generation(1, interaction_id="int_00001"))
        await store.remember(interaction(2 * DAY_S))
        clock.advance(DAY_S + 60)

        await until_kept(store, [2 * DAY_S])
        kept = await store.generation("vid_00001", user_id="ada")
        assert kept is not None
        assert kept.interaction_id is None
        assert await store.add_feedback(feedback(1)) == 2


async def test_all_is_kept_unless_a_rule_says_otherwise(tmp_path: Path, clock: FixedClock) -> None:
    """The windows of the paths are ways of reading."""
    async with open_memory(tmp_path, clock, tidy_every_s=0.01) as store:
        for number in range(1, 13):
            await store.remember(interaction(number))
        clock.advance(10_000 * DAY_S)
        await asyncio.sleep(0.2)

        assert len(await ids(store)) == 12
        assert len(await store.context("ada", limit=3)) == 3


async def test_what_other_hosts_wrote_counts(tmp_path: Path, clock: FixedClock, mongo: MongoProgram) -> None:
    """Two exchanges on each of two hosts are four in MongoDB, and two stay."""
    settings = mongo_settings(mongo.url)
    async with open_memory(tmp_path / "elsewhere", clock, settings) as other:
        await until_mode(other, "primary")
        await other.remember(interaction(1))
        await other.remember(interaction(3))
    opening = open_memory(tmp_path / "here", clock, settings, retention=NEWEST_TWO, tidy_every_s=0.2)
    async with opening as store:
        await until_mode(store, "primary")
        await store.remember(interaction(2))
        await store.remember(interaction(4))

        await until_kept(store, [4, 3])
