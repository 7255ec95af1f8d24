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

ROUNDS, SECONDS, DYING_S = 5, 1.0, 4.0
ALONE, HEALTHY, KILLED, NEVER = "the journal alone", "healthy", "killed before", "never there"
DEADLINE_MS = MongoSettings.model_fields["deadline_s"].default * 1000


def figures() -> list[Figure]:
    """Measure in short rounds, the journal alone before and after each other, and take the middle ratios."""
    with tempfile.TemporaryDirectory() as name, _hubs(Path(name)) as (hubs, which, dying):
        before = _load(hubs[ALONE], Path(name))
        loads: dict[str, list[Load]] = {kind: [] for kind in hubs}
        ratios: dict[str, list[float]] = {kind: [] for kind in hubs}
        # The dead ones more often: the limit is close to what they cost.
        for kind in ROUNDS * [HEALTHY, *3 * (KILLED, NEVER)]:
            load, after = _load(hubs[kind], Path(name)), _load(hubs[ALONE], Path(name))
            ratios[kind].append(2 * load.requests_per_s / (before.requests_per_s + after.requests_per_s))
            loads[kind].append(load)
            loads[ALONE].append(before := after)
        # Who fell back to the journal would look fast: each must stand as its name says, to the end.
        mongo.until(hubs[HEALTHY], "primary", waiting=0)
        for kind in (KILLED, NEVER):
            mongo.until(hubs[kind], "journal")
    dead = [*ratios[KILLED], *ratios[NEVER]]
    seen = ", ".join(f"{kind} {statistics.median(ratios[kind]):.2f}" for kind in (KILLED, NEVER))
    everything = [dying, *(load for some in loads.values() for load in some)]
    return [
        _ratio(
            "`POST /core`, MongoDB healthy, against the journal alone",
            ratios[HEALTHY],
            0.3,
            f"{_rate(loads)}; {which}",
        ),
        _ratio("`POST /core`, MongoDB dead, against the journal alone", dead, 0.9, seen),
        _tail("its p99, MongoDB healthy", loads[HEALTHY]),
        _tail("its p99, MongoDB dead", [*loads[KILLED], *loads[NEVER]]),
        _tail("its p99 while MongoDB is killed", [dying]),
        Figure("failed requests in all of these", sum(load.failed for load in everything), "", 0),
    ]


@contextlib.contextmanager
def _hubs(folder: Path) -> Iterator[tuple[dict[str, Running], str, Load]]:
    """Run a hub for each state of MongoDB; one MongoDB is killed under load."""
    with contextlib.ExitStack() as stack:
        settings, which = stack.enter_context(mongo.healthy(folder / "healthy"))
        mortal = stack.enter_context(mongo_program(folder / "mortal"))
        environments = {
            ALONE: {},
            HEALTHY: settings,
            KILLED: mongo.settings(mortal.url, "bench"),
            NEVER: mongo.nobody(),
        }
        hubs = {
            kind: stack.enter_context(hub(folder / kind, environment))
            for kind, environment in environments.items()
        }
        for kind in (HEALTHY, KILLED):
            mongo.until(hubs[kind], "primary")
        killing = threading.Timer(DYING_S / 2, mortal.kill)
        killing.start()
        dying = _load(hubs[KILLED], folder, DYING_S)
        killing.join()
        yield hubs, which, dying


def _load(program: Running, folder: Path, seconds: float = SECONDS) -> Load:
    load = post_load(f"{program.url}/core", BODY, folder, connections=CONNECTIONS, seconds=seconds)
    # What a load leaves to do (the settling of the backlog) belongs to nobody else's round.
    time.sleep(0.2)
    return load


def _rate(loads: dict[str, list[Load]]) -> str:
    kinds = ((KILLED, "dead"), (HEALTHY, "healthy"), (ALONE, "alone"))
    rates = (
        f"{name} {statistics.median(load.requests_per_s for load in loads[kind]):.0f}" for kind, name in kinds
    )
    return f"requests/s: {', '.join(rates)}"


def _ratio(name: str, ratios: list[float], limit: float, note: str) -> Figure:
    return Figure(name, statistics.median(ratios), "×", limit, at_least=True, note=note)


def _tail(name: str, loads: list[Load]) -> Figure:
    longest = max(load.p99_ms for load in loads)
    note = f"the longest of {len(loads)}; the limit is the write deadline"
    return Figure(name, longest, "ms", DEADLINE_MS, note=note)


if __name__ == "__main__":
    sys.stdout.write("\n".join(figure.row() for figure in figures()) + "\n")
