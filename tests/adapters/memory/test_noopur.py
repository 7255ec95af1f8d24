"""Noopur beside the memory: it completes what is remembered by a user's own texts, and is told verdicts."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, closing
from pathlib import Path
from sqlite3 import connect

import pytest

from adapters.memory import open_memory
from adapters.memory.migrations import APPLICATION_ID, MIGRATIONS
from adapters.memory.rows import FEEDBACK_COLUMNS, feedback_row, generation_row
from core_integrator.contracts.clock import Clock
from core_integrator.contracts.ports import Generation, Interaction, MemoryStore
from tests.adapters.memory.conftest import mongo_settings, until_mode
from tests.adapters.memory.samples import feedback, generation, interaction
from tests.noopur import UNKNOWN, Noopur, noopur_server, rate_limited, settings

Opening = Callable[..., AbstractAsyncContextManager[MemoryStore]]


@pytest.fixture
def noopur() -> Iterator[Noopur]:
    """A Noopur that is there."""
    with noopur_server() as served:
        yield served


@pytest.fixture(params=["sqlite", "pymongo"])
def opening(request: pytest.FixtureRequest, tmp_path: Path, clock: Clock) -> Opening:
    """How to open a memory with Noopur beside it: the journal alone, and under MongoDB."""
    mongo = None
    if request.param == "pymongo":
        mongo = mongo_settings(request.getfixturevalue("mongo").url)

    @asynccontextmanager
    async def opened(noopur: Noopur | None, **changes: object) -> AsyncIterator[MemoryStore]:
        beside = settings(noopur.url, **changes) if noopur else None
        async with open_memory(tmp_path / "data", clock, mongo, beside) as memory:
            if mongo is not None:
                await until_mode(memory, "primary")
            yield memory

    return opened


def text(number: int, *, user: str = "ada", **facts: object) -> Generation:
    """Return a text of this number."""
    payload = {"text": f"text {number}", "topic": "lamp", "goal": None, "type": "ad", **facts}
    return generation(number, user=user, module="creator", id=f"txt_{number:05d}", payload=payload)


def exchange(number: int, *, user: str = "ada") -> Interaction:
    """Return the exchange that made it."""
    response = {"status": "success", "result": {"generation_id": f"txt_{number:05d}"}}
    return interaction(number, user=user, module="creator", response=json.dumps(response))


def made(row: Interaction) -> str:
    """Return the generation that an exchange shows."""
    return json.loads(row.response)["result"]["generation_id"]


def verdict(number: int, *, on: int = 1):
    """Return a verdict on a text."""
    return feedback(number, on=f"txt_{on:05d}")


async def until(condition: Callable[[], bool], limit_s: float = 15) -> None:
    """Wait until something is so."""
    async with asyncio.timeout(limit_s):
        while not condition():
            await asyncio.sleep(0.01)


def health(memory: MemoryStore):
    """Return how Noopur is doing."""
    return memory.health()["noopur"]


# Reading


async def test_a_gap_is_closed_by_what_noopur_holds(opening: Opening, noopur: Noopur) -> None:
    """In its place, in the form of an exchange, and named as what it is."""
    noopur.hold("provider-2", "text 2")
    async with opening(noopur) as memory:
        for number in (1, 3):
            await memory.remember(exchange(number), generation=text(number))
        await memory.remember(None, generation=text(2))
        await memory.remember(interaction(9, module="finance"))

        context = await memory.context("ada", limit=10)
        newest = await memory.newest_of_each_module("ada", per_module=5)
        of_creator = await memory.newest_of_each_module("ada", per_module=5, module="creator")
        page = await memory.history("ada", limit=2)

    assert [row.created_at for row in context] == [text(number).created_at for number in (9, 3, 2, 1)]
    assert newest == context
    assert of_creator == context[1:]
    closed = context[2]
    assert (closed.user_id, closed.module, closed.intent) == ("ada", "creator", "generate")
    assert json.loads(closed.request)["data"] == {"topic": "lamp", "type": "ad"}
    assert json.loads(closed.response)["result"] == {
        "generation_id": "txt_00002",
        "generated_text": "text 2",
        "metadata": {"source": "noopur"},
    }
    # Pages are what is remembered, so that a cursor leads on.
    assert [row.id for row in page.rows] == ["int_00009", "int_00003"]
    assert page.next_cursor is not None


async def test_nothing_of_others_is_ever_shown(opening: Opening, noopur: Noopur) -> None:
    """It may answer everybody's texts, under ids that are others', its own or given anew."""
    noopur.hold("provider-1", "text 1")
    noopur.hold("provider-2", "text 2")
    noopur.hold("provider-3", "secret of eve")
    noopur.hold("provider-77", "secret of nobody we know")
    async with opening(noopur) as memory:
        await memory.remember(None, generation=text(1))
        await memory.remember(None, generation=text(2, user="bob"))
        # Noopur lost its store and gave this id anew.
        await memory.remember(None, generation=text(3))
        await memory.remember(None, generation=generation(77, user="ada", module="video"))

        seen = {user: await memory.context(user, limit=50) for user in ("ada", "bob", "eve")}
        again = {user: await memory.newest_of_each_module(user, per_module=50) for user in seen}

    assert {user: [made(row) for row in rows] for user, rows in seen.items()} == {
        "ada": ["txt_00001"],
        "bob": ["txt_00002"],
        "eve": [],
    }
    assert again == seen


async def test_what_is_remembered_whole_asks_nobody(opening: Opening, noopur: Noopur) -> None:
    """Nor does a user without texts, nor a gap that lies beyond what was asked for."""
    async with opening(noopur) as memory:
        await memory.remember(None, generation=text(1))
        for number in (2, 3):
            await memory.remember(exchange(number), generation=text(number))
        await memory.remember(interaction(4, user="bob"))

        assert len(await memory.context("ada", limit=2)) == 2
        assert len(await memory.newest_of_each_module("ada", per_module=2)) == 2
        assert len(await memory.newest_of_each_module("ada", per_module=9, module="video")) == 0
        assert len(await memory.context("bob", limit=9)) == 1
        assert noopur.calls("/history") == 0

        await memory.context("ada", limit=3)
        await asyncio.gather(*(memory.context("ada", limit=9) for _ in range(20)))
        assert noopur.calls("/history") == 1


@pytest.mark.parametrize(
    "ordered",
    [
        (500, b"{}", {}),
        (200, b"<html>", {}),
        (200, b'[{"id": "provider-1"}]', {}),
        (200, b'[{"id": "provider-1", "text": "\\ud800"}]', {}),
        (200, b'{"provider-1": "text 1"}', {}),
        (401, b'{"error": "who?", "error_code": "INVALID_INPUT", "details": {}}', {}),
        "cut",
        "hang",
        rate_limited(60),
    ],
    # Names that are the same in every process.
    ids=["500", "no JSON", "no text", "no character", "no list", "401", "cut", "hang", "429"],
)
async def test_a_noopur_that_fails_spoils_no_read(tmp_path: Path, clock: Clock, ordered) -> None:
    """What is remembered is shown, it is left alone for a while, and health says why."""
    with noopur_server() as noopur:
        noopur.answers["/history"] = ordered
        patient = settings(noopur.url, read_timeout_s=60, total_timeout_s=60)
        async with open_memory(tmp_path, clock, noopur=patient) as memory:
            await memory.remember(None, generation=text(1))
            await memory.remember(exchange(2), generation=text(2))

            # Far less than the patience of the connection.
            async with asyncio.timeout(20):
                assert await memory.context("ada", limit=9) == [exchange(2)]
                assert await memory.context("ada", limit=9) == [exchange(2)]

            assert noopur.calls("/history") == 1
            assert health(memory).status == "degraded"
            assert health(memory).reason


async def test_a_noopur_that_is_away_may_come_back(opening: Opening) -> None:
    """A start without it is a start; reads are completed as soon as it is there."""
    with noopur_server() as noopur:
        noopur.hold("provider-1", "text 1")
    async with opening(noopur) as memory:
        await memory.remember(None, generation=text(1))
        assert await memory.context("ada", limit=9) == []
        assert health(memory).status == "degraded"

        with noopur_server(noopur):
            async with asyncio.timeout(15):
                while not (rows := await memory.context("ada", limit=9)):
                    await asyncio.sleep(0.05)
            await until(lambda: health(memory).status == "healthy")

    assert [made(row) for row in rows] == ["txt_00001"]


# Telling


async def test_verdicts_on_texts_are_told_once(opening: Opening, noopur: Noopur) -> None:
    """Under the verdict's own id; those on other things are not Noopur's business."""
    async with opening(noopur) as memory:
        await memory.remember(None, generation=text(1))
        await memory.remember(None, generation=generation(2))
        await memory.add_feedback(verdict(1))
        await memory.add_feedback(feedback(2, on="vid_00002"))
        await until(lambda: len(noopur.told) == 1)
        assert await memory.add_feedback(verdict(1)) == 2
        await memory.add_feedback(verdict(3))
        await until(lambda: len(noopur.told) == 2)
        await until(lambda: health(memory).details["feedback_waiting"] == 0)

    assert noopur.told[0] == (
        "fbk_00001",
        {"generation_id": "provider-1", "command": "+2", "rating": 5, "comment": "größer 🎬"},
    )
    assert noopur.told[1][0] == "fbk_00003"


async def test_a_verdict_waits_for_each_listener_alone(tmp_path: Path, clock: Clock, noopur: Noopur) -> None:
    """The generator may know of it long before Noopur does, or long after."""
    noopur.answers["/feedback"] = (503, b"{}", {})
    async with open_memory(tmp_path, clock, noopur=settings(noopur.url)) as memory:
        await memory.remember(None, generation=text(1))
        await memory.add_feedback(verdict(1))
        await memory.mark_forwarded("fbk_00001")
        await until(lambda: health(memory).details["feedback_waiting"] == 1)
        assert noopur.told == []

    del noopur.answers["/feedback"]
    async with open_memory(tmp_path, clock, noopur=settings(noopur.url)) as memory:
        await until(lambda: len(noopur.told) == 1)
        await memory.add_feedback(verdict(2))
        await until(lambda: len(noopur.told) == 2)
        clock.advance(60)
        waiting = await memory.waiting_feedback(before=clock.now(), limit=9)

    assert [one.id for one, _ in waiting] == ["fbk_00002"]


async def test_one_that_is_refused_is_given_up_and_blocks_nobody(
    tmp_path: Path, clock: Clock, noopur: Noopur
) -> None:
    """Asking again would be answered the same."""
    noopur.verdict_answers["provider-1"] = UNKNOWN
    async with open_memory(tmp_path, clock, noopur=settings(noopur.url)) as memory:
        for number in (1, 2):
            await memory.remember(None, generation=text(number))
            await memory.add_feedback(verdict(number, on=number))
        await until(lambda: noopur.commands() == [("provider-2", "+2")])
        await until(lambda: health(memory).details["feedback_refused"] == 1)
        await until(lambda: health(memory).details["feedback_waiting"] == 0)

        assert health(memory).status == "healthy"
    assert noopur.calls("/feedback") == 2


async def test_one_that_always_fails_blocks_nobody(tmp_path: Path, clock: Clock, noopur: Noopur) -> None:
    """An overloaded answer to one verdict may be about that verdict: the next has its turn before it."""
    noopur.verdict_answers["provider-1"] = (500, b"", {})
    async with open_memory(tmp_path, clock, noopur=settings(noopur.url)) as memory:
        for number in (1, 2):
            await memory.remember(None, generation=text(number))
            await memory.add_feedback(verdict(number, on=number))
        await until(lambda: noopur.commands() == [("provider-2", "+2")])
        await until(lambda: health(memory).details["feedback_waiting"] == 1)


async def test_one_process_alone_tells(tmp_path: Path, clock: Clock, noopur: Noopur) -> None:
    """A service that knows no repeats would count twice what two tell; when one ends, the other goes on."""
    noopur.answers["/feedback"] = "hang"
    async with open_memory(tmp_path, clock, noopur=settings(noopur.url)) as other:
        async with open_memory(tmp_path, clock, noopur=settings(noopur.url)) as memory:
            await memory.remember(None, generation=text(1))
            await memory.add_feedback(verdict(1))
            await until(lambda: len(noopur.told) == 1)
            # One is still telling; the round of the one that has looked is over.
            await until(lambda: 1 in {health(each).details["feedback_waiting"] for each in (memory, other)})
            assert noopur.calls("/feedback") == 1
            noopur.released.set()
            await until(lambda: health(other).details["feedback_waiting"] == 0)


@pytest.mark.parametrize("ordered", ["cut", (200, b"<html>", {})], ids=str)
async def test_one_whose_fate_is_unknown_is_told_again(
    tmp_path: Path, clock: Clock, noopur: Noopur, ordered
) -> None:
    """Under the same id, and behind the others."""
    noopur.answers["/feedback"] = ordered
    async with open_memory(tmp_path, clock, noopur=settings(noopur.url)) as memory:
        for number in (1, 2):
            await memory.remember(None, generation=text(number))
            await memory.add_feedback(verdict(number, on=number))
        await until(lambda: noopur.calls("/feedback") >= 1)
        del noopur.answers["/feedback"]
        await until(lambda: {name for name, _ in noopur.told[-2:]} == {"fbk_00001", "fbk_00002"})
        await until(lambda: health(memory).details["feedback_waiting"] == 0)


async def test_what_was_given_while_noopur_was_off_is_not_told_later(
    tmp_path: Path, clock: Clock, noopur: Noopur
) -> None:
    """Nor is anything while it is the generator itself, which hears of it from its module."""
    async with open_memory(tmp_path, clock) as memory:
        await memory.remember(None, generation=text(1))
        await memory.add_feedback(verdict(1))
    async with open_memory(tmp_path, clock, noopur=settings(noopur.url, is_told=False)) as memory:
        await memory.add_feedback(verdict(2))
        assert health(memory).details["is_told"] is False
    async with open_memory(tmp_path, clock, noopur=settings(noopur.url)) as memory:
        await memory.add_feedback(verdict(1))
        await memory.add_feedback(verdict(3))
        await until(lambda: health(memory).details["feedback_waiting"] == 0 and noopur.told)

    assert [name for name, _ in noopur.told] == ["fbk_00003"]


async def test_what_is_erased_is_not_told(opening: Opening, noopur: Noopur) -> None:
    """With a generation go its verdicts, with a user everything that waits."""
    noopur.answers["/feedback"] = (503, b"{}", {})
    async with opening(noopur) as memory:
        for number, user in ((1, "ada"), (2, "ada"), (3, "bob")):
            await memory.remember(None, generation=text(number, user=user))
            await memory.add_feedback(feedback(number, on=f"txt_{number:05d}", user=user))
        await memory.drop_generation("txt_00001", user_id="ada")
        await memory.erase("bob")
        del noopur.answers["/feedback"]
        await until(lambda: health(memory).details["feedback_waiting"] == 0 and noopur.told)

    assert [name for name, _ in noopur.told] == ["fbk_00002"]


# An older file


async def test_a_file_of_format_3_learns_to_wait_for_noopur(
    tmp_path: Path, clock: Clock, noopur: Noopur
) -> None:
    """What was judged before stays, and is not told; what is judged from now on is."""
    with closing(connect(tmp_path / "memory.db", isolation_level=None)) as older:
        for statement in (statement for migration in MIGRATIONS[:3] for statement in migration):
            older.execute(statement)
        older.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        older.execute("PRAGMA user_version = 3")
        older.execute(
            "INSERT INTO generations (id, user_id, module, created_us, provider_generation_id, payload)"
            " VALUES (?,?,?,?,?,?)",
            generation_row(text(1))[:6],
        )
        older.execute(
            f"INSERT INTO feedback ({FEEDBACK_COLUMNS}) VALUES (?,?,?,?,?,?,?,?)",  # noqa: S608 - constants
            feedback_row(verdict(1)),
        )

    async with open_memory(tmp_path, clock, noopur=settings(noopur.url)) as memory:
        assert await memory.add_feedback(verdict(2)) == 4
        await until(lambda: len(noopur.told) == 1)
        await until(lambda: health(memory).details["feedback_waiting"] == 0)

    assert [name for name, _ in noopur.told] == ["fbk_00002"]
