"""Exports of verdicts: complete, without names, and without what is private."""

import asyncio
import json
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from pydantic import BaseModel, Field

from adapters.memory import open_memory
from adapters.memory.copies import CopyProblem
from config import Settings
from core_integrator import Call, Intent, Made, RegisterAgent, Reply, hookimpl
from core_integrator.commands.export import export_feedback
from core_integrator.contracts.clock import SystemClock
from core_integrator.registry import Plugin
from tests.adapters.memory.conftest import mongo_settings, until_mode
from tests.adapters.memory.samples import NOON, feedback, generation, interaction
from tests.api.calls import core
from tests.commands.test_cli import integrator
from tests.mongowire import mongo_program
from tests.servers import hub_in_thread

FIELDS = {
    *("feedback_id", "created_at", "module", "user", "generation_id", "provider_generation_id", "score"),
    *("rating", "command", "comment", "generation", "request", "response"),
}


class Order(BaseModel):
    """What the studio takes."""

    text: str = Field(default=..., description="What to make.")
    note: str = Field(default="", validation_alias="privateNote", description="For nobody else.")


async def make(order: Order, call: Call) -> Reply:
    """Make something, and be careless with the note."""
    facts = {"text": order.text, "note": order.note, "user_id": call.user_id}
    made = Made(call.new_id("stu"), "theirs-1", facts)
    return Reply("made", {"generation_id": made.id, "user_id": call.user_id, "told": order.note}, made=made)


class Studio:
    """Makes things."""

    intents = {"make": Intent(Order, make, private=frozenset({"note"}), passing=frozenset({"told"}))}


class StudioPlugin:
    """Offers the studio twice."""

    @hookimpl
    def register_agents(self, register: RegisterAgent) -> None:
        """Offer the studio under two names."""
        register("studio", Studio)
        register("atelier", Studio)


@pytest.fixture
def client(settings: Settings) -> Iterator[httpx.Client]:
    """A hub with the studio."""
    with hub_in_thread(settings, plugins=[Plugin("studio", "1", StudioPlugin)]) as url:
        with httpx.Client(base_url=url, timeout=30) as opened:
            yield opened


def judged(client: httpx.Client, user: str, text: str, *, rating: int = 5, module: str = "studio") -> str:
    """Have something made and judge it; return its id."""
    data = {"text": text, "privateNote": f"hunter2 of {user}"}
    made = core(client, module, "make", data, user=user).json()["result"]
    assert made["told"] == f"hunter2 of {user}"
    verdict = {"generation_id": made["generation_id"], "rating": rating, "comment": text, "user_id": user}
    assert client.post("/feedback", json=verdict).status_code == 200
    return made["generation_id"]


def lines(text: str) -> list[dict]:
    """Return the lines of an export by their comments."""
    return sorted(map(json.loads, text.splitlines()), key=lambda line: line["comment"])


def test_verdicts_come_with_what_they_judge_and_without_names(
    client: httpx.Client, settings: Settings, tmp_path: Path
) -> None:
    """Two users of a running hub, with private fields, an alias of one, and a told one."""
    first = judged(client, "ada-the-user", "a ship 🎬", rating=4)
    judged(client, "bob-the-user", "boats")
    judged(client, "ada-the-user", "carts", module="atelier")

    done = integrator(
        *("export", "feedback", "--data-dir", settings.data_dir, "--out", "f.jsonl"), cwd=tmp_path
    )
    shown = integrator("export", "feedback", "--data-dir", settings.data_dir, cwd=tmp_path)

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "Exported 3 verdicts.\n")
    text = (tmp_path / "f.jsonl").read_text()
    assert stat.S_IMODE((tmp_path / "f.jsonl").stat().st_mode) == 0o600
    ship, boats, carts = lines(text)
    assert set(ship) == FIELDS
    assert ship["generation_id"] == first
    assert ship["generation"] == {"text": "a ship 🎬"}
    assert ship["request"] == {"module": "studio", "intent": "make", "data": {"text": "a ship 🎬"}}
    assert ship["response"] == {"status": "success", "message": "made", "result": {"generation_id": first}}
    assert (ship["score"], ship["rating"], ship["command"]) == (1, 4, None)
    assert (ship["provider_generation_id"], ship["module"], carts["module"]) == (
        "theirs-1",
        "studio",
        "atelier",
    )
    assert datetime.fromisoformat(ship["created_at"]).tzinfo == UTC
    assert ship["user"] == carts["user"] != boats["user"]
    for hidden in ("hunter2", "the-user", "user_id", "note"):
        assert hidden not in text
    again = lines(shown.stdout)
    assert [line["feedback_id"] for line in again] == [line["feedback_id"] for line in lines(text)]
    assert {line["user"] for line in again}.isdisjoint({ship["user"], boats["user"]})


