"""What the hub knows of its callers: who they are, what is left of their allowance, what they did."""

import secrets
from collections.abc import AsyncGenerator, Mapping, MutableMapping
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any
from urllib.parse import parse_qsl

from adapters.limits import open_redis_limits
from config import LimitSettings, Settings
from core_integrator.contracts.audit import AuditEntry, AuditLog
from core_integrator.contracts.clock import Clock
from core_integrator.contracts.errors import IntegratorError
from core_integrator.contracts.limits import LimitStore, Quota
from core_integrator.contracts.principals import Principal
from security.identities import Identities
from security.identities.throttle import AttemptLimit, unlimited
from security.limits import InProcessLimits, LimitsWithStandIn
from security.links import Links
from security.secret_files import kept_secret
from security.throttle import PrincipalThrottle

LINK_SECRET = "link_secret"  # noqa: S105 - name of a file
# Sign-ins, lost passwords: of one account and of one address.
ATTEMPTS = Quota("attempts", 10)


class Gatehouse:
    """Answers the guard at the door and what lies behind it.

    ``links`` is none in an open hub, where an unguessable id is enough.
    """

    def __init__(
        self,
        identities: Identities,
        throttle: PrincipalThrottle,
        audit: AuditLog,
        *,
        clock: Clock,
        links: Links | None,
    ) -> None:
        self._identities = identities
        self._throttle = throttle
        self._audit = audit
        self._clock = clock
        self._links = links

    async def authenticate(self, headers: Mapping[bytes, bytes]) -> Principal | None:
        """Return who shows a token or an API key; none if nothing is shown.

        Raises:
            Unauthenticated: What is shown proves nothing, or no longer does.
        """
        authorization, api_key = headers.get(b"authorization"), headers.get(b"x-api-key")
        if authorization is None and api_key is None:
            return None
        return await self._identities.authenticate(
            authorization=None if authorization is None else authorization.decode("latin-1"),
            api_key=None if api_key is None else api_key.decode("latin-1"),
        )

    def holds_link(self, path: str, query: str) -> bool:
        """Tell whether a query carries the right to read a path now."""
        if self._links is None or "signature=" not in query:
            return False
        return self._links.holds(path, dict(parse_qsl(query)), now=self._clock.now())

    def link(self, path: str) -> str:
        """Return the path of an artifact with the right to fetch it for a while."""
        return path if self._links is None else self._links.signed(path, now=self._clock.now())

    async def charge(self, principal: Principal, state: MutableMapping[str, Any], *, cost: int = 1) -> None:
        """Take a request's cost of its principal's allowance; ``state`` is that of the request.

        Raises:
            RateLimited: There is not so much left.
        """
        if principal.kind != "anonymous":
            await self._throttle.charge(principal.id, cost=cost, state=state)

    def did(
        self, principal: Principal, action: str, what: str, result: str, state: Mapping[str, Any]
    ) -> None:
        """Write down what somebody did who proved something; of nobody there is nothing to say."""
        if principal.proof != "none":
            self._audit.note(_entry(principal, action, what, result, state))

    def called(self, principal: Principal, what: str, result: str, state: Mapping[str, Any]) -> None:
        """Write a call down, and count it among its user's."""
        self.did(principal, "core.call", what, result, state)
        if principal.kind == "user":
            self._identities.count_call(principal.id)

    async def will_do(self, principal: Principal, action: str, what: str, state: Mapping[str, Any]) -> None:
        """Write down what is not done unless it is written down.

        Raises:
            StorageUnavailable: It is not written.
        """
        await self._audit.append(_entry(principal, action, what, "success", state))

    def refused(self, scope: Mapping[str, Any], error: IntegratorError, credential: str = "") -> None:
        """Write a refusal down; of very many alike only some, and their number."""
        state = scope["state"]
        principal: Principal | None = state.get("principal")
        entry = AuditEntry(
            actor=principal.id if principal else credential,
            kind=principal.kind if principal else "anonymous",
            action="access.refused",
            object=f"{scope['method']} {scope['path']}",
            result=error.code,
            request_id=state.get("request_id", ""),
            address=state.get("address", ""),
        )
        self._audit.note(entry)


def _entry(principal: Principal, action: str, what: str, result: str, state: Mapping[str, Any]) -> AuditEntry:
    return AuditEntry(
        actor=principal.id,
        kind=principal.kind,
        action=action,
        object=what,
        result=result,
        request_id=state.get("request_id", ""),
        address=state.get("address", ""),
        detail={"credential": principal.credential} if principal.credential else {},
    )


@asynccontextmanager
async def open_limits(
    settings: LimitSettings, clock: Clock, workers: int
) -> AsyncGenerator[LimitStore, None]:
    """Open where allowances are kept: shared by all hubs, or in this process for its share of the workers.

    Raises:
        StorageUnavailable: Redis' client is not installed.
    """
    own = InProcessLimits(clock, workers=workers)
    async with AsyncExitStack() as stack:
        if settings.redis_url is None:
            yield own
            return
        opening = open_redis_limits(settings.redis_url.get_secret_value())
        yield LimitsWithStandIn(await stack.enter_async_context(opening), own)


def principal_throttle(settings: LimitSettings, store: LimitStore) -> PrincipalThrottle:
    """Return what counts requests against their principals' allowances."""
    return PrincipalThrottle(store, Quota("user", settings.per_user) if settings.per_user else None)


def open_links(settings: Settings) -> Links | None:
    """Return what signs links to media; none in an open hub.

    Raises:
        StorageUnavailable: The secret cannot be read or made.
    """
    if settings.auth == "open":
        return None
    return Links(kept_secret(settings.data_dir / LINK_SECRET, lambda: secrets.token_bytes(32)))


def attempt_limit(settings: Settings, store: LimitStore) -> AttemptLimit:
    """Return how often somebody may try a password; no limit where there is none on requests."""
    if not settings.limits.per_address:
        return unlimited

    async def limit(key: str) -> float | None:
        verdict = await store.take(f"attempts:{key}", ATTEMPTS)
        return None if verdict.granted else verdict.retry_after_s

    return limit
