"""What happened, told to every ``track_event`` hook.  No user, prompt, key or id in an event."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RequestAnswered:
    """The hub answered an HTTP request."""

    route: str
    method: str
    status: int
    duration_s: float


@dataclass(frozen=True, slots=True)
class CallEnded:
    """A module's call ended; ``outcome`` is ``success`` or the error's code."""

    module: str
    intent: str
    outcome: str
    duration_s: float


@dataclass(frozen=True, slots=True)
class PluginLoaded:
    """A plugin was loaded, or set aside (``ready`` is false)."""

    plugin: str
    ready: bool
    duration_s: float


@dataclass(frozen=True, slots=True)
class BridgeAttempted:
    """A bridge called its generator once; ``outcome`` is ``success`` or the error's code."""

    service: str
    operation: str
    outcome: str
    duration_s: float


@dataclass(frozen=True, slots=True)
class BreakerMoved:
    """A circuit breaker changed its state: 0 closed, 1 half-open, 2 open."""

    service: str
    state: int


@dataclass(frozen=True, slots=True)
class MemoryUsed:
    """The memory did something; ``outcome`` is ``success`` or the error's code."""

    operation: str
    outcome: str
    duration_s: float


@dataclass(frozen=True, slots=True)
class FeedbackGiven:
    """A user judged a generation."""

    module: str
    score: int
    forwarded: bool


Event = (
    RequestAnswered | CallEnded | PluginLoaded | BridgeAttempted | BreakerMoved | MemoryUsed | FeedbackGiven
)
Track = Callable[[Event], None]
