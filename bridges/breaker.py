"""A circuit breaker: stop asking a generator that is away, and notice when it is back."""

from collections.abc import Callable
from typing import Literal

from core_integrator.contracts.events import BreakerMoved, Track

State = Literal["closed", "half_open", "open"]
NUMBERS: dict[State, int] = {"closed": 0, "half_open": 1, "open": 2}
LONGEST_OPEN_S = 60.0


class CircuitBreaker:
    """Closed lets everything through; open refuses; half-open lets one probe through.

    ``failures`` in a row open it.  It stays open for ``open_s``, doubling up to a minute while probes fail.
    The heartbeat may end the wait early when the generator says it is well.  After M. Nygard, *Release It!*.
    """

    def __init__(
        self, service: str, *, failures: int, open_s: float, monotonic: Callable[[], float], track: Track
    ) -> None:
        self.state: State = "closed"
        self._service = service
        self._limit = failures
        self._first_open_s = open_s
        self._open_s = open_s
        self._monotonic = monotonic
        self._track = track
        self._failures = 0
        self._reopens_at = 0.0
        self._probing = False

    def admit(self) -> bool:
        """Tell whether a call may go out now; in half-open the first asker becomes the probe."""
        if self.state == "open" and self._monotonic() >= self._reopens_at:
            self._move("half_open")
        if self.state == "half_open":
            if self._probing:
                return False
            self._probing = True
        return self.state != "open"

    def retry_after_s(self) -> float:
        """Return how long an open breaker will go on refusing."""
        return max(0.0, self._reopens_at - self._monotonic()) if self.state == "open" else 1.0

    def succeeded(self) -> None:
        """Note that the generator answered, be it with a refusal."""
        self._failures = 0
        self._probing = False
        self._open_s = self._first_open_s
        self._move("closed")

    def failed(self) -> None:
        """Note that the generator could not be reached or did not keep its contract."""
        self._failures += 1
        self._probing = False
        if self.state == "half_open":
            self._open_s = min(self._open_s * 2, LONGEST_OPEN_S)
        if self.state == "half_open" or self._failures >= self._limit:
            self._reopens_at = self._monotonic() + self._open_s
            self._move("open")

    def well(self) -> None:
        """Note that the heartbeat found the generator healthy: the next call may probe at once."""
        if self.state == "open":
            self._move("half_open")

    def _move(self, to: State) -> None:
        if to != self.state:
            self.state = to
            self._track(BreakerMoved(self._service, NUMBERS[to]))
