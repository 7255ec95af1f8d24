"""Verdicts: who may judge what, how they add up, and what is refused (CI-11)."""

import httpx
import pytest

from tests.api.calls import core, error_of


@pytest.fixture
def made(client: httpx.Client) -> str:
    """A generation of ada's, by a module whose generator cannot be told."""
    return core(client, "polite", "make", {"text": "a"}).json()["result"]["generation_id"]


def judge(
    client: httpx.Client, generation: object, *, user: str = "ada", **verdict: object
) -> httpx.Response:
    """Hand in a verdict."""
    return client.post("/feedback", json={"generation_id": generation, "user_id": user, **verdict})


def test_verdicts_add_up(client: httpx.Client, made: str) -> None:
    """Every verdict is kept, and the score is their sum."""
    first = judge(client, made, command="+2").json()
    second = judge(client, made, command="-1", comment="on second thought").json()

    assert first["status"] == "success"
    assert first["result"]["new_score"] == 2
    assert second["result"]["new_score"] == 1
    assert second["result"]["stored"] is True
    assert second["result"]["forwarded"] is False
    assert second["result"]["comment"] == "on second thought"


@pytest.mark.parametrize(("stars", "score"), [(5, 2), (4, 1), (3, 0), (2, -1), (1, -2)])
def test_stars_count_like_commands(client: httpx.Client, made: str, stars: int, score: int) -> None:
    """People give stars, programs commands; both mean the same."""
    assert judge(client, made, rating=stars).json()["result"]["new_score"] == score


@pytest.mark.parametrize(
    "verdict",
    [
        {"command": "0"},
        {"command": "+3"},
        {"command": "good"},
        {"command": ""},
        {"command": 2},
        {"rating": 6},
        {"rating": 0},
        {"rating": 4.5},
        {"rating": "5"},
        {"rating": True},
        {"command": "+1", "comment": "x" * 501},
        {},
        {"comment": "only words"},
        {"command": "+1", "extra": 1},
    ],
)
def test_a_verdict_that_is_none_is_refused(client: httpx.Client, made: str, verdict: dict) -> None:
    """Nothing is guessed; the score stays."""
    refused = judge(client, made, **verdict)

    assert refused.status_code == 422
    assert error_of(refused)["code"] == "invalid_payload"
    assert judge(client, made, rating=3).json()["result"]["new_score"] == 0


@pytest.mark.parametrize("generation", ["vid_unknown", 12345])
def test_what_is_unknown_or_anothers_cannot_be_judged(
    client: httpx.Client, made: str, generation: object
) -> None:
    """The same answer for both, so that nobody learns what others have."""
    unknown = judge(client, generation, command="+1")
    foreign = judge(client, made, user="bob", command="+1")

    assert unknown.status_code == foreign.status_code == 404
    assert unknown.json()["message"] == foreign.json()["message"]


@pytest.mark.parametrize("generation", ["", "../x", "a b", "x" * 65, None, True, 1.5])
def test_an_id_that_is_none_is_refused(client: httpx.Client, generation: object) -> None:
    """Ids go into paths and queries further on; only plain ones pass."""
    assert judge(client, generation, command="+1").status_code == 422
