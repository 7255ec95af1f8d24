"""The outermost layer: names the request, times it, logs it, and never lets an exception out."""

import hashlib
import re
import time
from collections.abc import Mapping
from functools import lru_cache

import structlog
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from core_integrator.api.errors import DEFECT, error_answer
from core_integrator.contracts.clock import new_id
from core_integrator.contracts.errors import BridgeError, IntegratorError
from core_integrator.contracts.events import RequestAnswered, Track
from telemetry.trace import start_trace

log = structlog.get_logger("core_integrator.request")

_TRACEPARENT = re.compile(r"[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}")
_SAFE_ID = re.compile(r"[A-Za-z0-9._:/+=@-]{1,128}")


class Edge:
    """Pure ASGI middleware around everything."""

    def __init__(self, app: ASGIApp, *, track: Track) -> None:
        self._app = app
        self._track = track
        # Bound once: a lazy logger would be put together anew for every line.
        self._log = log.bind()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request; other scopes pass through."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        passage = _Passage(scope, send)
        try:
            await self._app(scope, receive, passage.send)
        except Exception as error:
            if passage.status and not passage.whole:
                _log_cut(error, passage.request_id)
            else:
                log.error("request.defect", request_id=passage.request_id, exc_info=error)
            if not passage.status:
                await error_answer(IntegratorError(DEFECT), Request(scope))(scope, receive, passage.send)
        finally:
            self._report(scope, passage)

    def _report(self, scope: Scope, passage: "_Passage") -> None:
        duration_s = time.perf_counter() - passage.started
        route = _route(scope)
        self._track(RequestAnswered(route, scope["method"], passage.status, duration_s))
        self._log.info(
            "request.done",
            request_id=passage.request_id,
            method=scope["method"],
            route=route,
            status=passage.status,
            duration_ms=round(duration_s * 1000, 3),
            bridge_ms=round(passage.trace.bridge_s * 1000, 3),
            **scope["state"]["facts"],
        )


class _Passage:
    """One request on its way: its names, its times, and what was sent of its answer."""

    def __init__(self, scope: Scope, send: Send) -> None:
        # The last of a repeated header counts; one look at the list serves all four.
        headers = dict(scope["headers"])
        self.request_id = _given(headers, b"x-request-id") or _given(headers, b"x-trace-id") or new_id("req")
        self.trace_id = _given(headers, b"x-trace-id") or self.request_id
        self.started = time.perf_counter()
        self.trace = start_trace(self.request_id, _given_trace(headers))
        self.status = 0
        # The framework answers a defect of its routes before it hands it on.
        self.whole = False
        self._send = send
        scope.setdefault("state", {}).update(request_id=self.request_id, facts={})

    async def send(self, message: Message) -> None:
        """Put our headers on the answer's head; let the rest pass."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            message["headers"] = [
                *message.get("headers", ()),
                (b"x-request-id", self.request_id.encode("latin-1")),
                (b"x-trace-id", self.trace_id.encode("latin-1")),
                (b"server-timing", self._timing()),
            ]
        await self._send(message)
        self.whole = message["type"] == "http.response.body" and not message.get("more_body", False)

    def _timing(self) -> bytes:
        """Return ``Server-Timing`` in milliseconds: the generators' share, and the hub's own."""
        total_ms = (time.perf_counter() - self.started) * 1000
        bridge_ms = min(self.trace.bridge_s * 1000, total_ms)
        return f"hub;dur={total_ms - bridge_ms:.2f}, bridge;dur={bridge_ms:.2f}".encode()


def _log_cut(error: Exception, request_id: str) -> None:
    # The head is out, so there is no other answer any more: returning unfinished makes the server drop the
    # connection, and the caller sees that the body is not whole.  The framework wraps what it met too late.
    if isinstance(error.__cause__, BridgeError):
        log.warning("request.cut", request_id=request_id, code=error.__cause__.code)
    else:
        log.error("request.cut", request_id=request_id, exc_info=error)


def _route(scope: Scope) -> str:
    """Return the declared path, so that ids never become labels."""
    declared = getattr(scope.get("route"), "path", None)
    if declared is not None:
        return str(declared)
    matched_whole = "endpoint" in scope and not scope.get("path_params")
    return str(scope["path"]) if matched_whole else "unmatched"


def _given(headers: Mapping[bytes, bytes], name: bytes) -> str | None:
    given = headers.get(name)
    if given is None:
        return None
    value = given.decode("latin-1")
    return value if _SAFE_ID.fullmatch(value) else None


def _given_trace(headers: Mapping[bytes, bytes]) -> str | None:
    given = headers.get(b"traceparent")
    if given is None:
        return None
    value = given.decode("latin-1")
    return value if _TRACEPARENT.fullmatch(value) else None


@lru_cache(maxsize=4096)
def user_hash(user_id: str) -> str:
    """Return a short stand-in for a user in log lines."""
    return hashlib.sha256(user_id.encode()).hexdigest()[:12]
