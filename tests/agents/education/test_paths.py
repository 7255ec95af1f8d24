"""Paths over HTTP: planning, walking, and what is refused (CI-08)."""

import httpx
import pytest

from tests.api.calls import core, error_of

TOPICS = [
    {"id": "A", "title": "Numbers", "prerequisites": [], "minutes": 20},
    {"id": "B", "title": "Fractions", "prerequisites": ["A"], "minutes": 30},
    {"id": "C", "title": "Ratios", "prerequisites": ["B"], "minutes": 25},
    {"id": "D", "title": "Proportion", "prerequisites": ["C", "A"], "minutes": 20},
    {"id": "E", "title": "Shapes", "prerequisites": [], "minutes": 15},
]


def result(answer: httpx.Response) -> dict:
    """Return the result of a success."""
    assert answer.status_code == 200, answer.text
    return answer.json()["result"]


def planned(client: httpx.Client, *, user: str = "ada", **changes: object) -> dict:
    """Plan the path of §7.3 and return it."""
    data = {"goal": "D", "known": ["A"], "topics": TOPICS, **changes}
    return result(core(client, "education", "path", data, user=user))


def report(client: httpx.Client, path: dict, *, user: str = "ada", key: str | None = None, **data: object):
    """Report progress and return the HTTP answer."""
    headers = {"Idempotency-Key": key} if key else {}
    data = {"path_id": path["path_id"], **data}
    return core(client, "education", "progress", data, user=user, **headers)


def test_a_path_leads_to_its_goal_and_is_walked_in_order(client: httpx.Client) -> None:
    """CI-08, step by step."""
    path = planned(client)

    assert [step["id"] for step in path["steps"]] == ["B", "C", "D"]
    assert (path["total_minutes"], path["skipped"], path["percent"], path["next"]) == (75, ["A"], 0.0, "B")
    once = result(report(client, path, topic_id="B", event="complete"))
    again = result(report(client, path, topic_id="B", event="complete"))
    early = report(client, path, topic_id="D", event="complete")
    assert (once["percent"], again["percent"], again["next"]) == (33.3, 33.3, "C")
    assert early.status_code == 409
    assert error_of(early)["code"] == "wrong_state"
    assert error_of(early)["details"]["missing"] == ["C"]
    assert "'C'" in early.json()["message"]
    assert result(report(client, path, topic_id="C", event="complete"))["percent"] == 66.7
    last = result(report(client, path, topic_id="D", event="complete"))
    assert (last["percent"], last["next"], last["open"]) == (100.0, None, [])
    assert last["completed"] == ["B", "C", "D"]


def test_what_is_known_needs_nothing_before_it(client: httpx.Client) -> None:
    """Who knows C need not learn B, which only C needs; who knows the goal has arrived."""
    short = planned(client, known=["C"])
    arrived = planned(client, known=["D"])

    assert [step["id"] for step in short["steps"]] == ["A", "D"]
    assert short["skipped"] == ["C"]
    assert (arrived["steps"], arrived["total_minutes"], arrived["percent"]) == ([], 0, 100.0)
    assert arrived["next"] is None


def test_topics_are_remembered_for_the_next_path(client: httpx.Client) -> None:
    """They are given once; another user has none, and is told so."""
    planned(client)

    again = result(core(client, "education", "path", {"goal": "C"}))
    stranger = core(client, "education", "path", {"goal": "C"}, user="bob")

    assert [step["id"] for step in again["steps"]] == ["A", "B", "C"]
    assert stranger.status_code == 422
    assert error_of(stranger)["details"]["fields"][0]["path"] == "data.topics"


def test_a_path_planned_anew_keeps_what_was_done(client: httpx.Client) -> None:
    """A learner who finds out that she knows C has two steps left, one of them done."""
    path = planned(client, known=[])
    report(client, path, topic_id="A", event="complete")

    anew = result(
        core(client, "education", "path", {"goal": "D", "known": ["C"], "path_id": path["path_id"]})
    )

    assert anew["path_id"] == path["path_id"]
    assert (anew["percent"], anew["next"]) == (50.0, "D")


def test_scores_become_mastery_with_the_newest_counting_most(client: httpx.Client) -> None:
    """0.5 and then 1.0 is better than 1.0 and then 0.5; the figures are 0.5 + 0.6·0.5 and 1 − 0.6·0.5."""
    path = planned(client, known=["A", "B"])
    rising = [result(report(client, path, topic_id="C", event="score", score=s)) for s in (0.5, 1.0)][-1]
    other = planned(client, known=["A", "B"])
    falling = [result(report(client, other, topic_id="C", event="score", score=s)) for s in (1, 0.5)][-1]

    assert (rising["mastery"], rising["mastered"]) == ({"C": 0.8}, ["C"])
    assert (falling["mastery"], falling["mastered"]) == ({"C": 0.7}, [])
    assert rising["percent"] == 0.0


def test_one_key_counts_once(client: httpx.Client) -> None:
    """A repeated report adds no minutes and no score."""
    path = planned(client)
    for _ in range(2):
        report(client, path, key="lesson-1", topic_id="B", event="score", score=0.4, minutes=12.5)

    stands = result(report(client, path))

    assert (stands["minutes_spent"], stands["mastery"], stands["streak"]) == (12.5, {"B": 0.4}, 1)


def test_users_never_see_each_others_paths(client: httpx.Client) -> None:
    """A foreign path is as unknown as one that never was."""
    path = planned(client)
    report(client, path, topic_id="B", event="complete", minutes=10)

    foreign = report(client, path, user="bob")
    unknown = report(client, {"path_id": "path_none"}, user="bob")
    analysis = result(core(client, "education", "analyze", user="bob"))
    again = core(client, "education", "path", {"goal": "D", "path_id": path["path_id"]}, user="bob")

    assert foreign.status_code == unknown.status_code == again.status_code == 404
    assert foreign.json()["message"] == unknown.json()["message"]
    assert (analysis["minutes_spent"], analysis["steps"]) == (0, 0)


