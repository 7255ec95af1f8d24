"""``POST /core`` against bare FastAPI, start-up, idle memory."""

import json
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from bench.figure import Figure
from bench.load import Load, Running, free_port, post_load, running

ROUNDS, SECONDS, CONNECTIONS = 5, 4.0, 64
BODY = json.dumps(
    {
        "module": "sample_text",
        "intent": "generate",
        "user_id": "ada",
        "data": {"text": "Hello world this is a test"},
    }
)


def figures() -> list[Figure]:
    """Measure in rounds that alternate between the two, and take the middle of each ratio."""
    with tempfile.TemporaryDirectory() as name, bare() as limit, hub(Path(name)) as ours:
        time.sleep(1)
        idle_mb = ours.resident_mb()
        pairs = [(_load(limit, name), _load(ours, name)) for _ in range(ROUNDS)]
    rate = statistics.median(our.requests_per_s / their.requests_per_s for their, our in pairs)
    # The bare application's own p99 is spoilt by neighbours in some rounds: the smallest is its true one.
    tail = statistics.median(our.p99_ms for _, our in pairs) / min(their.p99_ms for their, _ in pairs)
    failed = sum(our.failed for _, our in pairs)
    seen = (
        f"{pairs[-1][1].requests_per_s:.0f} of {pairs[-1][0].requests_per_s:.0f} requests/s, {failed} failed"
    )
    return [
        Figure("`POST /core` against bare FastAPI", rate, "×", 0.5, at_least=True, note=seen),
        Figure("its p99 against bare FastAPI's", tail, "×", 4),
        Figure("failed requests under this load", failed, "", 0),
        Figure("hub, start to ready", _start_s(), "s", 1.5),
        Figure("hub, idle memory", idle_mb, "MB", 120),
    ]


@contextmanager
def bare() -> Iterator[Running]:
    """Run the bare application."""
    port = free_port()
    arguments = ["-m", "uvicorn", "bench.bare:app", "--port", str(port), "--no-access-log"]
    with running(arguments, port, "/system/live") as program:
        yield program


@contextmanager
def hub(folder: Path, environment: Mapping[str, str] | None = None) -> Iterator[Running]:
    """Run the hub with its durable memory."""
    port = free_port()
    arguments = ["-m", "core_integrator", "serve", "--port", str(port), "--data-dir", str(folder)]
    with running(arguments, port, "/system/ready", environment) as program:
        yield program


def _load(program: Running, folder: str) -> Load:
    return post_load(f"{program.url}/core", BODY, Path(folder), connections=CONNECTIONS, seconds=SECONDS)


def _start_s() -> float:
    times = []
    for _ in range(3):
        with tempfile.TemporaryDirectory() as name:
            began = time.perf_counter()
            with hub(Path(name)):
                times.append(time.perf_counter() - began)
    return statistics.median(times)


if __name__ == "__main__":
    sys.stdout.write("\n".join(figure.row() for figure in figures()) + "\n")
