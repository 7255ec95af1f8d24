"""``POST /core`` with MongoDB above the journal, healthy and dead, against the journal alone."""

import contextlib
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from bench import mongo
from bench.corridor import BODY, CONNECTIONS, hub
from bench.figure import Figure
from bench.load import Load, Running, post_load
from config import MongoSettings
from tests.mongowire import mongo_program

ROUNDS, SECONDS = 5, 3.0
DEADLINE_MS = MongoSettings.model_fields["deadline_s"].default * 1000


def figures() -> list[Figure]:
    """Measure in rounds that take turns, and take the middle of each ratio."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with _hubs(folder) as (hubs, which, dying):
            rounds = [{kind: _load(each, folder) for kind, each in hubs.items()} for _ in range(ROUNDS)]
            # Who fell back to the journal would look fast: each must have stood as its name says, to the end.
            mongo.until(hubs["healthy"], "primary", waiting=0)
            for kind in ("killed", "never there"):
                mongo.until(hubs[kind], "journal")
    healthy = "`POST /core`, MongoDB healthy, against the journal alone"
    return [
        _ratio(healthy, rounds, "healthy", 0.3, which),
        _ratio("`POST /core`, MongoDB killed before, against the journal alone", rounds, "killed", 0.9),
        _ratio("`POST /core`, MongoDB never there, against the journal alone", rounds, "never there", 0.9),
        _tail("its p99, MongoDB healthy", [each["healthy"] for each in rounds]),
        _tail("its p99, MongoDB dead", [each[kind] for each in rounds for kind in ("killed", "never there")]),
        _tail("its p99 while MongoDB is killed", [dying]),
        Figure("failed requests in all of these", _failed(rounds, dying), "", 0),
    ]


@contextlib.contextmanager
def _hubs(folder: Path) -> Iterator[tuple[dict[str, Running], str, Load]]:
    """Run a hub for each state of MongoDB; one MongoDB is killed under load."""
    with contextlib.ExitStack() as stack:
        settings, which = stack.enter_context(mongo.healthy(folder / "mongo"))
        dead = stack.enter_context(mongo_program(folder / "dead"))
        environments = {
            "alone": {},
            "healthy": settings,
            "killed": mongo.settings(dead.url, "bench"),
            "never there": mongo.nobody(),
        }
        hubs = {
            kind: stack.enter_context(hub(folder / kind, environment))
            for kind, environment in environments.items()
        }
        for kind in ("healthy", "killed"):
            mongo.until(hubs[kind], "primary")
        killing = threading.Timer(SECONDS / 2, dead.kill)
        killing.start()
        dying = _load(hubs["killed"], folder)
        killing.join()
        yield hubs, which, dying


def _load(program: Running, folder: Path) -> Load:
    load = post_load(f"{program.url}/core", BODY, folder, connections=CONNECTIONS, seconds=SECONDS)
    # What the load leaves to do (the settling of the backlog) belongs to nobody else's round.
    time.sleep(0.5)
    return load


def _ratio(name: str, rounds: list[dict[str, Load]], kind: str, limit: float, which: str = "") -> Figure:
    ratio = statistics.median(each[kind].requests_per_s / each["alone"].requests_per_s for each in rounds)
    mine, alone = (statistics.median(each[one].requests_per_s for each in rounds) for one in (kind, "alone"))
    seen = f"{mine:.0f} of {alone:.0f} requests/s"
    return Figure(name, ratio, "×", limit, at_least=True, note=f"{seen}; {which}" if which else seen)


def _tail(name: str, loads: list[Load]) -> Figure:
    note = f"the largest of {len(loads)} rounds; the limit is the write deadline"
    return Figure(name, max(load.p99_ms for load in loads), "ms", DEADLINE_MS, note=note)


def _failed(rounds: list[dict[str, Load]], dying: Load) -> int:
    return dying.failed + sum(load.failed for each in rounds for load in each.values())


if __name__ == "__main__":
    sys.stdout.write("\n".join(figure.row() for figure in figures()) + "\n")