def test_a_private_field_is_nowhere_in_the_memory(client: httpx.Client, settings: Settings) -> None:
    """Neither under its alias nor among the facts of what was made."""
    judged(client, "ada-the-user", "a ship")

    kept = b"".join(path.read_bytes() for path in settings.data_dir.glob("memory.db*"))
    assert b"a ship" in kept
    assert b"hunter2" not in kept


async def test_a_module_may_be_chosen(settings: Settings, tmp_path: Path) -> None:
    """Training one module wants its own verdicts only."""
    async with open_memory(settings.data_dir, SystemClock()) as memory:
        for number, module in enumerate(("video", "creator", "video")):
            await memory.remember(None, generation=generation(number, module=module))
            await memory.add_feedback(feedback(number, on=f"vid_{number:05d}"))

    assert await exported(settings, tmp_path, module="video") == ["vid_00000 alone", "vid_00002 alone"]
    assert await exported(settings, tmp_path, module="nobody") == []


def test_a_date_that_is_none_is_a_sentence(tmp_path: Path) -> None:
    """No trace for a typing error."""
    done = integrator("export", "feedback", "--since", "yesterday", cwd=tmp_path)

    assert done.returncode != 0
    assert "yesterday" in done.stderr
    assert "Traceback" not in done.stderr


async def filled(settings: Settings, count: int) -> None:
    """Remember so many verdicts; every second one's exchange is not remembered."""
    async with open_memory(settings.data_dir, SystemClock()) as memory:

        async def add(number: int) -> None:
            made = generation(number)
            said = interaction(number, response=json.dumps({"id": made.id})) if number % 2 else None
            await memory.remember(said, generation=made)
            await memory.add_feedback(feedback(number, on=made.id))

        await asyncio.gather(*map(add, range(count)))


async def test_every_verdict_comes_once_over_many_pages(settings: Settings, tmp_path: Path) -> None:
    """Each with its own exchange, or none."""
    await filled(settings, 1_050)

    count = await export_feedback(settings, tmp_path / "f.jsonl")

    found = [json.loads(line) for line in (tmp_path / "f.jsonl").read_text().splitlines()]
    assert count == 1_050
    assert [line["feedback_id"] for line in found] == [f"fbk_{number:05d}" for number in range(1_050)]
    assert [line["generation_id"] for line in found] == [f"vid_{number:05d}" for number in range(1_050)]
    assert [line["response"] for line in found] == [
        {"id": f"vid_{number:05d}"} if number % 2 else None for number in range(1_050)
    ]


async def test_since_is_a_moment(settings: Settings, tmp_path: Path) -> None:
    """Given at it counts, given before does not."""
    await filled(settings, 3)

    assert await export_feedback(settings, tmp_path / "a", since=NOON) == 3
    assert await export_feedback(settings, tmp_path / "b", since=NOON.replace(microsecond=1)) == 0


@pytest.mark.parametrize(
    ("place", "why"), [("there", "--force replaces it"), ("data/f.jsonl", "lies in the data folder")]
)
async def test_a_place_that_would_do_harm_is_refused(
    settings: Settings, tmp_path: Path, place: str, why: str
) -> None:
    """As for a backup."""
    await filled(settings, 1)
    (tmp_path / "there").write_text("precious")

    with pytest.raises(CopyProblem, match=why):
        await export_feedback(settings, tmp_path / place)

    assert (tmp_path / "there").read_text() == "precious"
    assert not (settings.data_dir / "f.jsonl").exists()


