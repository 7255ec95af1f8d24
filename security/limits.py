"""Where allowances are kept: in this process, or elsewhere with this process to stand in."""

import time
from collections.abc import Callable

import structlog

from core_integrator.contracts.clock import Clock, microseconds
from core_integrator.contracts.errors import StorageUnavailable
from core_integrator.contracts.limits import LimitStore, Quota, Verdict, weigh

log = structlog.get_logger("security.limits")

# Of each of two generations.
MOST_KEYS = 50_000
PAUSE_S = 1.0


class InProcessLimits:
    """Keeps allowances in this process; of several workers each grants its part.

    Memory is bounded by two generations of keys: the older is dropped when the younger is a window old, by
    which time every key in it is whole again, or when the younger is full, which forgets those that were
    not heard of for longest.
    """

    def __init__(self, clock: Clock, *, workers: int = 1, most_keys: int = MOST_KEYS) -> None:
        self._clock = clock
        self._workers = workers
        self._most_keys = most_keys
        self._parts: dict[Quota, Quota] = {}
        self._young: dict[str, int] = {}
        self._old: dict[str, int] = {}
        self._turns_at_us = 0
        self._longest_window_us = 0

    async def take(self, key: str, quota: Quota, cost: int = 1) -> Verdict:
        """Take ``cost`` units of the key's allowance if they are there."""
        part = self._parts.get(quota)
        if part is None:
            part = self._parts[quota] = quota.shared_by(self._workers)
            self._longest_window_us = max(self._longest_window_us, quota.window_s * 1_000_000)
        now_us = microseconds(self._clock.now())
        self._turn_generations(now_us)
        whole_at_us = self._young.get(key) or self._old.get(key, 0)
        verdict, self._young[key] = weigh(part, whole_at_us, now_us, cost)
        return verdict

    def __len__(self) -> int:
        """Return how many keys are kept."""
        return len(self._young) + len(self._old)

    def _turn_generations(self, now_us: int) -> None:
        if now_us >= self._turns_at_us or len(self._young) >= self._most_keys:
            self._old, self._young = self._young, {}
            self._turns_at_us = now_us + self._longest_window_us


class LimitsWithStandIn:
    """Asks the shared store; while that is away the stand-in grants, so that limits are never off.

    After a failure the shared store is left alone for a moment: a server that hangs must not delay everybody.
    """

    def __init__(
        self,
        shared: LimitStore,
        stand_in: LimitStore,
        *,
        pause_s: float = PAUSE_S,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._shared = shared
        self._stand_in = stand_in
        self._pause_s = pause_s
        self._monotonic = monotonic
        self._ask_again_at = 0.0
        self.away = False

    async def take(self, key: str, quota: Quota, cost: int = 1) -> Verdict:
        """Take ``cost`` units of the key's allowance if they are there."""
        if self.away and self._monotonic() < self._ask_again_at:
            return await self._stand_in.take(key, quota, cost)
        try:
            verdict = await self._shared.take(key, quota, cost)
        except StorageUnavailable as error:
            self._left(error)
            return await self._stand_in.take(key, quota, cost)
        self._came_back()
        return verdict

    def _left(self, error: StorageUnavailable) -> None:
        if not self.away:
            log.warning("limits.shared_store_away", reason=error.message)
        self.away = True
        self._ask_again_at = self._monotonic() + self._pause_s

    def _came_back(self) -> None:
        if self.away:
            log.info("limits.shared_store_back")
        self.away = False
