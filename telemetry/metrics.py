"""Prometheus metrics, fed by events.  No user, key, prompt or id in a label."""

from collections.abc import Callable
from functools import lru_cache
from typing import TypeVar

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from core_integrator.contracts.events import (
    BreakerMoved,
    BridgeAttempted,
    CallEnded,
    Event,
    FeedbackGiven,
    MemoryUsed,
    PluginLoaded,
    RequestAnswered,
)
from core_integrator.contracts.ports import MemoryState
from core_integrator.hookspecs import hookimpl
from telemetry.memory import MemoryCollector

M = TypeVar("M", Counter, Gauge, Histogram)

BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)


def _children(metric: M) -> Callable[..., M]:
    """Return a look-up of a metric's children by their labels that is cheaper than the library's own."""
    return lru_cache(maxsize=4096)(metric.labels)


class Metrics:
    """Counts what happened; a ``track_event`` plugin like anyone's."""

    def __init__(self) -> None:
        self._registry = registry = CollectorRegistry()
        self._requests = _children(
            Counter(
                "integrator_requests_total",
                "HTTP requests answered.",
                ["route", "method", "status"],
                registry=registry,
            )
        )
        self._request_seconds = _children(
            Histogram(
                "integrator_request_duration_seconds",
                "Time from a request's head to the end of its answer.",
                ["route"],
                buckets=BUCKETS,
                registry=registry,
            )
        )
        self._calls = _children(
            Counter(
                "integrator_calls_total",
                "Calls of modules.",
                ["module", "intent", "outcome"],
                registry=registry,
            )
        )
        self._call_seconds = _children(
            Histogram(
                "integrator_call_duration_seconds",
                "Time a call took, remembering included.",
                ["module"],
                buckets=BUCKETS,
                registry=registry,
            )
        )
        self._bridge = _children(
            Counter(
                "integrator_provider_requests_total",
                "Attempts to call a generator.",
                ["provider", "operation", "outcome"],
                registry=registry,
            )
        )
        self._bridge_seconds = _children(
            Histogram(
                "integrator_provider_duration_seconds",
                "Time one attempt took.",
                ["provider", "operation"],
                buckets=BUCKETS,
                registry=registry,
            )
        )
        self._breaker = _children(
            Gauge(
                "integrator_breaker_state", "0 closed, 1 half-open, 2 open.", ["provider"], registry=registry
            )
        )
        self._memory = _children(
            Counter(
                "integrator_memory_ops_total",
                "Operations of the memory.",
                ["op", "outcome"],
                registry=registry,
            )
        )
        self._memory_seconds = _children(
            Histogram(
                "integrator_memory_op_duration_seconds",
                "Time an operation of the memory took.",
                ["op"],
                buckets=BUCKETS,
                registry=registry,
            )
        )
        self._plugins = _children(
            Gauge("integrator_plugins", "Plugins by state.", ["state"], registry=registry)
        )
        self._plugin_seconds = _children(
            Gauge(
                "integrator_plugin_load_seconds", "Time a plugin took to load.", ["plugin"], registry=registry
            )
        )
        self._feedback = _children(
            Counter(
                "integrator_feedback_total",
                "Verdicts taken.",
                ["module", "score", "forwarded"],
                registry=registry,
            )
        )

    @hookimpl
    def track_event(self, event: Event) -> None:
        """Count one event."""
        match event:
            case RequestAnswered():
                self._requests(event.route, event.method, str(event.status)).inc()
                self._request_seconds(event.route).observe(event.duration_s)
            case CallEnded():
                self._calls(event.module, event.intent, event.outcome).inc()
                self._call_seconds(event.module).observe(event.duration_s)
            case MemoryUsed():
                self._memory(event.operation, event.outcome).inc()
                self._memory_seconds(event.operation).observe(event.duration_s)
            case BridgeAttempted():
                self._bridge(event.service, event.operation, event.outcome).inc()
                self._bridge_seconds(event.service, event.operation).observe(event.duration_s)
            case BreakerMoved():
                self._breaker(event.service).set(event.state)
            case PluginLoaded():
                self._plugins("ready" if event.ready else "set_aside").inc()
                self._plugin_seconds(event.plugin).set(event.duration_s)
            case FeedbackGiven():
                self._feedback(event.module, str(event.score), str(event.forwarded).lower()).inc()

    def watch_memory(self, state: Callable[[], MemoryState]) -> None:
        """Show from now on where the memory stands."""
        self._registry.register(MemoryCollector(state))

    def exposition(self) -> bytes:
        """Return every metric in Prometheus' text format."""
        return generate_latest(self._registry)
