"""What every memory promises, whatever it is made of."""

import asyncio
import json
from datetime import timedelta
from typing import Any

import pytest

from core_integrator.contracts.errors import InvalidArgument, NotFound
from core_integrator.contracts.ports import (
    ClaimRunning,
    MemoryStore,
    Settlement,
)
from tests.adapters.memory.samples import ANSWER, NOON, feedback, generation, ids, interaction, take

# Remembering


async def test_what_was_remembered_comes_back_as_it_was(store: MemoryStore) -> None:
    """The history shows the very texts and microseconds that were stored."""
    said = interaction(
        1,
        created_at=NOON.replace(microsecond=123_457),
        request='{"text":  "größer 🎬 \\u0000 \\ud83c"}',
        response="[1e3, null]",
    )
    made = generation(1, payload={"text": "größer 🎬", "nested": [1, 2.5, None, {"a": True}]})

    await store.remember(said, generation=made)

    assert (await store.history("ada", limit=5)).rows == [said]
    assert await store.generation(made.id, user_id="ada") == made


async def test_four_megabytes_are_remembered(store: MemoryStore) -> None:
    """The largest body the hub accepts fits."""
    text = json.dumps({"text": "ü" * 2_000_000}, ensure_ascii=False)

    await store.remember(interaction(1, request=text, response=text))

    assert (await store.context("ada", limit=1))[0].response == text


async def test_a_repeat_under_the_same_ids_changes_nothing(store: MemoryStore) -> None:
    """After an unknown outcome callers simply try again."""
    await store.remember(interaction(1), generation=generation(1))

    await store.remember(
        interaction(1, response='"other"'), generation=generation(1, provider_generation_id="other")
    )

    assert (await store.context("ada", limit=5)) == [interaction(1)]
    assert await store.generation("vid_00001", user_id="ada") == generation(1)


@pytest.mark.parametrize(
    ("said", "made"),
    [
        (interaction(1, response="not JSON"), generation(1)),
        (interaction(1, request='{"lone": "\ud800"}'), generation(1)),
        (interaction(1), generation(1, payload={"rate": float("nan")})),
        (interaction(1), generation(1, payload={"what": object()})),
    ],
)
async def test_what_cannot_be_stored_leaves_nothing_behind(store: MemoryStore, said: Any, made: Any) -> None:
    """An exchange without its generation, or the reverse, would be a lie; and the claim stays open."""
    claim = await take(store)

    with pytest.raises(ValueError, match=r"JSON|surrogates"):
        await store.remember(said, generation=made, settlement=Settlement(claim, ANSWER))

    assert await ids(store) == []
    assert await store.generation("vid_00001", user_id="ada") is None
    with pytest.raises(ClaimRunning):
        await take(store)


async def test_a_refused_value_fails_only_its_own_caller(store: MemoryStore) -> None:
    """Operations share a transaction, not their fate."""
    numbers = range(20)
    rows = [interaction(n, response="not JSON" if n == 7 else "{}") for n in numbers]

    results = await asyncio.gather(*map(store.remember, rows), return_exceptions=True)

    assert [n for n in numbers if isinstance(results[n], Exception)] == [7]
    assert len(await ids(store)) == 19


async def test_a_payload_given_is_not_shared(store: MemoryStore) -> None:
    """What a module does to its dictionary afterwards does not change what is remembered."""
    made = generation(1, payload={"styles": ["noir"]})
    await store.remember(None, generation=made)

    made.payload["styles"].append("late")
    (await store.generations("ada", module="video", limit=1)).rows[0].payload["styles"].clear()

    found = await store.generation("vid_00001", user_id="ada")
    assert found is not None
    assert found.payload == {"styles": ["noir"]}


# Whose it is


async def test_users_do_not_see_each_other(store: MemoryStore) -> None:
    """No question of one user is ever answered with another's things."""
    await store.remember(interaction(1), generation=generation(1))
    cursor_of_ada = await _cursor_over_two(store)

    assert await store.context("eve", limit=5) == []
    assert await store.newest_of_each_module("eve", per_module=5) == []
    assert await store.newest_of_each_module("eve", per_module=5, module="video") == []
    assert await ids(store, "eve") == []
    assert await ids(store, "eve", cursor=cursor_of_ada) == []
    assert await store.generation("vid_00001", user_id="eve") is None
    assert (await store.generations("eve", module="video", limit=5)).rows == []
    assert not await store.drop_generation("vid_00001", user_id="eve")
    with pytest.raises(NotFound):
        await store.add_feedback(feedback(1, user="eve"))
    assert await store.add_feedback(feedback(2, score=1)) == 1
    assert await store.generation("vid_00001", user_id="ada") == generation(1)


