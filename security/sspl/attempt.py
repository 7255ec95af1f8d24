"""One request on its way through the checks."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from core_integrator.contracts.errors import IntegratorError
from security.sspl.body import HeldBody
from security.sspl.request import SignedRequest


@dataclass(slots=True)
class Attempt:
    """What is checked, and what became known on the way.

    Attributes:
        request: The request without its body.
        body: Its body, not read yet.
        admit: The limit for callers who proved nothing so far; raises ``RateLimited``.
        claimed: Id of the key that the caller names; proved only when the checks are through.
        concealed: Why that key does not count, where callers are not told.
    """

    request: SignedRequest
    body: HeldBody
    admit: Callable[[], Awaitable[None]]
    claimed: str = ""
    concealed: IntegratorError | None = None
