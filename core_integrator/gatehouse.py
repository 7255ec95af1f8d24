"""What the hub knows of its callers: who they are, what is left of their allowance, what they did."""

from collections.abc import Mapping, MutableMapping
from typing import Any
from urllib.parse import parse_qsl

from core_integrator.contracts.clock import Clock
from core_integrator.contracts.errors import IntegratorError
from core_integrator.contracts.principals import Principal
from security.links import Links


class Gatehouse:
    """Answers the guard at the door and the gateway behind it.

    A part that is none is not used: an open hub on loopback knows nobody, counts nothing and signs no link.
    """

    def __init__(self, *, clock: Clock, links: Links | None = None) -> None:
        self._clock = clock
        self._links = links

    async def authenticate(self, headers: Mapping[bytes, bytes]) -> Principal | None:
        """Return who shows a token or an API key; none if nothing is shown."""
        return None

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

    def refused(self, scope: Mapping[str, Any], error: IntegratorError) -> None:
        """Write a refusal down."""
