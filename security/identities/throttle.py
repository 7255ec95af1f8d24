"""How often somebody may try a password: asked before it is looked at."""

import hashlib
from collections.abc import Awaitable, Callable

from core_integrator.contracts.errors import RateLimited

# Charges one attempt to a key; returns how many seconds to wait if there is nothing left of its allowance.
AttemptLimit = Callable[[str], Awaitable[float | None]]


async def unlimited(key: str) -> float | None:
    """Let everybody try as often as they want."""
    return None


async def charge(limit: AttemptLimit, what: str, *, account: str = "", address: str = "") -> None:
    """Charge an attempt to its account and to its address.

    Keys are ``<what>:account:<hash>`` and ``<what>:address:<address>``; no e-mail address is in them.

    Raises:
        RateLimited: One of them has tried too often.
    """
    keys = []
    if address:
        keys.append(f"{what}:address:{address}")
    if account:
        keys.append(f"{what}:account:{hashlib.sha256(account.casefold().encode()).hexdigest()[:16]}")
    for key in keys:
        wait_s = await limit(key)
        if wait_s is not None:
            raise RateLimited("too many attempts; wait a little", retry_after_s=wait_s)
