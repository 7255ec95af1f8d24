"""What every memory promises, whatever it is made of."""

import asyncio
import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from core_integrator.contracts.errors import InvalidArgument, NotFound
from core_integrator.contracts.ports import (
    Claim,
    ClaimMismatch,
    ClaimRunning,
    MemoryStore,
    Record,
    Settlement,
    Shelf,
    StoredAnswer,
)
from tests.adapters.memory.samples import NOON, feedback, generation, interaction

ANSWER = StoredAnswer(200, b'{"status": "success"}')


async def ids(store: MemoryStore, user: str = "ada", **wanted: Any) -> list[str]:
    """Return the ids of the user's history, newest first."""
    page = await store.history(user, **({"limit": 100} | wanted))
    return [row.id for row in page.rows]


async def take(store: MemoryStore, scope: str = "key", *, body: bytes = b"a", after_s: float = 0) -> Any:
    """Claim a key that is kept for a minute, ``after_s`` seconds after noon."""
    now = NOON + timedelta(seconds=after_s)
    return await store.claim(scope, fingerprint=body, now=now, expires_at=now + timedelta(minutes=1))


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

    assert [n for n in numbers if results[n] is not None] == [7]
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


# Generations and feedback


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


# Claims


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


# Standing


async def test_a_well_store_checks_and_says_so(store: MemoryStore) -> None:
    """Health asks exactly this."""
    await asyncio.gather(*(store.check() for _ in range(10)))

    assert store.state().mode in {"journal", "primary"}
    assert store.state().reason is None


# What modules keep

SHELF = Shelf("ada", "finance", "transaction")


async def test_records_come_back_in_the_order_of_their_storing(store: MemoryStore) -> None:
    """A replaced one keeps its place and gets its new payload."""
    await store.keep(SHELF, [Record("b", '{"n": 1}'), Record("a", '{"n": 2}')])
    await store.keep(SHELF, [Record("c", '{"n": 3}'), Record("b", '{"n": 4}')])

    kept = await store.records(SHELF)

    assert kept == [Record("b", '{"n": 4}'), Record("a", '{"n": 2}'), Record("c", '{"n": 3}')]


async def test_records_are_found_by_the_beginning_of_their_id(store: MemoryStore) -> None:
    """Also where letters beyond ASCII follow, and only there."""
    ids_kept = ["x:1", "x:ü", "x:🎬", "x", "y:1", "X:1"]
    await store.keep(SHELF, [Record(record_id, "{}") for record_id in ids_kept])

    assert [record.id for record in await store.records(SHELF, prefix="x:")] == ["x:1", "x:ü", "x:🎬"]


@pytest.mark.parametrize(
    "other",
    [
        replace(SHELF, user_id="bob"),
        replace(SHELF, module="education"),
        replace(SHELF, kind="lesson"),
    ],
)
async def test_a_shelf_is_one_users_of_one_module_and_kind(store: MemoryStore, other: Shelf) -> None:
    """The same ids elsewhere are other records."""
    await store.keep(SHELF, [Record("a", '"ours"')])
    await store.keep(other, [Record("a", '"theirs"')])

    assert await store.records(SHELF) == [Record("a", '"ours"')]
    assert await store.records(other) == [Record("a", '"theirs"')]


async def test_records_that_are_not_json_are_refused_together(store: MemoryStore) -> None:
    """All or none."""
    with pytest.raises(ValueError, match="JSON"):
        await store.keep(SHELF, [Record("a", "{}"), Record("b", "{nope")])

    assert await store.records(SHELF) == []


async def test_very_many_records_are_kept_at_once(store: MemoryStore) -> None:
    """A long list of transactions is one call."""
    many = [Record(f"{number:06d}", f'{{"n":{number}}}') for number in range(100_000)]

    await store.keep(SHELF, many)

    assert await store.records(SHELF) == many


# Verdicts on their way


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
