"""The creator module through the hub, with CreatorCore behind it (CI-10, CI-11)."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.api.calls import core, error_of
from tests.servers import Program, creator_program, free_port, hub_program, until

LAMP = {"topic": "solar lamp", "goal": "sell", "type": "ad"}


@pytest.fixture(scope="module")
def creatorcore(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    """CreatorCore, with room for many calls a minute."""
    folder = tmp_path_factory.mktemp("creatorcore")
    with creator_program(folder, CREATORCORE_RATE_LIMIT_GENERATE="100000") as program:
        yield program


@pytest.fixture(scope="module")
def hub(creatorcore: Program, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    """A hub that reaches it."""
    with hub_program(tmp_path_factory.mktemp("hub"), CREATORCORE_BASE_URL=creatorcore.url) as program:
        yield program


@pytest.fixture(scope="module")
def client(hub: Program) -> Iterator[httpx.Client]:
    """A client of that hub."""
    with httpx.Client(base_url=hub.url, timeout=30) as opened:
        yield opened


def written(client: httpx.Client, data: dict, *, user: str, **headers: str) -> dict:
    """Have a text written and return the result."""
    answer = core(client, "creator", "generate", data, user=user, **headers)
    assert answer.status_code == 200, answer.text
    return answer.json()["result"]


def history(client: httpx.Client, user: str) -> list[dict]:
    """Return a user's texts by the older path."""
    answer = client.get("/creator/history", params={"user_id": user, "limit": 50})
    assert answer.status_code == 200, answer.text
    return answer.json()["result"]["items"]


@pytest.mark.parametrize(
    ("kind", "parts"),
    [
        ("ad", ["hook", "body", "call to action"]),
        ("story", ["title", "introduction", "body", "conclusion"]),
        ("podcast", ["introduction", "main content", "conclusion"]),
    ],
)
def test_a_text_has_the_parts_of_its_type_and_names_its_topic(
    client: httpx.Client, kind: str, parts: list[str]
) -> None:
    """The structure can be found again by the module itself."""
    made = written(client, {"topic": "solar lamp", "goal": "sell", "type": kind}, user=f"parts-{kind}")

    one = {"generation_id": made["generation_id"]}
    found = core(client, "creator", "analyze", one, user=f"parts-{kind}").json()["result"]["structure"]

    assert "solar lamp" in made["generated_text"].lower()
    assert made["generation_id"].startswith("txt_")
    assert (found["type"], sorted(found["parts"]), found["missing"]) == (kind, sorted(parts), [])


@pytest.mark.parametrize(
    ("data", "named"),
    [
        ({"topic": "lamp", "goal": "sell", "type": "poem"}, "data.type"),
        ({"topic": "lamp", "type": "ad"}, "data"),
        ({"prompt": "  "}, "data.prompt"),
        ({"prompt": "a", "topic": "b"}, "data"),
        ({"prompt": 5}, "data.prompt"),
        ({"prompt": "x" * 20_001}, "data.prompt"),
        ({}, "data"),
    ],
)
def test_an_order_that_is_none_is_refused_by_its_field(client: httpx.Client, data: dict, named: str) -> None:
    """Nothing is written for it."""
    answer = core(client, "creator", "generate", data, user="wrong")

    assert answer.status_code == 422
    assert error_of(answer)["details"]["fields"][0]["path"] == named
    assert history(client, "wrong") == []


def test_related_texts_are_ranked_by_likeness_and_verdicts(client: httpx.Client) -> None:
    """The lamps come first; combined is 0.7 of likeness and 0.3 of the scaled score, to be computed again."""
    for topic in ("solar lamp for villages", "solar lamp for tents", "garden solar lamp", "cooking rice"):
        written(client, {"topic": topic, "goal": "sell", "type": "ad"}, user="ranked")

    related = written(client, LAMP, user="ranked")["related_context"]

    assert len(related) == 3
    assert all("lamp" in text["topic"] for text in related)
    for text in related:
        assert 0 <= text["similarity"] <= 1
        assert text["combined_score"] == pytest.approx(0.7 * text["similarity"] + 0.3 * 0.5, abs=1e-4)
    assert [text["combined_score"] for text in related] == sorted(
        (text["combined_score"] for text in related), reverse=True
    )


