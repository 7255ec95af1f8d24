"""Lessons over HTTP: everything in them comes from the text."""

import httpx
import pytest

from tests.agents.education.texts import LEAVES, LEAVES_TERMS, LIGHTHOUSE, OTHER_SCRIPTS
from tests.api.calls import core, error_of


def made(client: httpx.Client, text: str, *, user: str = "ada", **data: object) -> dict:
    """Have a lesson made and return it."""
    asked = {"topic": "plants", "source_text": text, **data}
    answer = core(client, "education", "generate", asked, user=user)
    assert answer.status_code == 200, answer.text
    return answer.json()["result"]


@pytest.mark.parametrize(
    ("level", "objectives", "key_points"), [("beginner", 2, 3), ("intermediate", 3, 4), ("advanced", 4, 5)]
)
def test_a_lesson_is_taken_from_the_text(
    client: httpx.Client, level: str, objectives: int, key_points: int
) -> None:
    """Key points stand in it word for word, objectives name its terms, it settles the exercises (CI-08)."""
    lesson = made(client, LEAVES, level=level)

    assert (len(lesson["objectives"]), len(lesson["key_points"])) == (objectives, key_points)
    assert all(point in LEAVES for point in lesson["key_points"])
    assert all(any(term in objective for term in LEAVES_TERMS) for objective in lesson["objectives"])
    assert lesson["examples"]
    assert all(example in LEAVES for example in lesson["examples"])
    assert not set(lesson["examples"]) & set(lesson["key_points"])
    assert lesson["exercises"]
    for exercise in lesson["exercises"]:
        assert all(part in LEAVES for part in exercise["solution"].replace(". ", ".|").split("|"))
    assert (lesson["source"], lesson["model"]) == ("text", None)


def test_the_level_chooses_other_sentences(client: httpx.Client) -> None:
    """Beginners read the short and plain ones, the advanced the long ones with rare words."""
    lessons = {level: made(client, LEAVES, level=level)["key_points"] for level in ("beginner", "advanced")}

    mean = {level: sum(map(len, points)) / len(points) for level, points in lessons.items()}
    assert mean["beginner"] < mean["advanced"]
    assert set(lessons["beginner"]) - set(lessons["advanced"])


def test_figures_of_a_text_become_exercises(client: httpx.Client) -> None:
    """A gap stands where the number stood, and a text without definitions still teaches."""
    lesson = made(client, LIGHTHOUSE, topic="lighthouse")

    gaps = [each for each in lesson["exercises"] if each["kind"] == "gap"]
    assert "The lighthouse at Orrin Bay was built in ____." in gaps[0]["task"]
    assert gaps[0]["solution"] == "The lighthouse at Orrin Bay was built in 1874."
    assert any("keeper" in objective or "lighthouse" in objective for objective in lesson["objectives"])


def test_another_text_is_another_lesson(client: httpx.Client) -> None:
    """Nothing in a lesson is there whatever the text: no stock phrases."""
    one, other = made(client, LEAVES), made(client, LIGHTHOUSE)

    for part in ("objectives", "key_points", "examples"):
        assert not set(one[part]) & set(other[part])


@pytest.mark.parametrize("language", OTHER_SCRIPTS)
def test_texts_of_other_scripts_are_understood(client: httpx.Client, language: str) -> None:
    """Sentences end with their own marks, and what is defined is found in each language's own form."""
    text = OTHER_SCRIPTS[language]

    lesson = made(client, text, language=language)
    quiz = core(client, "education", "quiz", {"source_text": text, "count": 3, "language": language})

    assert all(point in text for point in lesson["key_points"])
    assert all(any(word in text for word in _named(objective)) for objective in lesson["objectives"])
    assert len(quiz.json()["result"]["questions"]) == 3


def _named(objective: str) -> list[str]:
    for opening, closing in ("„“", "“”", "«»"):
        if opening in objective:
            return [objective.partition(opening)[2].partition(closing)[0].strip()]
    return []


