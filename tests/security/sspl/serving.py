"""A guarded little application on a real server, and a caller that sends bytes as they are given."""

import asyncio
import contextlib
import hashlib
import http.client
import json
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import uvicorn

from config import SsplSettings
from core_integrator.api.edge import Edge
from core_integrator.api.errors import refuse
from core_integrator.contracts.errors import IntegratorError
from security.sspl.guard import Admit, SignatureGuard, admit_all
from security.sspl.routes import SignedRoute, SignedRoutes
from security.sspl.verifier import RequestVerifier
from tests.security.sspl.signing import Call
from tests.security.sspl.stores import HandClock, Keys, Nonces
from tests.security.sspl.vectors import vectors
from tests.servers import until

LIMIT_BYTES = 4 * 2**20


def routes() -> SignedRoutes:
    """Return the hub's table, as far as the tests need it."""
    get, post, delete = frozenset({"GET"}), frozenset({"POST"}), frozenset({"DELETE"})
    return SignedRoutes(
        [
            SignedRoute("/core", post, ("core:write", "core:read"), LIMIT_BYTES, "body", "module"),
            SignedRoute("/feedback", post, ("feedback:write",), LIMIT_BYTES, "body"),
            SignedRoute("/get-history", get, ("history:read",), 0, "query"),
            SignedRoute("/get-context", get, ("history:read", "core:write"), 0, "query"),
            SignedRoute("/users/{user_id}/memory", delete, ("memory:erase",), 0, "path"),
        ],
        open_paths=["/", "/system/live", "/docs/*", "/videos/{id}"],
        body_limit_bytes=LIMIT_BYTES,
    )


@dataclass
class Served:
    """What the application behind the guard was given."""

    method: str
    path: str
    body_length: int
    body_sha256: str
    principal: Any


@dataclass
class Refusals:
    """What the guard told the audit log."""

    told: list[tuple[str, str]] = field(default_factory=list)

    def __call__(self, error: IntegratorError, key_id: str, scope: Any) -> None:
        """Take one down."""
        self.told.append((error.code, key_id))


class Hub:
    """The stand-in for the hub, everything its guard works with, and its port."""

    def __init__(self, *, opaque: bool = False, admit: Admit = admit_all, body_timeout_s: float = 5) -> None:
        self.clock = HandClock()
        self.keys = Keys()
        self.nonces = Nonces(self.clock)
        self.refusals = Refusals()
        self.served: list[Served] = []
        self.port = 0
        verifier = RequestVerifier(
            keys=self.keys,
            nonces=self.nonces,
            clock=self.clock,
            settings=SsplSettings(authorities=frozenset(vectors()["authorities"]), opaque_errors=opaque),
        )
        self.guard = SignatureGuard(
            self._app,
            verifier=lambda: verifier,
            routes=routes(),
            refuse=refuse,
            body_timeout_s=body_timeout_s,
            admit=admit,
            on_refusal=self.refusals,
        )
        self.app = Edge(self.guard, track=lambda event: None)

    def reset(self) -> None:
        """Begin anew, on the same port."""
        self.clock.__init__()
        self.keys.__init__()
        self.nonces.__init__(self.clock)
        self.refusals.told.clear()
        self.served.clear()

    async def _app(self, scope: Any, receive: Any, send: Any) -> None:
        body, more = hashlib.sha256(), True
        length = 0
        while more:
            message = await receive()
            body.update(message.get("body", b""))
            length += len(message.get("body", b""))
            more = message.get("more_body", False)
        principal = scope.get("state", {}).get("principal")
        self.served.append(Served(scope["method"], scope["path"], length, body.hexdigest(), principal))
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
        await send({"type": "http.response.body", "body": b"{}"})


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def json(self) -> Any:
        """Return the body's JSON."""
        return json.loads(self.body)

    @property
    def code(self) -> str:
        """Return the error's code, or nothing."""
        return "" if self.status == 200 else self.json["result"]["error"]["code"]


@contextlib.contextmanager
def listening(hub: Hub, implementation: str = "httptools") -> Iterator[Hub]:
    """Serve it on a free loopback port."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        hub.port = sock.getsockname()[1]
        config = uvicorn.Config(
            hub.app, log_config=None, access_log=False, lifespan="off", http=implementation
        )
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [sock]}, daemon=True)
        thread.start()
        until(lambda: server.started or not thread.is_alive(), "the server started")
        try:
            yield hub
        finally:
            server.should_exit = True
            thread.join(30)


def written(call: Call) -> bytes:
    """Return the request byte for byte; only ``Content-Length`` is made true, if nothing else frames it."""
    headers = call.headers
    if not call.header("Transfer-Encoding"):
        headers = call.without("Content-Length").headers
        if call.body or call.method == "POST":
            headers = (*headers, ("Content-Length", str(len(call.body))))
    lines = [f"{call.method} {call.target} HTTP/1.1", *(f"{name}: {value}" for name, value in headers)]
    return "\r\n".join([*lines, "", ""]).encode() + call.body


def send(hub: Hub, call: Call) -> Answer:
    """Send a request over a connection of its own."""
    with socket.create_connection(("127.0.0.1", hub.port), timeout=30) as sock:
        sock.sendall(written(call))
        return receive_answer(sock, call.method)


def receive_answer(sock: socket.socket, method: str = "GET") -> Answer:
    """Read one answer."""
    response = http.client.HTTPResponse(sock, method=method)
    response.begin()
    return Answer(response.status, response.headers, response.read())


def in_process(hub: Hub, call: Call) -> int:
    """Pass a request to the guard as the server would; return the status."""
    path, _, query = call.target.partition("?")
    statuses: list[int] = []
    scope = {
        "type": "http",
        "method": call.method,
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "headers": [(name.lower().encode(), value.encode("latin-1")) for name, value in call.headers],
        "state": {"request_id": "req_1"},
    }

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": call.body, "more_body": False}

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            statuses.append(message["status"])

    asyncio.run(hub.guard(scope, receive, send))
    return statuses[0]
