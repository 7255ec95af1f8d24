"""Runs every benchmark and writes ``docs/benchmarks.md``; with names, runs those and prints them."""

import argparse
import os
import platform
import sys
from datetime import UTC, datetime
from pathlib import Path

from bench import context, corridor, film, interactions, memory, patience, recovery, security
from bench.figure import Figure

PARTS = {
    "corridor": corridor.figures,
    "interactions": interactions.figures,
    "memory": memory.figures,
    "recovery": recovery.figures,
    "context": context.figures,
    "security": security.figures,
    "film": film.figures,
    "patience": patience.figures,
}
PAGE = Path("docs/benchmarks.md")
TABLE = "| figure | measured | limit | kept | |\n|---|---|---|---|---|\n"
MARK = "<!-- Below: written by `make bench`. -->\n"


def main() -> int:
    """Measure, print, and return 1 if a limit is not kept."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("part", nargs="*", choices=[[], *PARTS], help="which; all when none is given")
    asked = arguments.parse_args().part
    measured: list[Figure] = []
    for name in asked or PARTS:
        for figure in PARTS[name]():
            sys.stdout.write(figure.row() + "\n")
            sys.stdout.flush()
            measured.append(figure)
    if not asked:
        _write(measured)
    return 0 if all(figure.met for figure in measured) else 1


def _write(measured: list[Figure]) -> None:
    told = PAGE.read_text().partition(MARK)[0]
    where = f"{os.cpu_count()} cores, Python {platform.python_version()}, {datetime.now(UTC):%Y-%m-%d}"
    rows = "\n".join(figure.row() for figure in measured)
    PAGE.write_text(f"{told}{MARK}\n{where}\n\n{TABLE}{rows}\n")


if __name__ == "__main__":
    sys.exit(main())
