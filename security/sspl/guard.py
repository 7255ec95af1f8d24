"""Lets nothing through to the hub that has to be signed and is not.

Pure ASGI, because a web framework reads the body before its own dependencies run: an unauthenticated caller
could then fill the memory.
"""

from collections.abc import Awaitable, Callable
from functools import partial

from core_integrator.contracts.errors import IntegratorError, SignatureInvalid
from core_integrator.contracts.principals import Principal
from security.asgi import ASGIApp, Receive, Scope, Send
from security.sspl.attempt import Attempt
from security.sspl.body import HeldBody
from security.sspl.request import read_request
from security.sspl.routes import Reached, SignedRoutes
from security.sspl.scope import check_scope, principal_of
from security.sspl.verifier import RequestVerifier

# Answers a failure in the hub's own shape.
Refuse = Callable[[IntegratorError, Scope, Receive, Send], Awaitable[None]]
# Counts a caller who proved nothing yet; raises RateLimited.
Admit = Callable[[Scope], Awaitable[None]]
# Is told why, the id of the key that was named (perhaps falsely), and of which request.
OnRefusal = Callable[[IntegratorError, str, Scope], None]


async def admit_all(scope: Scope) -> None:
    """Limit nobody."""


def tell_nobody(error: IntegratorError, key_id: str, scope: Scope) -> None:
    """Write nothing down."""


class SignatureGuard:
    """ASGI middleware: a signed request goes on with its :class:`Principal` in ``scope["state"]``."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        verifier: Callable[[], RequestVerifier],
        routes: SignedRoutes,
        refuse: Refuse,
        body_timeout_s: float,
        admit: Admit = admit_all,
        on_refusal: OnRefusal = tell_nobody,
    ) -> None:
        self._app = app
        self._verifier = verifier
        self._routes = routes
        self._refuse = refuse
        self._body_timeout_s = body_timeout_s
        self._admit = admit
        self._on_refusal = on_refusal

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request; the application sees it, and its body, only when all checks are through."""
        if scope["type"] == "websocket":
            # The hub has none, so whoever asks for one is up to something.
            await send({"type": "websocket.close", "code": 1008})
            return
        reached = self._reached(scope)
        if reached is None:
            await self._app(scope, receive, send)
            return
        limit_bytes = reached.route.body_limit_bytes
        async with HeldBody(receive, limit_bytes=limit_bytes, timeout_s=self._body_timeout_s) as body:
            try:
                principal = await self._prove(scope, reached, body)
            except IntegratorError as error:
                await self._refuse(error, scope, receive, send)
                return
            scope.setdefault("state", {})["principal"] = principal
            await self._app(scope, body.hand_on, send)

    def _reached(self, scope: Scope) -> Reached | None:
        if scope["type"] != "http" or _is_preflight(scope):
            return None
        return self._routes.reached(scope["method"], scope["path"])

    async def _prove(self, scope: Scope, reached: Reached, body: HeldBody) -> Principal:
        verifier = self._verifier()
        attempt: Attempt | None = None
        try:
            request = read_request(
                scope, authorities=verifier.authorities, limit_bytes=reached.route.body_limit_bytes
            )
            attempt = Attempt(request, body, partial(self._admit, scope))
            principal = principal_of(await verifier.prove(attempt))
            await check_scope(principal, reached, attempt)
        except IntegratorError as error:
            self._tell(error, attempt, scope)
            raise
        return principal

    def _tell(self, error: IntegratorError, attempt: Attempt | None, scope: Scope) -> None:
        if attempt is None:
            self._on_refusal(error, "", scope)
            return
        hidden = attempt.concealed if isinstance(error, SignatureInvalid) else None
        self._on_refusal(hidden or error, attempt.claimed, scope)


def _is_preflight(scope: Scope) -> bool:
    # A browser cannot sign these, and they reach no route.
    return scope["method"] == "OPTIONS" and any(
        name == b"access-control-request-method" for name, _ in scope["headers"]
    )
