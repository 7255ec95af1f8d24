"""Sampling of refusals: a flood of one kind is counted instead of written."""

from collections.abc import Sequence
from dataclasses import dataclass

from core_integrator.contracts.audit import AuditEntry

PER_SECOND = 10
# A burst that does not end is told of in between.
TOLD_EVERY_S = 60


@dataclass(frozen=True, slots=True)
class Cause:
    """What was refused, and why."""

    action: str
    result: str


@dataclass(slots=True)
class _Burst:
    second: int
    admitted: int = 0
    left_out: int = 0
    left_out_since_s: int = 0
    left_out_at_s: int = 0


class Sampler:
    """Admits so many refusals of a cause in a second and counts the rest; successes are always admitted."""

    def __init__(self, per_second: int = PER_SECOND) -> None:
        self._per_second = per_second
        self._bursts: dict[Cause, _Burst] = {}

    def admits(self, entry: AuditEntry, now_s: int) -> bool:
        """Tell whether an entry is to be written; one that is not is counted."""
        if entry.result == "success":
            return True
        burst = self._bursts.setdefault(Cause(entry.action, entry.result), _Burst(now_s))
        if burst.second != now_s:
            burst.second, burst.admitted = now_s, 0
        if burst.admitted < self._per_second:
            burst.admitted += 1
            return True
        if not burst.left_out:
            burst.left_out_since_s = now_s
        burst.left_out += 1
        burst.left_out_at_s = now_s
        return False

    def ended(self, now_s: int, *, all_of_them: bool = False) -> Sequence[tuple[Cause, int]]:
        """Return how many of which cause were left out in bursts that are over, and forget these.

        A clock that went back ends a burst too.
        """
        over = []
        for cause, burst in list(self._bursts.items()):
            quiet = burst.second != now_s and burst.left_out_at_s != now_s
            if burst.left_out and (quiet or all_of_them or now_s - burst.left_out_since_s >= TOLD_EVERY_S):
                over.append((cause, burst.left_out))
                burst.left_out = 0
            if quiet and not burst.left_out:
                del self._bursts[cause]
        return over
