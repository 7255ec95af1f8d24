"""Allowances that all hubs share."""

from contextlib import AbstractAsyncContextManager
from importlib import import_module

from core_integrator.contracts.clock import Clock
from core_integrator.contracts.errors import StorageUnavailable
from core_integrator.contracts.limits import LimitStore

__all__ = ["open_redis_limits"]


def open_redis_limits(url: str, *, clock: Clock | None = None) -> AbstractAsyncContextManager[LimitStore]:
    """Open the allowances in the Redis at the URL, which may be away now.

    Time is the server's own, the same for every hub, unless a clock is given.

    Raises:
        StorageUnavailable: Its client is not installed.
    """
    try:
        # Its client is an optional extra, so nothing may import it that can do without.
        adapter = import_module("adapters.limits.redis")
    except ModuleNotFoundError as error:
        raise StorageUnavailable(
            "limits in Redis need an extra; type: pip install 'core-integrator[redis]'"
        ) from error
    opened: AbstractAsyncContextManager[LimitStore] = adapter.open_limits(url, clock=clock)
    return opened