def test_a_reader_that_ends_early_is_no_trace(client: httpx.Client, settings: Settings) -> None:
    """``| head`` is not a defect."""
    for number in range(2):
        judged(client, "ada", "x" * 500 if number else "y")
    script = f"{sys.executable} -m core_integrator export feedback --data-dir {settings.data_dir} | true"

    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=False)

    assert "Traceback" not in done.stderr
    assert "Exception ignored" not in done.stderr


# Under MongoDB


def under(settings: Settings, url: str) -> Settings:
    """Return the settings of a hub with MongoDB."""
    used = mongo_settings(url)
    return settings.model_copy(
        update={
            "use_mongodb": True,
            "mongodb_connection_string": used.connection_string,
            "mongodb_database_name": used.database,
        }
    )


async def exported(settings: Settings, tmp_path: Path, **given: object) -> list[str]:
    """Return the generations that an export tells of, in its order, each with whether its exchange came."""
    target = tmp_path / "f.jsonl"
    await export_feedback(settings, target, force=True, **given)
    found = map(json.loads, target.read_text().splitlines())
    return [line["generation_id"] + ("" if line["response"] else " alone") for line in found]


async def judge(memory: object, number: int, *, user: str = "ada") -> None:
    """Remember something with its exchange and a verdict."""
    made = generation(number, user=user)
    said = interaction(number, user=user, response=json.dumps({"id": made.id}))
    await memory.remember(said, generation=made)
    await memory.add_feedback(feedback(number, on=made.id, user=user))


async def test_mongodb_is_completed_by_what_waits(settings: Settings, tmp_path: Path) -> None:
    """With other hosts' verdicts, without those whose forgetting waits; never a part in silence."""
    with mongo_program(tmp_path / "mongo") as server:
        chosen = under(settings, server.url)
        other = chosen.model_copy(update={"data_dir": tmp_path / "other"})
        async with open_memory(other.data_dir, SystemClock(), other.mongo) as memory:
            await until_mode(memory, "primary")
            for number in (1, 4, 6):
                await judge(memory, number, user="bob" if number == 6 else "ada")
        async with open_memory(chosen.data_dir, SystemClock(), chosen.mongo) as memory:
            await until_mode(memory, "primary")
            await judge(memory, 2)
            server.kill()
            await judge(memory, 3)
            # Made and judged on the other host, forgotten on this one.
            await memory._journal.queue_drop("vid_00004", "ada")
            await memory._journal.erase_until("bob")

        with pytest.raises(CopyProblem, match="MongoDB does not answer"):
            await exported(chosen, tmp_path)
        assert not (tmp_path / "f.jsonl").exists()
        assert await exported(chosen, tmp_path, journal_only=True) == ["vid_00002", "vid_00003"]
        with pytest.raises(CopyProblem, match="are in MongoDB too"):
            await exported(settings, tmp_path)

        server.start()
        assert await exported(chosen, tmp_path) == ["vid_00001", "vid_00002", "vid_00003"]
        assert waiting(chosen.data_dir) > 0, "an export replays nothing"


def waiting(data_dir: Path) -> int:
    """Return how much waits for MongoDB."""
    connection = sqlite3.connect(data_dir / "memory.db")
    (count,) = connection.execute("SELECT count(*) FROM backlog").fetchone()
    connection.close()
    return count


def test_a_mongodb_that_is_none_is_a_sentence(settings: Settings, tmp_path: Path) -> None:
    """Without the password, and without a trace."""
    asyncio.run(filled(settings, 1))

    done = integrator(
        *("export", "feedback", "--data-dir", settings.data_dir),
        cwd=tmp_path,
        USE_MONGODB="1",
        MONGODB_CONNECTION_STRING="mongodb://ada:hunter2@:x",
    )

    assert done.returncode == 1
    assert done.stderr == "integrator: MONGODB_CONNECTION_STRING is no address of a MongoDB\n"
