"""Lessons about a topic alone: CreatorCore writes the text, and that is said."""

import hashlib
from collections.abc import Iterator

import httpx
import pytest

from config import Settings
from tests.agents.education.test_paths import result
from tests.api.calls import core
from tests.servers import Program, creator_program, free_port, hub_in_thread


@pytest.fixture(scope="module")
def creatorcore(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    """CreatorCore."""
    with creator_program(tmp_path_factory.mktemp("creatorcore")) as program:
        yield program


@pytest.fixture(scope="module")
def client(creatorcore: Program, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """A client of a hub that reaches it."""
    settings = Settings(
        data_dir=tmp_path_factory.mktemp("hub"),
        creatorcore_base_url=creatorcore.url,
        video_service_url=f"http://127.0.0.1:{free_port()}",
        log_level="WARNING",
    )
    with hub_in_thread(settings) as url, httpx.Client(base_url=url, timeout=30) as opened:
        yield opened


def written(creatorcore: Program, user: str) -> list[dict]:
    """Return what CreatorCore wrote for a user, who is to it a number without a name."""
    owner = hashlib.sha256(user.encode()).hexdigest()[:32]
    answer = httpx.get(f"{creatorcore.url}/history", params={"limit": 50, "owner": owner})
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_a_lesson_without_a_text_is_taken_from_what_creatorcore_wrote(
    client: httpx.Client, creatorcore: Program
) -> None:
    """One request orders one text, however often it is repeated; the lesson names its maker."""
    key = {"Idempotency-Key": "lesson-1"}

    lesson, again = (
        result(core(client, "education", "generate", {"topic": "solar lamps"}, user="zoe", **key))
        for _ in range(2)
    )

    texts = written(creatorcore, "zoe")
    assert lesson == again
    assert (lesson["source"], lesson["model"]) == ("creatorcore", "reference-text-1")
    assert "not by an AI model" in lesson["note"]
    assert len(texts) == 1
    assert all(point in texts[0]["text"] for point in lesson["key_points"])
    assert "zoe" not in str(texts)


def test_a_quiz_about_a_topic_is_asked_from_what_is_there(client: httpx.Client, creatorcore: Program) -> None:
    """Without a lesson CreatorCore is asked; with one it is not asked again."""
    first = result(core(client, "education", "quiz", {"topic": "tides"}, user="yan"))
    result(core(client, "education", "generate", {"topic": "tides"}, user="yan"))
    before = written(creatorcore, "yan")

    second = result(core(client, "education", "quiz", {"topic": "Tides"}, user="yan"))

    assert (first["source"], second["source"]) == ("creatorcore", "lesson")
    assert first["model"] == second["model"] == "reference-text-1"
    assert len(before) == 2
    assert written(creatorcore, "yan") == before
