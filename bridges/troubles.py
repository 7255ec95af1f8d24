"""What went wrong lately with a service that works quietly: nobody is waiting to be told."""

from collections.abc import Callable
from dataclasses import dataclass

SHOWN_S = 60.0


@dataclass(frozen=True, slots=True)
class _Trouble:
    reason: str
    since_s: float


class Troubles:
    """The newest failure of each operation; forgotten when it succeeds, or after a minute."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._of: dict[str, _Trouble] = {}

    def note(self, operation: str, reason: str) -> None:
        """Remember that an operation failed."""
        self._of[operation] = _Trouble(reason, self._monotonic())

    def clear(self, operation: str) -> None:
        """Remember that an operation succeeded."""
        self._of.pop(operation, None)

    def reason(self) -> str | None:
        """Return what is wrong; none if nothing is."""
        young = [one for one in self._of.values() if self._monotonic() - one.since_s < SHOWN_S]
        return max(young, key=lambda one: one.since_s).reason if young else None