async def _cursor_over_two(store: MemoryStore) -> str:
    await store.remember(interaction(2))
    cursor = (await store.history("ada", limit=1)).next_cursor
    assert cursor is not None
    return cursor


async def test_a_capability_opens_a_generation_to_anyone(store: MemoryStore) -> None:
    """Media URLs of open mode name no user."""
    await store.remember(None, generation=generation(1))

    assert await store.generation_by_capability("vid_00001") == generation(1)
    assert await store.generation_by_capability("vid_00002") is None


# Order and pages


async def test_newest_come_first_and_ids_break_ties(store: MemoryStore) -> None:
    """Order is by time, whatever the order of arrival; equal times never make it ambiguous."""
    for number in (2, 4, 1, 3):
        await store.remember(interaction(number, created_at=NOON + timedelta(seconds=number // 3)))

    assert await ids(store) == ["int_00004", "int_00003", "int_00002", "int_00001"]


async def test_context_is_the_newest_few_over_all_modules(store: MemoryStore) -> None:
    """The context of a call mixes modules."""
    for number in range(6):
        await store.remember(interaction(number, module=f"m{number % 2}"))

    assert [row.id for row in await store.context("ada", limit=3)] == ["int_00005", "int_00004", "int_00003"]


async def test_pages_neither_repeat_nor_skip_while_rows_arrive(store: MemoryStore) -> None:
    """Whoever pages sees each row that was there at the start exactly once."""
    for number in range(11):
        await store.remember(interaction(number, created_at=NOON + timedelta(seconds=number // 4)))
    seen: list[str] = []
    cursor: str | None = None

    for arrival in range(4):
        page = await store.history("ada", limit=3, cursor=cursor)
        seen += [row.id for row in page.rows]
        cursor = page.next_cursor
        await store.remember(interaction(100 + arrival))

    assert cursor is None
    assert seen == [f"int_{number:05d}" for number in reversed(range(11))]


async def test_a_page_that_ends_with_the_last_row_has_no_next(store: MemoryStore) -> None:
    """No client is sent to fetch an empty page."""
    for number in range(4):
        await store.remember(interaction(number, module="video" if number else "text"))

    assert (await store.history("ada", limit=4)).next_cursor is None
    assert (await store.history("ada", module="video", limit=3)).next_cursor is None
    assert (await store.history("ada", limit=3)).next_cursor is not None
    assert (await store.history("nobody", limit=3)).next_cursor is None


async def test_generations_of_a_module_are_paged(store: MemoryStore) -> None:
    """Another module's generations do not appear in between."""
    for number in range(6):
        await store.remember(None, generation=generation(number, module="video" if number % 3 else "text"))

    first = await store.generations("ada", module="video", limit=3)
    second = await store.generations("ada", module="video", limit=3, cursor=first.next_cursor)

    assert [row.id for row in first.rows] == ["vid_00005", "vid_00004", "vid_00002"]
    assert [row.id for row in second.rows] == ["vid_00001"]
    assert second.next_cursor is None


CURSORS = ["", "x", "é", "\ud800", "AAAA", "WzEsImEiXQ==", "WzEsICJhIl0", "W3RydWUsImEiXQ", "bm9wZQ", "[1]"]
CURSORS += ["WzFlMywiYSJd", "WzE4NDQ2NzQ0MDczNzA5NTUxNjE2LCJhIl0", "Ww" * 3000, "WyJhIiwxXQ", "WzEsImEiLDJd"]


@pytest.mark.parametrize("cursor", CURSORS)
async def test_a_cursor_nobody_handed_out_is_refused(store: MemoryStore, cursor: str) -> None:
    """A mistyped cursor is the caller's mistake, not an empty page and not a crash."""
    with pytest.raises(InvalidArgument):
        await store.history("ada", limit=3, cursor=cursor)
    with pytest.raises(InvalidArgument):
        await store.generations("ada", module="video", limit=3, cursor=cursor)


async def test_newest_of_each_module_takes_a_few_of_each(store: MemoryStore) -> None:
    """A busy module does not push the quiet one out."""
    await store.remember(interaction(0, module="text"))
    for number in range(1, 8):
        await store.remember(interaction(number, module="video" if number % 2 else "sound"))
    await store.remember(interaction(50, user="eve", module="aaa"))

    newest = await store.newest_of_each_module("ada", per_module=2)
    videos = await store.newest_of_each_module("ada", per_module=2, module="video")

    assert [int(row.id[4:]) for row in newest] == [7, 6, 5, 4, 0]
    assert [int(row.id[4:]) for row in videos] == [7, 5]


# Standing


async def test_a_well_store_checks_and_says_so(store: MemoryStore) -> None:
    """Health asks exactly this."""
    await asyncio.gather(*(store.check() for _ in range(10)))

    assert store.state().mode in {"journal", "primary"}
    assert store.state().reason is None
