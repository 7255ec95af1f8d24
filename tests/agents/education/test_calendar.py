"""What depends on the day: reviews by FSRS, streaks, forecasts; on a clock that moves when told to."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import fsrs
import pytest

import agents.education
from config import Settings
from core_integrator import rfc3339
from core_integrator.testing import TestHub, open_test_hub
from tests.agents.education.test_paths import TOPICS
from tests.servers import free_port

DAY_S = 86_400
RATINGS = {0.0: 1, 0.59: 1, 0.6: 2, 0.79: 2, 0.8: 3, 0.94: 3, 0.95: 4, 1.0: 4}


@pytest.fixture
async def hub() -> AsyncIterator[TestHub]:
    """A hub with the module and a clock of the test's own."""
    settings = Settings(creatorcore_base_url=f"http://127.0.0.1:{free_port()}")
    async with open_test_hub(agents.education, settings=settings) as opened:
        yield opened


async def planned(hub: TestHub, **changes: object) -> str:
    """Plan the path of §7.3 and return its id."""
    data = {"goal": "D", "known": ["A"], "topics": TOPICS, **changes}
    return (await hub.call("education", "path", data))["path_id"]


async def report(hub: TestHub, path_id: str, **data: object) -> dict:
    """Report progress and return where one stands."""
    return await hub.call("education", "progress", {"path_id": path_id, **data})


def by_fsrs(history: list[tuple[datetime, float]]) -> datetime:
    """Return the due date by the library itself, with every interval in whole days."""
    scheduler = fsrs.Scheduler(learning_steps=[], relearning_steps=[], enable_fuzzing=False)
    card = fsrs.Card()
    for at, score in history:
        card, _ = scheduler.review_card(card, fsrs.Rating(RATINGS[score]), at)
    return card.due


@pytest.mark.parametrize("scores", [[0.0], [0.6, 0.8], [1.0, 1.0, 0.59, 0.95], [0.8, 0.79, 0.94, 0.8]])
async def test_review_dates_are_those_of_fsrs(hub: TestHub, scores: list[float]) -> None:
    """Recomputed with the library after each score; the topic is not due before and is due then."""
    path_id = await planned(hub)
    history: list[tuple[datetime, float]] = []
    for score in scores:
        await report(hub, path_id, topic_id="B", event="score", score=score)
        history.append((hub.clock.now(), score))
        due = by_fsrs(history)

        early = await hub.call("education", "review", {})
        hub.clock.advance((due - hub.clock.now()).total_seconds())
        late = await hub.call("education", "review", {})

        assert (early["due_count"], late["due_count"]) == (0, 1)
        assert early["repeat"][0]["due_at"] == late["repeat"][0]["due_at"] == rfc3339(due)
        assert (late["repeat"][0]["topic_id"], late["next"]["action"]) == ("B", "repeat")
        assert f"mastery {late['repeat'][0]['mastery']:g}" in late["repeat"][0]["reason"]


async def test_a_quiz_moves_the_date_of_its_step(hub: TestHub) -> None:
    """A failed quiz brings the topic back tomorrow; quizzes beside paths are repeated as well."""
    path_id = await planned(hub)
    text = "Zinc is a metal that coats iron against rust. Brass is a mixture that holds zinc and copper."
    quiz = {"source_text": text, "count": 1}
    on_path = await hub.call("education", "quiz", {**quiz, "path_id": path_id, "topic_id": "B"})
    beside = await hub.call("education", "quiz", {**quiz, "topic": "Metals"})
    wrong = [{"question_id": "q1", "answer": "nonsense"}]

    again = await hub.call("education", "quiz", {**quiz, "topic": " METALS "})

    results = [
        await hub.call("education", "answer", {"quiz_id": each["quiz_id"], "answers": wrong})
        for each in (on_path, beside, again)
    ]
    hub.clock.advance(DAY_S)
    given = await hub.call("education", "review", {})

    tomorrow = rfc3339(hub.clock.now())
    assert [result["review_at"] for result in results] == [tomorrow] * 3
    assert [(each["path_id"], each["topic_id"], each["title"]) for each in given["repeat"]] == [
        (path_id, "B", "Fractions"),
        (None, None, "Metals"),
    ]
    assert [each["mastery"] for each in given["repeat"]] == [0.0, 0.0]


async def test_what_is_completed_and_never_scored_is_due(hub: TestHub) -> None:
    """A new card is due at once: nobody knows yet whether it was learned."""
    path_id = await planned(hub)
    await report(hub, path_id, topic_id="B", event="complete")

    given = await hub.call("education", "review", {})

    assert given["due_count"] == 1
    assert given["repeat"][0]["reason"] == "completed and never scored"
    assert given["repeat"][0]["mastery"] is None