def test_praise_outranks_blame(client: httpx.Client) -> None:
    """Two equal texts, one praised and one blamed; scores run 2 then 1."""
    praised, blamed = (written(client, LAMP, user="judge")["generation_id"] for _ in range(2))

    scores = [
        client.post("/feedback", json={"generation_id": text, "user_id": "judge", "command": command}).json()
        for text, command in ((praised, "+2"), (blamed, "-2"), (praised, "-1"), (praised, "+2"))
    ]
    related = written(client, LAMP, user="judge")["related_context"]

    assert [score["result"]["new_score"] for score in scores] == [2, -2, 1, 3]
    assert all(score["result"]["forwarded"] for score in scores)
    assert [text["generation_id"] for text in related] == [praised, blamed]
    assert related[0]["feedback_score"] == 3
    assert {item["id"]: item["score"] for item in history(client, "judge")}[praised] == 3


@pytest.mark.parametrize(
    "wrong",
    [
        *({"command": command} for command in ("0", "+3", "good", "")),
        *({"rating": 6}, {}, {"rating": 5, "comment": "x" * 501}),
    ],
)
def test_a_verdict_that_is_none_is_refused(client: httpx.Client, wrong: dict) -> None:
    """By both ways in."""
    text = written(client, LAMP, user="strict")["generation_id"]

    by_path = client.post("/feedback", json={"generation_id": text, "user_id": "strict", **wrong})
    by_intent = core(client, "creator", "feedback", {"generation_id": text, **wrong}, user="strict")

    assert (by_path.status_code, by_intent.status_code) == (422, 422)


def test_nobody_sees_or_judges_what_is_anothers(client: httpx.Client) -> None:
    """Foreign and unknown are the same; related texts are one's own."""
    text = written(client, {"prompt": "the secret recipe of ada"}, user="ada")["generation_id"]

    stranger = written(client, {"prompt": "the secret recipe of ada"}, user="eve")
    for intent in ("analyze", "review"):
        assert core(client, "creator", intent, {"generation_id": text}, user="eve").status_code == 404
    judged = client.post("/feedback", json={"generation_id": text, "user_id": "eve", "command": "-2"})

    assert stranger["related_context"] == []
    assert stranger["recent_history"] == []
    assert judged.status_code == 404
    assert [item["id"] for item in history(client, "eve")] == [stranger["generation_id"]]
    everybody = client.get("/creator/history?user_id=all")
    assert (everybody.status_code, error_of(everybody)["code"]) == (400, "invalid_argument")


def test_one_request_writes_one_text(client: httpx.Client, creatorcore: Program) -> None:
    """Also when it is repeated; the hub's history and CreatorCore agree."""
    before = stored_texts(creatorcore)

    first = written(client, LAMP, user="once", **{"Idempotency-Key": "text-1"})
    again = written(client, LAMP, user="once", **{"Idempotency-Key": "text-1"})

    assert again == first
    assert stored_texts(creatorcore) == before + 1
    assert len(history(client, "once")) == 1


def test_the_fiftieth_exchange_is_as_small_as_the_first(client: httpx.Client, hub: Program) -> None:
    """What is attached for the caller is never stored inside the exchange."""
    attached = [written(client, LAMP, user="many") for _ in range(50)][-1]

    with sqlite3.connect(f"file:{hub.log.parent / 'memory.db'}?mode=ro", uri=True) as memory:
        sizes = [
            row[0]
            for row in memory.execute(
                "SELECT length(response) FROM interactions WHERE user_id = 'many' ORDER BY seq"
            )
        ]

    assert len(attached["recent_history"]) == 5
    assert len(attached["related_context"]) == 3
    assert len(sizes) == 50
    assert max(sizes) < 1.5 * sizes[0]


