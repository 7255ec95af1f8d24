"""Soak the memory: ``python -m tests.soak --seconds 600``; 1 if a promise was broken.

Nine tenths of the time belong to real programs under kills, the rest to lives of a memory in this process.
"""

import argparse
import logging
import secrets
import sys
import tempfile
import time
from pathlib import Path

import structlog
from hypothesis import settings

from tests.adapters.memory.machine import live
from tests.soak.run import soak

FEWEST_KILLS = 20
LIVES_AT_A_TIME = 10


def main() -> int:
    """Run the soak and print its account."""
    arguments = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    arguments.add_argument("--seconds", type=float, default=600, help="how long, about")
    arguments.add_argument("--users", type=int, default=24)
    arguments.add_argument("--seed", type=int, default=secrets.randbelow(2**31), help="of the kills")
    asked = arguments.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    sys.stdout.write(f"seed {asked.seed}\n")
    with tempfile.TemporaryDirectory() as folder:
        ledger = soak(
            Path(folder),
            seconds=asked.seconds * 0.9,
            kills=FEWEST_KILLS,
            users=asked.users,
            pause_s=0.05,
            seed=asked.seed,
        )
        sys.stdout.write(f"{ledger.report()}\n")
        lives = _lives(Path(folder), time.monotonic() + asked.seconds * 0.1)
    sys.stdout.write(f"{'lives of a memory, all as modelled':<34}{lives:>8}\n")
    return 0 if ledger.kept else 1


def _lives(folder: Path, until: float) -> int:
    """Let memories live against their models; a difference is raised."""
    lived = 0
    while time.monotonic() < until:
        place = folder / f"lives{lived}"
        place.mkdir()
        live(place, settings(max_examples=LIVES_AT_A_TIME, stateful_step_count=40))
        lived += LIVES_AT_A_TIME
    return lived


if __name__ == "__main__":
    sys.exit(main())
