"""How often somebody may ask: allowances that refill evenly, by the generic cell rate algorithm (GCRA).

What is kept for each key is one moment: when its allowance would be whole again.  A request is granted when
its cost fits under that, and then moves the moment on; a refused one changes nothing.
"""

from dataclasses import dataclass
from typing import Protocol

_SECOND_US = 1_000_000


@dataclass(frozen=True, slots=True)
class Quota:
    """So many units, all at once or spread, refilled evenly over the window.

    ``name`` is what callers see in ``RateLimit-Policy``.
    """

    name: str
    amount: int
    window_s: int = 60

    @property
    def interval_us(self) -> int:
        """Return how long one unit takes to refill."""
        return max(1, self.window_s * _SECOND_US // self.amount)

    @property
    def burst_us(self) -> int:
        """Return how far ahead of now a key's moment may lie."""
        return self.amount * self.interval_us

    def shared_by(self, count: int) -> "Quota":
        """Return one of ``count`` equal parts; never less than one unit."""
        return self if count == 1 else Quota(self.name, max(1, self.amount // count), self.window_s)


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a request is granted, and how its key stands now."""

    quota: Quota
    granted: bool
    remaining: int
    whole_in_us: int
    retry_in_us: int = 0

    @property
    def retry_after_s(self) -> float:
        """Return how long to wait until this very request would be granted; 0 if it was."""
        return self.retry_in_us / _SECOND_US


def weigh(quota: Quota, whole_at_us: int, now_us: int, cost: int) -> tuple[Verdict, int]:
    """Decide on a request; return the verdict and the key's new moment.

    A cost above the whole allowance counts as the whole, or it could never be granted.
    """
    burst_us = quota.burst_us
    # Never later than a full burst from now, so that a clock that went back costs one window at most.
    before_us = min(max(whole_at_us, now_us), now_us + burst_us)
    after_us = before_us + min(cost, quota.amount) * quota.interval_us
    wait_us = after_us - burst_us - now_us
    granted = wait_us <= 0
    stands_us = after_us if granted else before_us
    remaining = (now_us + burst_us - stands_us) // quota.interval_us
    return Verdict(quota, granted, remaining, stands_us - now_us, 0 if granted else wait_us), stands_us


class LimitStore(Protocol):
    """Keeps the moments of keys."""

    async def take(self, key: str, quota: Quota, cost: int = 1) -> Verdict:
        """Take ``cost`` units of the key's allowance if they are there.

        Raises:
            StorageUnavailable: The store cannot be asked now.
        """
        ...