def test_a_wrapped_text_gives_whole_sentences(client: httpx.Client) -> None:
    """A line break inside a paragraph ends no sentence; a heading is none."""
    wrapped = (
        "Light and Leaves\n"
        "Photosynthesis is the process by which green plants make\n"
        "glucose from carbon dioxide and water. Chlorophyll is the\n"
        "green pigment that absorbs light, mostly red and blue. The\n"
        "energy comes from sunlight.\n"
    )

    points = [" ".join(point.split()) for point in made(client, wrapped)["key_points"]]

    assert points[0].startswith("Photosynthesis is the process")
    assert points[0].endswith("make glucose from carbon dioxide and water.")
    assert "The energy comes from sunlight." in points


@pytest.mark.parametrize(
    "text",
    [
        "Short.",
        "x",
        "😀 😀 😀",
        "... !!! ???",
        "สวัสดีชาวโลก วันนี้อากาศดีมาก",
        "word " * 5000,
        "Water is wet. Fire is hot.",
        "\u202e.\u0301\u200b",
    ],
)
def test_a_text_that_gives_no_lesson_is_told_what_it_lacks(client: httpx.Client, text: str) -> None:
    """422 that names source_text and says how much is needed, instead of an invented lesson."""
    answer = core(client, "education", "generate", {"topic": "plants", "source_text": text})

    assert answer.status_code == 422
    assert error_of(answer)["details"]["fields"][0]["path"] == "data.source_text"
    assert "needs 2 terms" in answer.json()["message"]


@pytest.mark.parametrize(
    ("data", "named"),
    [
        ({"topic": "a", "source_text": "x" * 2_000_000}, "data.source_text"),
        ({"topic": "a", "source_text": "  "}, "data.source_text"),
        ({"topic": "a", "source_text": 5}, "data.source_text"),
        ({"topic": " "}, "data.topic"),
        ({}, "data.topic"),
        ({"topic": "a" * 201}, "data.topic"),
        ({"topic": "a", "level": "expert"}, "data.level"),
        ({"topic": "a", "language": "English!"}, "data.language"),
        ({"topic": "a", "text": "b"}, "data.text"),
    ],
)
def test_an_order_that_is_none_is_refused_by_its_field(client: httpx.Client, data: dict, named: str) -> None:
    """The caller reads what to mend."""
    answer = core(client, "education", "generate", data)

    assert answer.status_code == 422
    assert error_of(answer)["details"]["fields"][0]["path"] == named


def test_the_longest_text_is_a_lesson_in_time(client: httpx.Client) -> None:
    """200 000 characters of different sentences, within the hub's limit on a call."""
    pairs = "".join(
        f"Term{n} is the part number {n} that drives wheel{n} of the engine. " for n in range(3200)
    )

    lesson = made(client, pairs[:200_000], level="advanced")

    assert len(lesson["key_points"]) == 5


@pytest.mark.parametrize("intent", ["generate", "quiz"])
def test_without_a_text_and_without_creatorcore_it_says_what_it_needs(
    client: httpx.Client, intent: str
) -> None:
    """503 within the hub's limit on a call, naming the field that would do; nothing is invented."""
    answer = core(client, "education", intent, {"topic": "volcanoes"}, user="away")

    assert answer.status_code == 503
    error = error_of(answer)
    assert (error["code"], error["retryable"]) == ("service_unavailable", True)
    assert error["details"]["needs"] == "data.source_text"
    assert "source_text" in answer.json()["message"]
    assert client.get("/get-history", params={"user_id": "away"}).json() == []


def test_the_text_itself_is_not_remembered(client: httpx.Client) -> None:
    """The history shows the lesson, not the text that somebody else may own."""
    made(client, LEAVES, user="private")

    history = client.get("/get-history", params={"user_id": "private"}).json()

    assert history[0]["request"]["data"] == {"topic": "plants"}
    assert "Lesson 2: Sugar and Starch" not in str(history)
