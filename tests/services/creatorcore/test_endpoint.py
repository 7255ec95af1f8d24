"""Texts and embeddings by an OpenAI-compatible endpoint, played by a scripted server on loopback."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest

from tests.servers import creator_program

KEY = "sk-secret-of-the-test"
TEXT = {
    "model": "great-model-7",
    "choices": [
        {"message": {"role": "assistant", "content": "A text by the model."}, "finish_reason": "stop"}
    ],
    "usage": {"prompt_tokens": 11, "completion_tokens": 5, "total_tokens": 16, "cost": 0.0021},
}


class Endpoint:
    """Answers with the next script, the last one again and again; remembers what it was asked."""

    def __init__(self, *answers: tuple[int, object]) -> None:
        self.answers = list(answers)
        self.asked: list[dict] = []
        self.url = ""


@contextmanager
def endpoint(*answers: tuple[int, object]) -> Iterator[Endpoint]:
    """Serve the answers on a free loopback port."""
    played = Endpoint(*answers)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            played.asked.append({"path": self.path, "key": self.headers["Authorization"], **body})
            status, answer = played.answers.pop(0) if len(played.answers) > 1 else played.answers[0]
            sent = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(sent)))
            self.end_headers()
            self.wfile.write(sent)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        played.url = f"http://127.0.0.1:{server.server_address[1]}/v1"
        yield played
        server.shutdown()
        thread.join()


@contextmanager
def service(folder: Path, url: str, kind: str = "LLM") -> Iterator[httpx.Client]:
    """CreatorCore with this endpoint."""
    env = {
        f"CREATORCORE_{kind}_BASE_URL": url,
        f"CREATORCORE_{kind}_MODEL": "asked-model",
        f"CREATORCORE_{kind}_API_KEY": KEY,
        "CREATORCORE_ENDPOINT_TIMEOUT_S": "4",
    }
    with (
        creator_program(folder, **env) as program,
        httpx.Client(base_url=program.url, timeout=30) as client,
    ):
        yield client
        assert KEY not in program.log.read_text()


def test_a_text_of_a_model_says_which_and_what_it_cost(tmp_path: Path) -> None:
    """The model the answer names, not the one that was asked for."""
    with endpoint((200, TEXT)) as played, service(tmp_path, played.url) as client:
        answer = client.post("/generate", json={"topic": "lamp", "goal": "sell", "type": "ad"}).json()

    assert answer["generated_text"] == "A text by the model."
    assert answer["metadata"]["model"] == "great-model-7"
    assert "0.0021" in json.dumps(answer["metadata"])
    assert answer["tokens_used"] == 16
    assert played.asked[0]["path"] == "/v1/chat/completions"
    assert played.asked[0]["key"] == f"Bearer {KEY}"
    assert "lamp" in json.dumps(played.asked[0]["messages"])
    assert KEY not in json.dumps(answer)


@pytest.mark.parametrize(
    "broken",
    [
        (200, {"error": {"code": 502, "message": "the model failed"}}),
        (200, {"model": "m", "choices": []}),
        (200, {"model": "m", "choices": [{"message": {"content": ""}}]}),
        (200, b"<html>busy</html>"),
        (500, {"error": {"message": "no"}}),
        (401, {"error": {"message": "wrong key"}}),
    ],
)
def test_a_failure_is_never_a_text_and_is_not_paid_twice(tmp_path: Path, broken: tuple[int, object]) -> None:
    """Asked once, nothing stored, and the caller is told."""
    with endpoint(broken) as played, service(tmp_path, played.url) as client:
        answer = client.post("/generate", json={"prompt": "x"})
        history = client.get("/history").json()

    assert answer.status_code in {502, 503}
    assert answer.json()["error_code"] == "GENERATION_FAILED"
    assert history == []
    assert len(played.asked) == 1


def test_what_was_put_off_is_asked_again(tmp_path: Path) -> None:
    """503 and 429 mean that no work was done."""
    with (
        endpoint((503, {}), (429, {}), (200, TEXT)) as played,
        service(tmp_path, played.url) as client,
    ):
        answer = client.post("/generate", json={"prompt": "x"})

    assert answer.status_code == 200
    assert len(played.asked) == 3


def test_embeddings_of_a_model_rank_the_texts(tmp_path: Path) -> None:
    """And texts are compared only with those of the same model."""
    vectors = ([1.0, 0.0], [0.0, 1.0], [0.9, 0.1])
    answers = [(200, {"model": "e", "data": [{"embedding": vector}]}) for vector in vectors]
    with creator_program(tmp_path) as plain, httpx.Client(base_url=plain.url, timeout=30) as client:
        client.post("/generate", json={"prompt": "third"}).raise_for_status()
    with endpoint(*answers) as played, service(tmp_path, played.url, "EMBEDDING") as client:
        texts = [client.post("/generate", json={"prompt": name}).json() for name in ("one", "two", "three")]

    related = texts[2]["related_context"]
    assert [each["id"] for each in related] == [texts[0]["generation_id"], texts[1]["generation_id"]]
    assert related[0]["similarity"] == pytest.approx(0.9 / (0.82**0.5), abs=1e-3)


def test_an_endpoint_that_is_away_is_told_in_bounded_time(tmp_path: Path) -> None:
    """Nothing is written instead."""
    with service(tmp_path, "http://127.0.0.1:9/v1") as client:
        answer = client.post("/generate", json={"prompt": "x"})

    assert answer.status_code == 503
    assert answer.elapsed.total_seconds() < 8
