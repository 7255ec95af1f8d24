"""``Idempotency-Key``: one piece of work, one answer, however often it is asked for."""

from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from tests import sample_modules
from tests.api.calls import core, error_of


@pytest.fixture(autouse=True)
def _no_runs_yet() -> None:
    sample_modules.runs.clear()


def test_a_repeated_request_gets_the_same_answer_and_runs_once(client: httpx.Client) -> None:
    """A client that lost the answer may ask again without fear."""
    first = core(client, "polite", "echo", {"text": "a"}, **{"Idempotency-Key": "k1"})
    again = core(client, "polite", "echo", {"text": "a"}, **{"Idempotency-Key": '"k1"'})

    assert first.status_code == again.status_code == 200
    assert again.content == first.content
    assert again.headers["idempotency-replayed"] == "true"
    assert "idempotency-replayed" not in first.headers
    assert len(sample_modules.runs) == 1
    assert len(client.get("/get-history", params={"user_id": "ada"}).json()) == 1


def test_another_body_under_the_same_key_is_refused(client: httpx.Client) -> None:
    """A key names one request; a client that reuses it has a defect and should hear of it."""
    core(client, "polite", "echo", {"text": "a"}, **{"Idempotency-Key": "k1"})

    other = core(client, "polite", "echo", {"text": "b"}, **{"Idempotency-Key": "k1"})

    assert other.status_code == 422
    assert error_of(other)["code"] == "idempotency_mismatch"
    assert len(sample_modules.runs) == 1


def test_a_key_belongs_to_its_user(client: httpx.Client) -> None:
    """Two users who choose the same key do not see each other's answers."""
    ada = core(client, "polite", "echo", {"text": "a"}, user="ada", **{"Idempotency-Key": "k1"})
    bob = core(client, "polite", "echo", {"text": "a"}, user="bob", **{"Idempotency-Key": "k1"})

    assert ada.json()["result"]["key"] != bob.json()["result"]["key"]
    assert len(sample_modules.runs) == 2


def test_of_many_at_once_one_runs(client: httpx.Client) -> None:
    """Impatient clients and proxies send copies; the work is done once."""

    def send(_: int) -> httpx.Response:
        return core(client, "polite", "slow", {"text": "a"}, **{"Idempotency-Key": "k1"})

    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(send, range(10)))

    statuses = sorted(answer.status_code for answer in answers)
    assert len(sample_modules.runs) == 1
    assert statuses[0] == 200
    assert set(statuses) <= {200, 409}
    for answer in answers:
        if answer.status_code == 409:
            assert error_of(answer)["code"] == "in_progress"
            assert error_of(answer)["retryable"] is True
            assert answer.headers["retry-after"]


def test_a_final_refusal_is_repeated_too(client: httpx.Client) -> None:
    """Same key and body, same answer: also when the answer was no."""
    first = core(client, "polite", "refuses", **{"Idempotency-Key": "k1"})
    again = core(client, "polite", "refuses", **{"Idempotency-Key": "k1"})

    assert first.status_code == again.status_code == 409
    assert again.json()["message"] == first.json()["message"]
    assert len(sample_modules.runs) == 1


def test_after_a_failure_that_may_pass_the_key_is_free(client: httpx.Client) -> None:
    """Nothing was done, so the same request may be tried again under its key."""
    for _ in range(2):
        answer = core(client, "video", "generate", {"text": "a"}, **{"Idempotency-Key": "k1"})

        assert answer.status_code == 503
        assert "idempotency-replayed" not in answer.headers


def test_generators_get_a_key_that_is_not_the_request_id(client: httpx.Client) -> None:
    """With the caller's key it is stable; without, the hub makes one for each request."""
    made = core(client, "polite", "echo", **{"X-Request-ID": "r1"}).json()["result"]["key"]
    other = core(client, "polite", "echo", **{"X-Request-ID": "r1"}).json()["result"]["key"]

    assert made != other
    assert "r1" not in {made, other}


@pytest.mark.parametrize("key", ["", "a b", "x" * 256, '"unclosed', 'quo"te'])
def test_a_key_that_is_none_is_refused(client: httpx.Client, key: str) -> None:
    """Better a clear no than a key that another proxy reads differently."""
    answer = core(client, "polite", "echo", {"text": "a"}, **{"Idempotency-Key": key})

    assert answer.status_code == 422
    assert error_of(answer)["details"]["fields"][0]["path"] == "header.Idempotency-Key"


def test_feedback_counts_once_under_its_key(client: httpx.Client) -> None:
    """A verdict sent twice is one verdict."""
    made = core(client, "polite", "make", {"text": "a"}).json()["result"]["generation_id"]
    body = {"generation_id": made, "command": "+2", "user_id": "ada"}

    first = client.post("/feedback", json=body, headers={"Idempotency-Key": "f1"})
    again = client.post("/feedback", json=body, headers={"Idempotency-Key": "f1"})
    other = client.post("/feedback", json=body)

    assert first.json()["result"]["new_score"] == again.json()["result"]["new_score"] == 2
    assert other.json()["result"]["new_score"] == 4
