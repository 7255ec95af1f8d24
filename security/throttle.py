"""Limits on requests: for each address before anybody is asked who they are, for each principal after."""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from core_integrator.contracts.errors import IntegratorError, RateLimited
from core_integrator.contracts.limits import LimitStore, Quota, Verdict
from security.addresses import Proxies, allowance_key
from security.asgi import ASGIApp, Message, Receive, Scope, Send
from security.rate_headers import rate_headers

Answer = Callable[[IntegratorError, Scope, Receive, Send], Awaitable[None]]

# What operators' machines ask, often and from one address.
EXEMPT = frozenset({"/system/live", "/system/ready", "/system/health", "/metrics"})
_VERDICTS = "rate_verdicts"


class AddressThrottle:
    """Pure ASGI middleware: refuses an address beyond its allowance before anything is read.

    It stands before authentication, so that guessing costs.  It puts the rate headers of every verdict on
    the request, its own and a principal's, on the answer.  ``answer`` writes a refusal; without a ``quota``
    nobody is refused here.  ``silent``: principals are not limited either, so there is nothing to tell.
    """

    def __init__(
        self,
        app: ASGIApp,
        store: LimitStore,
        quota: Quota | None,
        *,
        proxies: Proxies,
        answer: Answer,
        silent: bool = False,
    ) -> None:
        self._app = app
        self._store = store
        self._quota = quota
        self._proxies = proxies
        self._answer = answer
        self._silent = silent and quota is None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request; other scopes pass through."""
        if scope["type"] != "http" or scope["path"] in EXEMPT:
            await self._app(scope, receive, send)
            return
        state = scope.setdefault("state", {})
        state["address"] = self._proxies.client(scope)
        if self._silent:
            await self._app(scope, receive, send)
            return
        verdicts: list[Verdict] = []
        state[_VERDICTS] = verdicts

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", ()), *rate_headers(verdicts)]
            await send(message)

        refusal = await self._refusal(scope, verdicts)
        if refusal is None:
            await self._app(scope, receive, send_with_headers)
        else:
            await self._answer(refusal, scope, receive, send_with_headers)

    async def _refusal(self, scope: Scope, verdicts: list[Verdict]) -> RateLimited | None:
        if self._quota is None:
            return None
        key = allowance_key(scope["state"]["address"])
        verdict = await self._store.take(f"address:{key}", self._quota)
        verdicts.append(verdict)
        return None if verdict.granted else _too_many(verdict)


class PrincipalThrottle:
    """Refuses a principal beyond its allowance; dear requests cost more of it.  ``quota`` none: no limit."""

    def __init__(self, store: LimitStore, quota: Quota | None) -> None:
        self._store = store
        self._quota = quota

    async def charge(self, principal: str, *, cost: int = 1, state: MutableMapping[str, Any]) -> None:
        """Take a request's cost from the principal's allowance; ``state`` is that of the request's scope.

        Raises:
            RateLimited: It does not fit; nothing was taken.
        """
        if self._quota is None:
            return
        verdict = await self._store.take(f"principal:{principal}", self._quota, cost)
        state.setdefault(_VERDICTS, []).append(verdict)
        if not verdict.granted:
            raise _too_many(verdict)


def _too_many(verdict: Verdict) -> RateLimited:
    quota = verdict.quota
    return RateLimited(
        f"more than {quota.amount} requests in {quota.window_s} s",
        details={"policy": quota.name, "quota": quota.amount, "window_s": quota.window_s},
        retry_after_s=verdict.retry_after_s,
    )
