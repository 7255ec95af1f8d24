"""Time, handed down so that tests can own it."""

import json
import math
import time
from pathlib import Path
from typing import Protocol


class Clock(Protocol):
    """Where the service gets the time from."""

    def now(self) -> float:
        """Return the present moment in Unix seconds."""
        ...


class SystemClock:
    """The clock of the machine."""

    def now(self) -> float:
        """Return the present moment in Unix seconds."""
        return time.time()


class AdjustableClock:
    """The machine's clock, shifted by what tests ordered; the shift lies in the data folder."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "test-clock.json"

    def now(self) -> float:
        """Return the shifted moment in Unix seconds."""
        return time.time() + self._shift_s()

    def adjust(self, *, now: float | None, advance_s: float | None) -> float:
        """Set the clock, or let it go on, and return the new present."""
        shift_s = self._shift_s() if now is None else now - time.time()
        self._path.write_text(json.dumps({"shift_s": shift_s + (advance_s or 0.0)}))
        return self.now()

    def _shift_s(self) -> float:
        try:
            return float(json.loads(self._path.read_text())["shift_s"])
        except (FileNotFoundError, ValueError, KeyError):
            return 0.0


def rfc3339(moment: float) -> str:
    """Write a moment as RFC 3339 in UTC with milliseconds."""
    second = math.floor(moment)
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(second)) + f".{int((moment - second) * 1000):03d}Z"
