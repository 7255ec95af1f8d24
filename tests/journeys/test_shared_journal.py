"""Several processes on one journal under MongoDB: one replays, and when it dies another does."""

import os
import signal
import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import httpx
import pytest

from tests.mongowire import MongoProgram, mongo_program
from tests.servers import Program, hub_program, until
from tests.soak.ledger import Ledger, in_mongodb, in_sqlite

DATABASE = "shared"


@contextmanager
def hubs(folder: Path, mongo: MongoProgram, *, programs: int, workers: int) -> Iterator[list[Program]]:
    """Serve one data folder by so many programs of so many workers each."""
    with ExitStack() as stack:
        yield [
            stack.enter_context(
                hub_program(
                    folder,
                    INTEGRATOR_WORKERS=str(workers),
                    INTEGRATOR_PLUGINS_OFF="creator,education,finance,video",
                    USE_MONGODB="1",
                    MONGODB_CONNECTION_STRING=mongo.url,
                    MONGODB_DATABASE_NAME=DATABASE,
                )
            )
            for _ in range(programs)
        ]


def alive(programs: list[Program]) -> list[Program]:
    """Return the programs that were not killed."""
    return [program for program in programs if program.process.poll() is None]


def processes(programs: list[Program]) -> set[int]:
    """Return the processes that serve."""
    return {pid for program in alive(programs) for pid in program.workers() or [program.process.pid]}


def replaying(folder: Path) -> set[int]:
    """Return the processes that hold the right to replay: one at most."""
    lock = folder / "replay.lock"
    if not lock.exists():
        return set()
    inode = lock.stat().st_ino
    held = [line.replace("-> ", "").split() for line in Path("/proc/locks").read_text().splitlines()]
    return {
        int(pid)
        for _, kind, _, _, pid, place, *_ in held
        if kind == "FLOCK" and int(place.rpartition(":")[2]) == inode
    }


def write(programs: list[Program], ledger: Ledger, count: int) -> None:
    """Send so many calls, each on a connection of its own, until each is acknowledged."""
    first = len(ledger.acknowledged)
    # One for all: a connection is made anew for each call all the same.
    client = httpx.Client(timeout=30, headers={"Connection": "close"})

    def send(number: int) -> None:
        text, user = f"t{number}", f"u{number % 3}"

        def acknowledged() -> bool:
            living = alive(programs)
            hub = living[number % len(living)]
            body = {"module": "sample_text", "intent": "generate", "user_id": user, "data": {"text": text}}
            try:
                answer = client.post(f"{hub.url}/core", json=body, headers={"Idempotency-Key": text})
            except httpx.TransportError:
                return False
            return answer.is_success

        until(acknowledged, f"{text} is acknowledged")
        ledger.acknowledged[text] = user

    with client, ThreadPoolExecutor(8) as pool:
        list(pool.map(send, range(first, first + count)))


def nothing_waits(folder: Path) -> bool:
    """Tell whether MongoDB has everything."""
    with closing(sqlite3.connect(folder / "memory.db")) as connection:
        return connection.execute("SELECT count(*) FROM backlog").fetchone() == (0,)


def both_wrote(programs: list[Program], ledger: Ledger, folder: Path) -> bool:
    """Write some more, and tell whether two processes have taken writes by now."""
    write(programs, ledger, 20)
    with closing(sqlite3.connect(folder / "memory.db")) as connection:
        return connection.execute("SELECT count(DISTINCT owner) FROM claims").fetchone() == (2,)


@pytest.mark.parametrize(("programs", "workers"), [(1, 2), (2, 1)], ids=["two workers", "two programs"])
def test_when_the_one_that_replays_is_killed_another_takes_over(
    tmp_path: Path, programs: int, workers: int
) -> None:
    """In the middle of a batch that MongoDB had already taken: nothing is lost, and nothing doubled."""
    ledger, data = Ledger(), tmp_path / "hub"
    with (
        mongo_program(tmp_path / "mongo") as mongo,
        hubs(data, mongo, programs=programs, workers=workers) as served,
    ):
        (first,) = until(lambda: replaying(data), "one replays")
        assert first in processes(served)
        until(lambda: both_wrote(served, ledger, data), "both take writes")
        assert replaying(data) == {first}
        mongo.kill()
        write(served, ledger, 40)
        mongo.start()
        mongo.fault("delay", "insert", delay_ms=500, times=1)
        until(lambda: mongo.faults()[0]["met"], "the replay has begun")
        os.kill(first, signal.SIGKILL)
        write(served, ledger, 30)

        (second,) = until(lambda: replaying(data) - {first}, "another replays")
        until(lambda: nothing_waits(data), "nothing waits")
        with httpx.Client(base_url=alive(served)[0].url, timeout=30) as client:
            shown = [
                (user, row["request"]["data"]["text"])
                for user in ("u0", "u1", "u2")
                for row in client.get(f"/get-history?user_id={user}&limit=200").json()
            ]

        assert second in processes(served)
        ledger.audit("SQLite", in_sqlite(data))
        ledger.audit("MongoDB", in_mongodb(mongo.url, DATABASE))
        ledger.audit("/get-history", shown)
    assert ledger.kept, ledger.report()
    assert len(ledger.acknowledged) == ledger.counts["rows in MongoDB"] >= 90
