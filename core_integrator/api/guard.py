"""Who asks, and whether they may: decided before a request reaches a route."""

from collections.abc import Callable, Mapping, MutableMapping
from dataclasses import replace
from typing import Any, Protocol
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from core_integrator.api.access import AccessTable, Found
from core_integrator.api.errors import error_answer
from core_integrator.contracts.errors import Forbidden, IntegratorError, NotFound, Unauthenticated
from core_integrator.contracts.principals import ANYBODY, Principal

# Whoever holds a signed link may read what it leads to, and nothing else.
BEARER_OF_LINK = Principal(
    "link", "anonymous", "signature", frozenset({"artifact:read"}), frozenset({ANYBODY})
)
STRANGER = Principal("stranger", "anonymous", "none", frozenset(), frozenset())


class Gatekeeper(Protocol):
    """What the guard asks of the open hub."""

    async def authenticate(self, headers: Mapping[bytes, bytes]) -> Principal | None:
        """Return who shows a token or an API key; none if nothing is shown.

        Raises:
            Unauthenticated: What is shown proves nothing, or no longer does.
        """
        ...

    def holds_link(self, path: str, query: str) -> bool:
        """Tell whether a query carries the right to read a path now."""
        ...

    async def charge(self, principal: Principal, state: MutableMapping[str, Any], *, cost: int = 1) -> None:
        """Take a request's cost of its principal's allowance.

        Raises:
            RateLimited: There is not so much left.
        """
        ...

    def refused(self, scope: Scope, error: IntegratorError) -> None:
        """Write a refusal down."""
        ...


class Guard:
    """Pure ASGI middleware: puts the principal into the request's state, or refuses the request.

    ``nobody`` is who asks without showing anything; none where everybody must show something.  A principal
    that a signature proved is in the state already; a token beside it narrows it to that token's user.
    """

    def __init__(
        self,
        app: ASGIApp,
        table: AccessTable,
        *,
        nobody: Principal | None,
        gatekeeper: Callable[[], Gatekeeper],
    ) -> None:
        self._app = app
        self._table = table
        self._nobody = nobody
        self._gatekeeper = gatekeeper

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request; other scopes pass through."""
        if scope["type"] == "http":
            try:
                await self._let_in(scope)
            except IntegratorError as error:
                self._gatekeeper().refused(scope, error)
                await error_answer(error, Request(scope))(scope, receive, send)
                return
        await self._app(scope, receive, send)

    async def _let_in(self, scope: Scope) -> None:
        found = self._table.find(scope["method"], scope["path"])
        if found is None:
            # What is known by another method is the framework's to answer; all else is nowhere.
            if not self._table.knows(scope["path"]):
                raise NotFound("path")
            return
        gatekeeper = self._gatekeeper()
        principal = await self._principal(gatekeeper, scope, found)
        scope["state"]["principal"] = principal
        _check(principal, scope, found)
        await gatekeeper.charge(principal, scope["state"])

    async def _principal(self, gatekeeper: Gatekeeper, scope: Scope, found: Found) -> Principal:
        if found.access.link and gatekeeper.holds_link(
            scope["path"], scope["query_string"].decode("latin-1")
        ):
            return BEARER_OF_LINK
        signer: Principal | None = scope["state"].get("principal")
        shown = await gatekeeper.authenticate(dict(scope["headers"]))
        if signer is not None:
            return signer if shown is None else _narrowed(signer, shown)
        principal = shown or self._nobody
        if principal is not None:
            return principal
        if found.access.permission is None:
            return STRANGER
        raise Unauthenticated("show a token, an API key or a signature")


def _narrowed(signer: Principal, user: Principal) -> Principal:
    """Return the user who calls through a client: what both may do."""
    if not signer.may_speak_for(user.id):
        raise Forbidden("this key may not speak for this user")
    # Whichever of the two is allowed less: a key for one module, or a user who only reads.
    allowed = {each for each in user.permissions if signer.may(each)}
    allowed |= {each for each in signer.permissions if user.may(each)}
    subjects = {each for each in user.subjects if signer.may_speak_for(each)}
    subjects |= {each for each in signer.subjects if user.may_speak_for(each)}
    return replace(user, permissions=frozenset(allowed), subjects=frozenset(subjects))


def _check(principal: Principal, scope: Scope, found: Found) -> None:
    access = found.access
    # The permission for a call depends on the intent, which only the body tells.
    if access.permission not in (None, "core"):
        require(principal, str(access.permission))
    if access.user_in == "path" and found.user_id is not None:
        require_user(principal, found.user_id)
    elif access.user_in == "query" and ANYBODY not in principal.subjects:
        for name, value in parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True):
            if name == "user_id":
                require_user(principal, value)


def require_user(principal: Principal, user_id: str) -> None:
    """Let a principal speak for itself, or for those it may speak for.

    Raises:
        Forbidden: It is somebody else's business.
    """
    if not principal.may_speak_for(user_id):
        raise Forbidden("user_id names somebody else than the caller")


def require(principal: Principal, permission: str) -> None:
    """Let a principal do what it is allowed to.

    Raises:
        Forbidden: It is not.
    """
    if not principal.may(permission):
        raise Forbidden(f"this needs the permission {permission!r}")
