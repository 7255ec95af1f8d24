"""How many requests a client may send in a minute."""

from collections.abc import Mapping
from dataclasses import dataclass

from starlette.datastructures import MutableHeaders
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.creatorcore.clock import Clock
from services.creatorcore.errors import ServiceError
from services.creatorcore.faults import operation_of

WINDOW_S = 60.0
MOST_WINDOWS = 10_000


@dataclass(slots=True)
class _Window:
    began_s: float
    used: int = 0


@dataclass(frozen=True, slots=True)
class Share:
    """What a client may still do: its limit, what is left, and when it is whole again (Unix seconds)."""

    limit: int
    remaining: int
    reset_s: float
    exceeded: bool


class Rates:
    """Counts requests in windows of a minute, each begun by a client's first request.

    The counts live in memory: a restart forgives.
    """

    def __init__(self, limits: Mapping[str, int], clock: Clock) -> None:
        self._limits = limits
        self._clock = clock
        self._windows: dict[tuple[str, str], _Window] = {}

    def spend(self, operation: str, client: str) -> Share | None:
        """Count one request; none when the operation has no limit."""
        limit = self._limits.get(operation, 0)
        if not limit:
            return None
        window = self._window((operation, client), self._clock.now())
        exceeded = window.used >= limit
        window.used += not exceeded
        return Share(limit, limit - window.used, window.began_s + WINDOW_S, exceeded)

    def _window(self, whose: tuple[str, str], now_s: float) -> _Window:
        window = self._windows.get(whose)
        # A clock that was set back must not lock anybody out.
        if window is None or not window.began_s <= now_s < window.began_s + WINDOW_S:
            if len(self._windows) >= MOST_WINDOWS:
                self._forget_old(now_s)
            window = self._windows[whose] = _Window(now_s)
        return window

    def _forget_old(self, now_s: float) -> None:
        young = {whose: one for whose, one in self._windows.items() if now_s < one.began_s + WINDOW_S}
        self._windows = young if len(young) < MOST_WINDOWS else {}


class RateLimited:
    """ASGI middleware that tells every caller its share, and refuses who has used it up.

    The client is the address of the connection; a hub in front of many users is one client, so its
    operator raises the limits.
    """

    def __init__(self, app: ASGIApp, *, rates: Rates, clock: Clock) -> None:
        self._app = app
        self._rates = rates
        self._clock = clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request with the headers of its share."""
        operation = operation_of(scope["path"]) if scope["type"] == "http" else None
        client = (scope.get("client") or ("unknown",))[0]
        share = self._rates.spend(operation, client) if operation else None
        if share is None:
            await self._app(scope, receive, send)
        elif share.exceeded:
            await self._refused(share)(scope, receive, _telling(send, share))
        else:
            await self._app(scope, receive, _telling(send, share))

    def _refused(self, share: Share) -> JSONResponse:
        wait_s = max(1, int(share.reset_s - self._clock.now()) + 1)
        error = ServiceError(
            429, "rate_limited", f"only {share.limit} such requests a minute", retry_after_s=wait_s
        )
        return JSONResponse(error.body(), error.status, error.headers())


def _telling(send: Send, share: Share) -> Send:
    async def told(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            headers["X-RateLimit-Limit"] = str(share.limit)
            headers["X-RateLimit-Remaining"] = str(share.remaining)
            headers["X-RateLimit-Reset"] = str(int(share.reset_s) + 1)
        await send(message)

    return told
