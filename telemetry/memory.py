"""Where the memory stands, as Prometheus sees it: read from the store whenever somebody scrapes."""

from collections.abc import Callable, Iterator
from typing import get_args

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector

from core_integrator.contracts.ports import MemoryMode, MemoryState

Family = GaugeMetricFamily | CounterMetricFamily


class MemoryCollector(Collector):
    """Turns the memory's state into metrics."""

    def __init__(self, state: Callable[[], MemoryState]) -> None:
        self._state = state

    def collect(self) -> Iterator[Family]:
        """Yield every metric about where the memory stands."""
        now = self._state()
        mode = GaugeMetricFamily(
            "integrator_memory_state", "1 for where the memory stands.", labels=["state"]
        )
        for name in get_args(MemoryMode):
            mode.add_metric([name], float(now.mode == name))
        yield mode
        yield _gauge("backlog_depth", "Changes MongoDB does not have yet.", now.backlog_depth)
        yield _gauge("backlog_age_seconds", "How long the oldest of them has waited.", now.backlog_age_s)
        yield _gauge("refused", "Changes MongoDB refused for good.", now.refused)
        yield _counter("replayed", "Changes brought to MongoDB later than at once.", now.replayed)
        yield _counter("fallbacks", "Times MongoDB was left for the journal alone.", now.fallbacks)


def _gauge(name: str, documentation: str, value: float) -> Family:
    return GaugeMetricFamily(f"integrator_memory_{name}", documentation, value=value)


def _counter(name: str, documentation: str, value: float) -> Family:
    return CounterMetricFamily(f"integrator_memory_{name}", documentation, value=value)