async def test_the_next_step_follows_from_what_is_there(hub: TestHub) -> None:
    """Plan, then learn, then wait for the next repetition."""
    nothing = await hub.call("education", "review", {})
    path_id = await planned(hub, known=["A", "B", "C"])
    planned_only = await hub.call("education", "review", {})
    await report(hub, path_id, topic_id="D", event="complete", score=1.0)
    finished = await hub.call("education", "review", {})

    assert (nothing["repeat"], nothing["next"]["action"]) == ([], "plan")
    assert (planned_only["next"]["action"], planned_only["next"]["topic_id"]) == ("learn", "D")
    assert (finished["next"]["action"], finished["due_count"], len(finished["repeat"])) == ("wait", 0, 1)


async def test_a_report_that_comes_again_later_counts_once(hub: TestHub) -> None:
    """After a crash the hub may run a request anew: what was kept stays, with its first moment."""
    path_id = await planned(hub)
    data = {"path_id": path_id, "topic_id": "B", "event": "score", "score": 0.4, "minutes": 10}
    first = await hub.call("education", "progress", data, key="once")
    hub.clock.advance(3 * DAY_S)

    again = await hub.call("education", "progress", data, key="once")
    analysis = await hub.call("education", "analyze", {})

    assert (first["minutes_spent"], again["minutes_spent"], again["mastery"]) == (10, 10, {"B": 0.4})
    assert (first["streak"], again["streak"]) == (1, 0)
    assert (analysis["active_days"], analysis["gaps"][0]["scores"]) == (1, 1)


async def test_an_order_that_comes_again_makes_the_same_things(hub: TestHub) -> None:
    """Paths, lessons and quizzes have ids that follow from the request."""
    text = (
        "Zinc is a metal that coats iron. Brass is a mixture that holds zinc. Both are melted in a furnace."
    )
    orders = {
        "path": {"goal": "D", "topics": TOPICS},
        "generate": {"topic": "metals", "source_text": text},
        "quiz": {"source_text": text},
    }

    for intent, data in orders.items():
        once, again = [await hub.call("education", intent, data, key="same") for _ in range(2)]
        other = await hub.call("education", intent, data, key="other")
        assert once == again
        assert once != other


async def test_a_streak_counts_days_of_utc_up_to_yesterday(hub: TestHub) -> None:
    """Two minutes around midnight are two days; a day left out ends it."""
    path_id = await planned(hub)
    hub.clock.advance(DAY_S - 60)
    lengths = [(await report(hub, path_id, topic_id="B", event="start"))["streak"]]
    hub.clock.advance(120)
    lengths.append((await report(hub, path_id, topic_id="B", event="start"))["streak"])
    hub.clock.advance(DAY_S)
    lengths.append((await report(hub, path_id))["streak"])
    hub.clock.advance(DAY_S)
    lengths.append((await report(hub, path_id))["streak"])

    assert lengths == [1, 2, 2, 0]


async def test_a_forecast_is_the_rest_divided_by_the_pace(hub: TestHub) -> None:
    """40 minutes in 2 days leave 45 planned minutes for 3 days more; without minutes it says why not."""
    path_id = await planned(hub)
    unknown = (await hub.call("education", "analyze", {}))["forecast"]
    await report(hub, path_id, topic_id="B", event="start", minutes=25)
    hub.clock.advance(DAY_S)
    await report(hub, path_id, topic_id="B", event="complete", minutes=15, score=0.9)

    analysis = await hub.call("education", "analyze", {"path_id": path_id})

    assert (unknown["finish_on"], unknown["remaining_minutes"]) == (None, 75)
    assert "no minutes" in unknown["reason"]
    forecast = analysis["forecast"]
    assert (forecast["remaining_minutes"], forecast["minutes_per_day"]) == (45, 20.0)
    assert forecast["finish_on"] == (hub.clock.now() + timedelta(days=3)).date().isoformat()
    assert (analysis["minutes_spent"], analysis["active_days"], analysis["streak"]) == (40, 2, 2)
    assert (analysis["completed"], analysis["steps"]) == (1, 3)


async def test_strengths_and_gaps_rest_on_mastery(hub: TestHub) -> None:
    """Each names its figure, and they are the ones that progress shows."""
    path_id = await planned(hub)
    for topic, score in (("B", 0.95), ("C", 0.3)):
        stands = await report(hub, path_id, topic_id=topic, event="complete", score=score)

    analysis = await hub.call("education", "analyze", {})

    assert [(each["topic_id"], each["mastery"]) for each in analysis["strengths"]] == [("B", 0.95)]
    assert [(each["topic_id"], each["mastery"]) for each in analysis["gaps"]] == [("C", 0.3)]
    assert {each["topic_id"]: each["mastery"] for each in analysis["strengths"] + analysis["gaps"]} == stands[
        "mastery"
    ]
    assert analysis["gaps"][0]["reason"] == "mastery 0.3 over 1 score, below 0.8"


async def test_a_pace_too_slow_to_ever_arrive_is_told_as_such(hub: TestHub) -> None:
    """No date beyond the calendar is invented."""
    path_id = await planned(hub, topics=[{**topic, "minutes": 10_000} for topic in TOPICS])
    await report(hub, path_id, topic_id="B", event="start", minutes=0.01)

    forecast = (await hub.call("education", "analyze", {}))["forecast"]

    assert forecast["finish_on"] is None
    assert "hundred years" in forecast["reason"]
