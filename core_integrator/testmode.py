"""Test mode: a clock that can be set, and faults that can be ordered.

Their state lies in files of the data folder, so it holds for every worker and across restarts.
"""

import fcntl
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from core_integrator.contracts.clock import Clock
from core_integrator.contracts.errors import InvalidArgument

LAST_UNIX_S = 32_503_680_000.0


class ClockOrder(BaseModel):
    """The body of ``POST /test/clock``: a moment, or a step from the present one."""

    model_config = ConfigDict(extra="forbid", strict=True)

    now: float | None = Field(default=None, description="The moment it shall be, in Unix seconds.")
    advance_s: float | None = Field(default=None, description="Seconds to go on (or back).")


class Fault(BaseModel):
    """The body of ``POST /test/faults``: which calls of an operation go wrong, and how."""

    model_config = ConfigDict(extra="forbid", strict=True)

    operation: str = Field(
        default=..., pattern=r"^[a-z][a-z0-9._/-]{0,63}$", description="What is disturbed."
    )
    calls: list[int] | Literal["all"] = Field(default="all", description="Which calls from now on, from 1.")
    kind: Literal["fail", "slow", "cut"] = Field(default=..., description="How it goes wrong.")
    status: int = Field(default=503, ge=400, le=599, description="HTTP status of a failure.")
    delay_s: float = Field(default=1.0, ge=0, le=600, description="Seconds of slowness.")


class AdjustableClock:
    """The machine's clock, shifted by what tests ordered."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        self._path = folder / "test-clock.json"
        self._clock = clock

    def now(self) -> datetime:
        """Return the shifted moment, aware, in UTC."""
        return self._clock.now() + timedelta(seconds=self._shift_s())

    def adjust(self, order: ClockOrder) -> datetime:
        """Shift the clock as ordered, and return the new present.

        Raises:
            InvalidArgument: It would show a year before 1970 or after 3000.
        """
        with _locked(self._path) as file:
            present = self._clock.now().timestamp()
            target = order.now
            if target is None:
                target = present + _read(file).get("shift_s", 0.0)
            target += order.advance_s or 0.0
            if not 0 <= target <= LAST_UNIX_S:
                raise InvalidArgument("the clock goes from the year 1970 to 3000")
            _write(file, {"shift_s": target - present})
        return self.now()

    def _shift_s(self) -> float:
        try:
            return float(json.loads(self._path.read_text())["shift_s"])
        except (FileNotFoundError, ValueError, KeyError):
            return 0.0


class Faults:
    """The faults ordered so far, with how often each operation was called since."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "test-faults.json"

    def order(self, fault: Fault) -> None:
        """Disturb an operation from now on; a later order for the same operation replaces the earlier."""
        with _locked(self._path) as file:
            state = _read(file)
            state[fault.operation] = {"fault": fault.model_dump(), "seen": 0}
            _write(file, state)

    def clear(self) -> None:
        """End every disturbance."""
        with _locked(self._path) as file:
            _write(file, {})

    def due(self, operation: str) -> Fault | None:
        """Count one call of the operation and return the fault it shall suffer, if any."""
        if not self._path.exists():
            return None
        with _locked(self._path) as file:
            state = _read(file)
            entry = state.get(operation)
            if entry is None:
                return None
            entry["seen"] += 1
            _write(file, state)
        fault = Fault.model_validate(entry["fault"])
        return fault if fault.calls == "all" or entry["seen"] in fault.calls else None


@contextmanager
def _locked(path: Path) -> Iterator[IO[str]]:
    with path.open("a+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield file


def _read(file: IO[str]) -> dict[str, Any]:
    file.seek(0)
    text = file.read()
    return dict(json.loads(text)) if text else {}


def _write(file: IO[str], state: object) -> None:
    file.seek(0)
    file.truncate()
    json.dump(state, file)
    file.flush()
