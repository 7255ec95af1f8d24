"""MongoDB comes back: how soon the hub uses it again, and how fast what waited is replayed."""

import asyncio
import statistics
import sys
import tempfile
import time
from pathlib import Path

import httpx
from pydantic import SecretStr

from adapters.memory import open_memory
from bench import mongo
from bench.corridor import BODY, hub
from bench.figure import Figure
from bench.interactions import exchange
from bench.load import Running
from config import MongoSettings
from core_integrator.contracts.clock import SystemClock
from tests.mongowire import MongoProgram, mongo_program

# Long enough for the pauses between two looks to have grown to their longest.
ABSENCES_S = (5.5, 6.0, 6.5, 7.0, 7.5)
WAITING, WRITERS, REPLAYS = 10_000, 50, 3


def figures() -> list[Figure]:
    """Kill, wait, start again; the longest return and the longest replay count."""
    with tempfile.TemporaryDirectory() as name:
        returns = _returns(Path(name) / "return")
        replays = [_replay(Path(name) / f"replay{number}") for number in range(REPLAYS)]
    since = f"since the restarted server listens; {mongo.STAND_IN}"
    return [
        Figure(
            "MongoDB is used again after its return",
            max(returns),
            "s",
            3,
            note=f"the longest of {len(returns)}, middle {statistics.median(returns):.2g} s; {since}",
        ),
        Figure(
            f"{WAITING} waiting rows are replayed",
            max(replays),
            "s",
            10,
            note=f"the longest of {len(replays)}, the return included, {since}",
        ),
    ]


def _returns(folder: Path) -> list[float]:
    with (
        mongo_program(folder / "mongo") as server,
        hub(folder / "hub", mongo.settings(server.url, "bench")) as running,
    ):
        mongo.until(running, "primary")
        return [_return(server, running, absence_s) for absence_s in ABSENCES_S]


def _return(server: MongoProgram, running: Running, absence_s: float) -> float:
    server.kill()
    # Somebody has to ask before the hub knows; what is written now waits.
    httpx.post(f"{running.url}/core", content=BODY, headers={"content-type": "application/json"})
    mongo.until(running, "journal")
    time.sleep(absence_s)
    server.start()
    return mongo.until(running, "primary")


def _replay(folder: Path) -> float:
    """Start a hub over a journal in which so many rows wait, and MongoDB after it."""
    with mongo_program(folder / "mongo") as server:
        server.kill()
        asyncio.run(_write(folder / "hub", server.url))
        with hub(folder / "hub", mongo.settings(server.url, "bench")) as running:
            mongo.until(running, "journal", waiting=WAITING)
            server.start()
            return mongo.until(running, "primary", waiting=0)


async def _write(folder: Path, url: str) -> None:
    settings = MongoSettings(connection_string=SecretStr(url), database="bench")
    async with open_memory(folder, SystemClock(), settings) as memory:

        async def write() -> None:
            for _ in range(WAITING // WRITERS):
                await memory.remember(exchange())

        await asyncio.gather(*(write() for _ in range(WRITERS)))


if __name__ == "__main__":
    sys.stdout.write("\n".join(figure.row() for figure in figures()) + "\n")
