"""A Noopur of the tests' own: real HTTP on loopback, and whatever misbehaviour is ordered."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from config import NoopurSettings
from tests.servers import free_port

Answer = tuple[int, bytes, dict[str, str]]

HANG_S = 30.0
THANKS: Answer = (200, b'{"message": "thank you", "new_score": 2}', {})
UNKNOWN: Answer = (404, b'{"error": "no such text", "error_code": "INVALID_INPUT", "details": {}}', {})


class Noopur:
    """What it holds, what it was told, how it behaves; knows no owners unless told so."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self.texts: list[Any] = []
        self.told: list[tuple[str, dict[str, Any]]] = []
        self.asked: list[str] = []
        # By path: an answer instead of the right one; "hang", or "cut" after having taken what came.
        self.answers: dict[str, Answer | str] = {}
        # By text: the answer to verdicts on it.
        self.verdict_answers: dict[str, Answer] = {}
        self.released = threading.Event()

    def hold(self, provider_id: str, text: str) -> None:
        """Hold a text, newest first."""
        self.texts.insert(0, {"id": provider_id, "text": text, "score": 0, "created_at": "2026-11-24"})

    def commands(self) -> list[tuple[str, str | None]]:
        """Return what it was told about which text."""
        return [(verdict["generation_id"], verdict.get("command")) for _, verdict in self.told]

    def calls(self, path: str) -> int:
        """Return how often a path was asked for."""
        return sum(one == path for one in self.asked)


def _handler(noopur: Noopur) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            well = (200, json.dumps(noopur.texts).encode(), {})
            self.serve(noopur.answers.get(self.path.partition("?")[0], well), well)

        def do_POST(self) -> None:
            verdict = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            ordered = noopur.verdict_answers.get(verdict["generation_id"])
            ordered = ordered or noopur.answers.get("/feedback", THANKS)
            if not isinstance(ordered, tuple) or ordered == THANKS:
                noopur.told.append((self.headers["X-Request-ID"], verdict))
            self.serve(ordered, THANKS)

        def serve(self, ordered: Answer | str, well: Answer) -> None:
            noopur.asked.append(self.path.partition("?")[0])
            if ordered == "cut":
                self.close_connection = True
                return
            if ordered == "hang":
                noopur.released.wait(HANG_S)
            self.answer(*(ordered if isinstance(ordered, tuple) else well))

        def answer(self, status: int, body: bytes, headers: dict[str, str]) -> None:
            self.send_response(status)
            for name, value in {"Content-Length": str(len(body)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    return Handler


@contextmanager
def noopur_server(noopur: Noopur | None = None) -> Iterator[Noopur]:
    """Serve a Noopur on a free loopback port, or one that was there before on its own."""
    noopur = noopur or Noopur(free_port())
    noopur.released.clear()
    server = ThreadingHTTPServer(("127.0.0.1", int(noopur.url.rpartition(":")[2])), _handler(noopur))
    server.daemon_threads = True
    server.handle_error = lambda *_: None  # a caller that hangs up is none
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield noopur
    finally:
        noopur.released.set()
        server.shutdown()
        server.server_close()
        thread.join()


def rate_limited(wait_s: float) -> Answer:
    """Return the refusal of one request too many, as the contract has it."""
    body = {"error": "slower", "error_code": "RATE_LIMITED", "details": {}}
    return 429, json.dumps(body).encode(), {"X-RateLimit-Reset": str(int(time.time() + wait_s))}


def settings(url: str, **changes: object) -> NoopurSettings:
    """How to reach it, with a heartbeat that does not disturb."""
    return NoopurSettings(base_url=url, **{"heartbeat_s": 0.2, **changes})
