"""The memory with an eye on it: every operation is told to telemetry, and test mode may disturb it."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any, cast

from core_integrator.contracts.errors import IntegratorError, StorageUnavailable
from core_integrator.contracts.events import MemoryUsed, Track
from core_integrator.contracts.ports import MemoryStore
from core_integrator.testmode import Faults

WRITES = frozenset(
    {
        *("remember", "keep", "drop_generation", "erase", "claim", "release", "check"),
        *("add_feedback", "mark_forwarded", "give_up_forwarding"),
    }
)


def watched(store: MemoryStore, track: Track, faults: Faults | None = None) -> MemoryStore:
    """Return the store with every operation timed and counted."""
    return cast("MemoryStore", _Watched(store, track, faults))


class _Watched:
    """Forwards every operation of the port; wrapped at first use and then kept."""

    def __init__(self, store: MemoryStore, track: Track, faults: Faults | None) -> None:
        self._store = store
        self._track = track
        self._faults = faults
        self.state = store.state

    def __getattr__(self, operation: str) -> Callable[..., Awaitable[Any]]:
        wrapped = self._wrap(operation, getattr(self._store, operation))
        setattr(self, operation, wrapped)
        return wrapped

    def _wrap(self, operation: str, method: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
        async def run(*args: Any, **kwargs: Any) -> Any:
            started = time.perf_counter()
            outcome = "success"
            try:
                await self._disturb(operation)
                return await method(*args, **kwargs)
            except IntegratorError as error:
                outcome = error.code
                raise
            finally:
                self._track(MemoryUsed(operation, outcome, time.perf_counter() - started))

        return run

    async def _disturb(self, operation: str) -> None:
        if self._faults is None:
            return
        fault = self._faults.due("memory.write" if operation in WRITES else "memory.read")
        if fault is None:
            return
        if fault.kind == "slow":
            await asyncio.sleep(fault.delay_s)
            return
        raise StorageUnavailable("the memory cannot be used now")
