"""What may have been paid is never ordered a second time under the same key."""

import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from tests.servers import creator_program, free_port, until
from tests.services.creatorcore.test_endpoint import TEXT, Endpoint, endpoint, service

KEY = {"Idempotency-Key": "paid"}


@contextmanager
def held(played: Endpoint) -> Iterator[threading.Event]:
    """Let the endpoint take requests and answer none before the event is set."""
    release = threading.Event()

    class Late(dict):
        """Waits when it is put on the wire."""

        def items(self):
            release.wait(30)
            return super().items()

    played.answers = [(200, Late(TEXT))]
    try:
        yield release
    finally:
        release.set()


def test_copies_of_a_running_request_share_its_text(tmp_path: Path) -> None:
    """The hub repeats what took long; the model is asked once."""
    with endpoint((200, TEXT)) as played, service(tmp_path, played.url) as client, held(played) as release:
        with ThreadPoolExecutor(6) as pool:
            sent = [
                pool.submit(client.post, "/generate", json={"prompt": "x"}, headers=KEY) for _ in range(6)
            ]
            until(lambda: played.asked, "the endpoint was asked")
            release.set()
            answers = [one.result() for one in sent]

    assert [answer.status_code for answer in answers] == [200] * 6
    assert len({answer.json()["generation_id"] for answer in answers}) == 1
    assert len(played.asked) == 1


def test_a_service_killed_while_the_model_worked_does_not_ask_it_again(tmp_path: Path) -> None:
    """Nobody knows whether that text was paid; the caller is told, and a new key asks anew."""
    port = free_port()
    with endpoint((200, TEXT)) as played, held(played) as release:
        env = {"CREATORCORE_LLM_BASE_URL": played.url, "CREATORCORE_LLM_MODEL": "m"}
        with creator_program(tmp_path, port=port, **env) as program, ThreadPoolExecutor(1) as pool:
            lost = pool.submit(
                httpx.post, f"{program.url}/generate", json={"prompt": "x"}, headers=KEY, timeout=30
            )
            until(lambda: played.asked, "the endpoint was asked")
            program.kill()
            assert isinstance(lost.exception(), httpx.HTTPError)
        release.set()
        with creator_program(tmp_path, port=port, **env) as program:
            repeated = httpx.post(f"{program.url}/generate", json={"prompt": "x"}, headers=KEY)
            asked_before = len(played.asked)
            anew = httpx.post(
                f"{program.url}/generate", json={"prompt": "x"}, headers={"Idempotency-Key": "2"}
            )

    assert repeated.status_code == 502
    assert repeated.json()["error"]["code"] == "outcome_unknown"
    assert repeated.json()["error_code"] == "GENERATION_FAILED"
    assert asked_before == 1
    assert anew.status_code == 200


@pytest.mark.parametrize(
    ("answer", "asked"),
    [((200, {"model": "m", "choices": []}), 1), ((401, {}), 2), ((500, {}), 2)],
    ids=["may be paid", "refused", "failed and said so"],
)
def test_only_what_surely_cost_nothing_may_be_tried_again(
    tmp_path: Path, answer: tuple[int, object], asked: int
) -> None:
    """An empty answer of a model is paid like a full one."""
    with endpoint(answer, (200, TEXT)) as played, service(tmp_path, played.url) as client:
        first = client.post("/generate", json={"prompt": "x"}, headers=KEY)
        second = client.post("/generate", json={"prompt": "x"}, headers=KEY)

    assert first.status_code == 502
    assert second.status_code == (502 if asked == 1 else 200)
    assert len(played.asked) == asked


def test_a_text_is_not_ordered_when_the_embedding_is_away(tmp_path: Path) -> None:
    """The cheap part comes first."""
    with endpoint((200, TEXT)) as played:
        env = {
            "CREATORCORE_LLM_BASE_URL": played.url,
            "CREATORCORE_LLM_MODEL": "m",
            "CREATORCORE_EMBEDDING_BASE_URL": f"http://127.0.0.1:{free_port()}/v1",
            "CREATORCORE_EMBEDDING_MODEL": "e",
        }
        with creator_program(tmp_path, **env) as program:
            answer = httpx.post(f"{program.url}/generate", json={"prompt": "x"}, timeout=30)
            health = httpx.get(f"{program.url}/system/health").json()
            history = httpx.get(f"{program.url}/history").json()

    assert answer.status_code == 503
    assert answer.json()["error_code"] == "GENERATION_FAILED"
    assert played.asked == []
    assert history == []
    assert health["status"] == "degraded"
    assert "embedding endpoint" in health["components"]["embedding"]


def test_an_embedding_that_is_none_stores_nothing(tmp_path: Path) -> None:
    """A text with a false neighbourhood would mislead later ones."""
    answers = [
        {"model": "e", "data": []},
        {"model": "e", "data": [{"embedding": []}]},
        {"model": "e", "data": [{"embedding": [0.0, 0.0]}]},
        {"model": "e", "data": [{"embedding": ["a"]}]},
        {"error": {"message": "no"}, "data": [{"embedding": [1.0]}]},
    ]
    played = [(200, answer) for answer in answers]
    with endpoint(*played) as server, service(tmp_path, server.url, "EMBEDDING") as client:
        failed = [client.post("/generate", json={"prompt": "x"}) for _ in answers]
        history = client.get("/history").json()

    assert [answer.status_code for answer in failed] == [502] * len(answers)
    assert history == []


def test_content_rules_are_told_as_such(tmp_path: Path) -> None:
    """Asking again would not help."""
    filtered = {"model": "m", "choices": [{"message": {"content": ""}, "finish_reason": "content_filter"}]}
    with endpoint((200, filtered)) as played, service(tmp_path, played.url) as client:
        refused = client.post("/generate", json={"prompt": "x"})

    assert refused.status_code == 422
    assert refused.json()["error"]["code"] == "content_blocked"
    assert json.dumps(refused.json()).count("GENERATION_FAILED") == 1