@pytest.mark.parametrize(
    ("topics", "said"),
    [
        ([{"id": "A", "title": "a", "minutes": 1, "prerequisites": ["Z"]}], ["'A'", "'Z'"]),
        (
            [
                {"id": "A", "title": "a", "minutes": 1, "prerequisites": ["B"]},
                {"id": "B", "title": "b", "minutes": 1, "prerequisites": ["C"]},
                {"id": "C", "title": "c", "minutes": 1, "prerequisites": ["A"]},
            ],
            ["cycle", "A", "B", "C"],
        ),
        ([{"id": "A", "title": "a", "minutes": 1, "prerequisites": ["A"]}], ["cycle", "A"]),
    ],
)
def test_topics_of_which_no_path_can_be_made_are_named(client: httpx.Client, topics, said) -> None:
    """A cycle and an unknown prerequisite are impossible, and the message says which topics to mend."""
    answer = core(client, "education", "path", {"goal": "A", "topics": topics})

    assert answer.status_code == 400
    assert error_of(answer)["code"] == "invalid_argument"
    assert all(word in answer.json()["message"] for word in said)


@pytest.mark.parametrize(
    ("changes", "status", "named"),
    [
        ({"goal": "Z"}, 400, "goal"),
        ({"known": ["Z"]}, 400, "known"),
        ({"topics": [*TOPICS, TOPICS[0]]}, 422, "data.topics.5.id"),
        ({"topics": []}, 422, "data.topics"),
        ({"topics": [{**TOPICS[0], "minutes": 0}]}, 422, "data.topics.0.minutes"),
        ({"topics": [{**TOPICS[0], "minutes": "x"}]}, 422, "data.topics.0.minutes"),
        ({"topics": [{**TOPICS[0], "minutes": True}]}, 422, "data.topics.0.minutes"),
        ({"topics": [{**TOPICS[0], "id": "a b"}]}, 422, "data.topics.0.id"),
        ({"topics": [{**TOPICS[0], "title": " "}]}, 422, "data.topics.0.title"),
        ({"topics": [{**TOPICS[0], "id": str(n)} for n in range(1001)]}, 422, "data.topics"),
        ({"goal": 5}, 422, "data.goal"),
        ({"unknown": 1}, 422, "data.unknown"),
        ({"path_id": "../etc/passwd"}, 422, "data.path_id"),
    ],
)
def test_a_path_that_cannot_be_is_refused_by_its_field(
    client: httpx.Client, changes: dict, status: int, named: str
) -> None:
    """The caller reads what to mend."""
    answer = core(client, "education", "path", {"goal": "D", "topics": TOPICS, **changes})

    assert answer.status_code == status
    details = error_of(answer)["details"]
    assert (details.get("field") or details["fields"][0]["path"]) == named


@pytest.mark.parametrize(
    ("data", "status", "named"),
    [
        ({"topic_id": "E", "event": "complete"}, 400, "'E'"),
        ({"topic_id": "A", "event": "complete"}, 400, "'A'"),
        ({"topic_id": "Z", "event": "start"}, 400, "'Z'"),
        ({"topic_id": "C", "event": "start"}, 409, "'B'"),
        ({"topic_id": "C", "event": "score", "score": 1}, 409, "'B'"),
        ({"event": "complete"}, 422, "data.topic_id"),
        ({"topic_id": "B", "event": "score"}, 422, "data.score"),
        ({"topic_id": "B", "event": "start", "score": 1}, 422, "data.score"),
        ({"topic_id": "B", "event": "score", "score": 1.1}, 422, "data.score"),
        ({"topic_id": "B", "event": "score", "score": "x"}, 422, "data.score"),
        ({"topic_id": "B", "event": "score", "score": True}, 422, "data.score"),
        ({"topic_id": "B", "event": "finish"}, 422, "data.event"),
        ({"topic_id": "B", "event": "start", "minutes": -1}, 422, "data.minutes"),
        ({"topic_id": "B", "minutes": 5}, 422, "data.event"),
    ],
)
def test_a_report_that_cannot_be_is_refused_and_changes_nothing(
    client: httpx.Client, data: dict, status: int, named: str
) -> None:
    """A topic that is closed, foreign to the path or badly reported leaves no trace."""
    path = planned(client)

    answer = report(client, path, **data)

    assert answer.status_code == status
    assert named in answer.json()["message"]
    stands = result(report(client, path))
    assert (stands["percent"], stands["minutes_spent"], stands["mastery"], stands["streak"]) == (0, 0, {}, 0)


def test_a_thousand_topics_in_a_row_are_planned(client: httpx.Client) -> None:
    """The limit is usable, not only stated."""
    chain = [
        {"id": f"t{n}", "title": f"Topic {n}", "minutes": 1, "prerequisites": [f"t{n - 1}"] if n else []}
        for n in range(1000)
    ]

    path = planned(client, goal="t999", known=[], topics=chain[::-1])

    assert [step["id"] for step in path["steps"]] == [f"t{n}" for n in range(1000)]


def test_topic_ids_may_be_words_of_any_language(client: httpx.Client) -> None:
    """A teacher writes the ids in her own script."""
    topics = [
        {"id": "числа", "title": "Числа", "minutes": 5},
        {"id": "дроби", "title": "Дроби", "minutes": 5, "prerequisites": ["числа"]},
    ]
    path = planned(client, goal="дроби", known=[], topics=topics)

    stands = result(report(client, path, topic_id="числа", event="complete"))

    assert (stands["percent"], stands["next"]) == (50.0, "дроби")