def test_a_review_names_figure_and_mark(client: httpx.Client) -> None:
    """No advice without what it rests on; a repeated text is told to repeat."""
    text = "Title: Lamp. " + "The terrible lamp is awful and it fails. " * 4
    review = core(client, "creator", "review", {"text": text}, user="critic").json()["result"]
    own = [written(client, LAMP, user="critic")["generation_id"] for _ in range(2)]
    again = core(client, "creator", "review", {"generation_id": own[1]}, user="critic").json()["result"]

    assert {advice["about"] for advice in review["advice"]} >= {"structure", "sentiment"}
    assert all(advice["figure"] for advice in review["advice"])
    repeated = next(advice for advice in again["advice"] if advice["about"] == "overlap")
    assert repeated["figure"]["generation_id"] == own[0]
    assert repeated["figure"]["share"] > repeated["figure"]["at_most"]


@pytest.mark.parametrize("prompt", ["Напиши о лампе", "太陽光ランプについて書いて", "सौर दीपक के बारे में", "🤖"])
def test_a_prompt_may_be_in_any_script(client: httpx.Client, prompt: str) -> None:
    """A text about it, or a clear no; never a failure of ours."""
    answer = core(client, "creator", "generate", {"prompt": prompt}, user="polyglot")

    assert answer.status_code in {200, 422, 400}, answer.text
    if answer.status_code == 200:
        assert prompt.split()[-1] in answer.json()["result"]["generated_text"]


def test_what_creatorcore_refuses_is_the_callers_to_mend(client: httpx.Client) -> None:
    """A prompt of which nothing can be seen is no failure of a service."""
    answer = core(client, "creator", "generate", {"prompt": "\u0001\u0007"}, user="unseen")

    assert answer.status_code == 422, answer.text
    assert error_of(answer)["details"]["fields"][0]["reason"].startswith("prompt")


def test_creatorcore_away_is_told_and_its_verdicts_wait(tmp_path: Path) -> None:
    """503 at once for its callers, nobody else waits, nothing is invented; the verdict arrives later."""
    port = free_port()
    with (
        hub_program(tmp_path / "hub", CREATORCORE_BASE_URL=f"http://127.0.0.1:{port}") as hub,
        httpx.Client(base_url=hub.url, timeout=30) as client,
    ):
        with creator_program(tmp_path / "core", port=port):
            text = until(
                lambda: (answer := core(client, "creator", "generate", LAMP)).is_success and answer,
                "a text is written",
            ).json()["result"]["generation_id"]

        away = core(client, "creator", "generate", LAMP)
        verdict = {"generation_id": text, "user_id": "ada", "command": "+2"}
        rated = client.post("/feedback", json=verdict).json()["result"]
        others = core(client, "sample_text", "generate", {"text": "still here"})

        assert (away.status_code, error_of(away)["code"]) == (503, "service_unavailable")
        assert away.elapsed.total_seconds() < 20
        assert (rated["stored"], rated["forwarded"], rated["new_score"]) == (True, False, 2)
        assert others.status_code == 200
        assert len(history(client, "ada")) == 1

        with creator_program(tmp_path / "core", port=port) as back:
            until(lambda: told_scores(back) == [2.0], "the verdict is told later, once")


def stored_texts(creatorcore: Program) -> int:
    """Count what CreatorCore holds."""
    return len(told_scores(creatorcore))


def told_scores(creatorcore: Program) -> list[float]:
    """Return the score of every text CreatorCore holds, from its own file."""
    file = next(creatorcore.log.parent.glob("*.db"))
    with sqlite3.connect(f"file:{file}?mode=ro", uri=True) as database:
        return [row[0] for row in database.execute("SELECT score FROM texts ORDER BY number")]
