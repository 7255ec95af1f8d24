"""The way in: an address's allowance, then a signature, then who it is and what they may."""

from collections.abc import Callable

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from config import Settings
from core_integrator.api.access import TABLE, AccessTable
from core_integrator.api.errors import error_answer
from core_integrator.api.guard import Guard
from core_integrator.contracts.errors import IntegratorError
from core_integrator.contracts.limits import Quota, Verdict
from core_integrator.contracts.principals import OPEN
from core_integrator.hub import Hub
from security.addresses import Proxies
from security.sspl.guard import SignatureGuard
from security.sspl.routes import SignedRoute, SignedRoutes
from security.sspl.verifier import RequestVerifier
from security.throttle import AddressThrottle

TheHub = Callable[[], Hub]


def guard(app: ASGIApp, settings: Settings, *, hub: TheHub) -> ASGIApp:
    """Return the application behind everything that lets callers in."""
    nobody = OPEN if settings.auth == "open" else None
    inner: ASGIApp = Guard(app, AccessTable(), nobody=nobody, gatekeeper=lambda: hub().gatehouse)
    if settings.sspl_enabled:
        inner = SignatureGuard(
            inner,
            verifier=lambda: _verifier(hub()),
            routes=signed_routes(settings.max_body_bytes),
            refuse=_refuse,
            body_timeout_s=settings.body_timeout_s,
            on_refusal=lambda error, key_id, scope: hub().gatehouse.refused(scope, error, key_id),
        )
    limits = settings.limits
    quota = Quota("address", limits.per_address) if limits.per_address else None
    return AddressThrottle(
        inner,
        _HubLimits(hub),
        quota,
        proxies=Proxies(limits.trusted_proxies),
        answer=_refuse,
        silent=not limits.per_user,
    )


def signed_routes(body_limit_bytes: int) -> SignedRoutes:
    """Return which requests have to be signed: those the table of access says."""
    signed = [
        SignedRoute(
            path,
            frozenset({method}),
            ("core:write", "core:read") if access.permission == "core" else (str(access.permission),),
            body_limit_bytes if access.user_in == "body" else 0,
            access.user_in,
            "module" if access.permission == "core" else "",
        )
        for (method, path), access in TABLE.items()
        if access.signed
    ]
    return SignedRoutes(
        signed,
        open_paths=[path for (_, path), access in TABLE.items() if not access.signed],
        body_limit_bytes=body_limit_bytes,
    )


def _verifier(hub: Hub) -> RequestVerifier:
    assert hub.signing is not None  # noqa: S101 - opened whenever signed requests are switched on
    return hub.signing.verifier


async def _refuse(error: IntegratorError, scope: Scope, receive: Receive, send: Send) -> None:
    await error_answer(error, Request(scope))(scope, receive, send)


class _HubLimits:
    """Where the hub keeps allowances, once it is open."""

    def __init__(self, hub: TheHub) -> None:
        self._hub = hub

    async def take(self, key: str, quota: Quota, cost: int = 1) -> Verdict:
        """Take ``cost`` units of the key's allowance if they are there."""
        return await self._hub().limits.take(key, quota, cost)
