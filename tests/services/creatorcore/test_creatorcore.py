"""CreatorCore as its callers see it: texts, verdicts, owners, limits, and what survives a kill."""

import math
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.servers import Program, creator_program

LAMP = {"topic": "solar lamp", "goal": "sell", "type": "ad"}


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    """The service, with room for many calls a minute."""
    folder = tmp_path_factory.mktemp("creatorcore")
    with creator_program(folder, CREATORCORE_RATE_LIMIT_GENERATE="0", INTEGRATOR_TEST_MODE="1") as running:
        yield running


@pytest.fixture(scope="module")
def client(program: Program) -> Iterator[httpx.Client]:
    """A client of it."""
    with httpx.Client(base_url=program.url, timeout=30) as opened:
        yield opened


def made(client: httpx.Client, order: dict, **headers: str) -> dict:
    """Order a text and return the answer."""
    answer = client.post("/generate", json=order, headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.json()


def rated(client: httpx.Client, text: str, **verdict: object) -> float:
    """Judge a text and return its new score."""
    answer = client.post("/feedback", json={"generation_id": text, **verdict})
    assert answer.status_code == 200, answer.text
    return answer.json()["new_score"]


@pytest.mark.parametrize(
    ("kind", "headings"),
    [
        ("ad", ["Hook:", "Body:", "Call to action:"]),
        ("story", ["Title:", "Introduction:", "Body:", "Conclusion:"]),
        ("podcast", ["Introduction:", "Main content:", "Conclusion:"]),
    ],
)
def test_a_text_has_its_parts_in_order_and_names_what_was_asked(
    client: httpx.Client, kind: str, headings: list[str]
) -> None:
    """The structure of the type, with topic and goal; and no model is claimed."""
    answer = made(client, {"topic": "solar lamp", "goal": "save energy", "type": kind, "owner": f"o-{kind}"})
    text = answer["generated_text"]

    places = [text.index(heading) for heading in headings]
    assert places == sorted(places)
    assert "solar lamp" in text.lower()
    assert "save energy" in text.lower()
    assert answer["metadata"]["model"] == "reference-text-1"
    assert answer["owner"] == f"o-{kind}"


def test_figures_are_only_those_of_the_prompt(client: httpx.Client) -> None:
    """A paragraph about figures never invents one."""
    prompt = "Write a paragraph about these figures: income 5000.00, spending 1100.75, savings rate 77.99 %"

    text = made(client, {"prompt": prompt})["generated_text"]

    digits = {word.strip(".,;%") for word in text.split() if any(letter.isdigit() for letter in word)}
    assert digits <= {"5000.00", "1100.75", "77.99"}
    assert digits


def test_other_words_make_other_texts_and_the_same_words_the_same(client: httpx.Client) -> None:
    """Deterministic, and about what was asked."""
    trees = made(client, {"prompt": "Why cities need trees", "owner": "det1"})["generated_text"]
    again = made(client, {"prompt": "Why cities need trees", "owner": "det2"})["generated_text"]
    ships = made(client, {"prompt": "How ships find harbours", "owner": "det3"})["generated_text"]

    assert trees == again
    assert "trees" in trees
    assert "ships" in ships
    assert trees != ships


def test_the_ranking_can_be_computed_again(client: httpx.Client) -> None:
    """Combined = 0.7 x similarity + 0.3 x the score scaled between the least and the greatest."""
    topics = ("solar lamp for villages", "solar lamp for tents", "garden solar lamp", "cooking rice at home")
    texts = [made(client, {**LAMP, "topic": topic, "owner": "rank"})["generation_id"] for topic in topics]
    for text, command in zip(texts, ("+2", "-2", "+1", "-1"), strict=True):
        rated(client, text, command=command)
    scaled = dict(zip(texts, (1.0, 0.0, 0.75, 0.25), strict=True))

    related = made(client, {**LAMP, "owner": "rank"})["related_context"]

    assert len(related) == 3
    for each in related:
        assert 0 <= each["similarity"] <= 1
        expected = 0.7 * each["similarity"] + 0.3 * scaled[each["id"]]
        assert math.isclose(each["combined_score"], expected, abs_tol=1e-4)
    combined = [each["combined_score"] for each in related]
    assert combined == sorted(combined, reverse=True)
    lamps = [each for each in related if "lamp" in each["topic"]]
    assert lamps[0] == related[0]
    assert min(each["similarity"] for each in lamps) > 0.3


def test_owners_do_not_see_each_other(client: httpx.Client) -> None:
    """Neither related nor in the history; orders without an owner are a group of their own."""
    mine = made(client, {"prompt": "the recipe of ada", "owner": "ada"})["generation_id"]
    nobodys = made(client, {"prompt": "the recipe of ada"})

    assert mine not in [each["id"] for each in nobodys["related_context"]]
    assert made(client, {"prompt": "the recipe of ada", "owner": "eve"})["related_context"] == []
    assert [row["id"] for row in client.get("/history?owner=ada").json()] == [mine]
    assert mine not in [row["id"] for row in client.get("/history?limit=200").json()]
    assert client.get("/history/recipe?owner=zoe").status_code == 404


@pytest.mark.parametrize(
    ("verdict", "score"),
    [
        ({"command": "+2"}, 2),
        ({"command": "-1"}, -1),
        ({"rating": 5}, 2),
        ({"rating": 3}, 0),
        ({"rating": 1}, -2),
        ({"command": "+1", "rating": 1}, 1),
        ({"comment": "great, but the end is poor and the start awful"}, -0.5),
        ({"feedback": "I love it, it is perfect"}, 1),
    ],
)
def test_a_verdict_counts_by_command_then_stars_then_words(
    client: httpx.Client, verdict: dict, score: float
) -> None:
    """Half a point for each word of praise or blame."""
    text = made(client, {"prompt": "a text to judge", "owner": "judge"})["generation_id"]

    assert rated(client, text, **verdict) == score


@pytest.mark.parametrize(
    ("path", "body", "status", "code"),
    [
        ("/generate", {"topic": "x", "goal": "y", "type": "poem"}, 400, "INVALID_INPUT"),
        ("/generate", {"topic": "x", "type": "ad"}, 400, "INVALID_INPUT"),
        ("/generate", {"prompt": " "}, 400, "INVALID_INPUT"),
        ("/generate", {"prompt": "\x01\u202e"}, 400, "INVALID_INPUT"),
        ("/generate", {"prompt": "x", "owner": "a/b"}, 400, "INVALID_INPUT"),
        ("/generate", {"prompt": "x" * 2_000_000}, 400, "INVALID_INPUT"),
        ("/generate", {}, 400, "INVALID_INPUT"),
        ("/feedback", {"generation_id": "none", "command": "+1"}, 404, "NOT_FOUND"),
        ("/feedback", {"generation_id": "none", "command": "+3"}, 400, "INVALID_INPUT"),
        ("/feedback", {"generation_id": "none"}, 400, "INVALID_INPUT"),
    ],
)
def test_a_wrong_request_is_refused_in_both_shapes(
    client: httpx.Client, path: str, body: dict, status: int, code: str
) -> None:
    """The field is named, for the hub and for clients of the older contract."""
    answer = client.post(path, json=body)

    assert (answer.status_code, answer.json()["error_code"]) == (status, code)
    assert answer.json()["error"]["message"]


@pytest.mark.parametrize(
    "body", [b"{nope", b'{"prompt": NaN}', b'{"prompt": "\\ud800"}', b"\xff", b"[" * 900 + b"]" * 900]
)
def test_text_that_is_no_json_is_refused(client: httpx.Client, body: bytes) -> None:
    """4xx, never a failure of ours."""
    answer = client.post("/generate", content=body, headers={"content-type": "application/json"})

    assert 400 <= answer.status_code < 500


def test_one_key_is_one_text_and_another_body_is_refused(client: httpx.Client) -> None:
    """The answer is the first one's, whatever was asked meanwhile."""
    order = {"prompt": "once", "owner": "keys"}

    first = made(client, order, **{"Idempotency-Key": "k1"})
    again = made(client, order, **{"Idempotency-Key": "k1"})
    other = client.post("/generate", json={**order, "prompt": "twice"}, headers={"Idempotency-Key": "k1"})

    assert again == first
    assert other.status_code == 422
    assert len(client.get("/history?owner=keys").json()) == 1


def test_limits_are_told_and_kept(tmp_path: Path) -> None:
    """429 with the time to wait; the next minute begins anew."""
    with (
        creator_program(tmp_path, CREATORCORE_RATE_LIMIT_GENERATE="2", INTEGRATOR_TEST_MODE="1") as program,
        httpx.Client(base_url=program.url, timeout=30) as client,
    ):
        answers = [client.post("/generate", json={"prompt": f"text {n}"}) for n in range(3)]
        client.post("/test/clock", json={"advance_s": 61}).raise_for_status()
        later = client.post("/generate", json={"prompt": "text 4"})

    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert answers[0].headers["X-RateLimit-Limit"] == "2"
    assert answers[0].headers["X-RateLimit-Remaining"] == "1"
    assert answers[2].json()["error_code"] == "RATE_LIMITED"
    assert int(answers[2].headers["Retry-After"]) >= 1
    assert later.status_code == 200


def test_what_was_answered_survives_a_kill(tmp_path: Path) -> None:
    """Texts, scores and the answers of idempotency keys."""
    with creator_program(tmp_path) as program, httpx.Client(base_url=program.url, timeout=30) as client:
        answer = made(client, {"prompt": "kept", "owner": "ada"}, **{"Idempotency-Key": "k"})
        rated(client, answer["generation_id"], command="+2")
        program.kill()

    with creator_program(tmp_path) as program, httpx.Client(base_url=program.url, timeout=30) as client:
        again = made(client, {"prompt": "kept", "owner": "ada"}, **{"Idempotency-Key": "k"})
        history = client.get("/history?owner=ada").json()

    assert again == answer
    assert [(row["id"], row["score"]) for row in history] == [(answer["generation_id"], 2)]


def test_faults_happen_as_ordered_and_health_tells_of_its_parts(client: httpx.Client) -> None:
    """For tests of callers; only in test mode."""
    health = client.get("/system/health").json()
    fault = {"operation": "generate", "calls": [1], "kind": "fail", "status": 503}
    client.post("/test/faults", json=fault).raise_for_status()

    assert health["status"] == "healthy"
    assert health["components"]
    assert client.post("/generate", json={"prompt": "x"}).status_code == 503
    assert client.post("/generate", json={"prompt": "x"}).status_code == 200
