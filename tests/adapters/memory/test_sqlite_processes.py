"""Several processes on one file, and processes that die."""

import asyncio
import sqlite3
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from adapters.memory.sqlite import open_sqlite_memory
from core_integrator.contracts.clock import Clock
from core_integrator.contracts.ports import Claim, ClaimRunning, MemoryStore, StoredAnswer
from tests.adapters.memory.samples import NOON, interaction

ROOT = Path(__file__).parents[3]


@asynccontextmanager
async def another_process(part: str, path: Path, prefix: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """Start a process that plays ``part``; kill it at the end if it still runs."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.adapters.memory.worker",
        part,
        str(path),
        prefix,
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def lines(process: asyncio.subprocess.Process) -> list[str]:
    """Wait for the process's end and return every whole line it printed until then."""
    assert process.stdout is not None
    printed = (await process.stdout.read()).decode()
    await process.wait()
    return printed.split("\n")[:-1]


async def claim(store: MemoryStore) -> Claim | StoredAnswer:
    """Take the key the other process took."""
    return await store.claim(
        "key", user_id="u", fingerprint=b"a", now=NOON, expires_at=NOON + timedelta(days=1)
    )


def leftovers(path: Path) -> list[Path]:
    """Return the files of instances, living or dead."""
    return list((path.parent / "instances").iterdir())


def stored(path: Path, table: str) -> set[str]:
    """Return the names kept in a table, past the store."""
    with sqlite3.connect(path) as connection:
        found = {str(row[0])[4:] for row in connection.execute(f"SELECT id FROM {table}")}  # noqa: S608 - ours
    connection.close()
    return found


def quick_check(path: Path) -> str:
    """Return what SQLite says about the file's structure."""
    with sqlite3.connect(path) as connection:
        verdict = str(connection.execute("PRAGMA quick_check").fetchone()[0])
    connection.close()
    return verdict


async def test_two_processes_writing_at_once_lose_nothing(path: Path) -> None:
    """Workers of one hub share the file, from its very first moment."""
    async with another_process("some", path, "a") as one, another_process("some", path, "b") as two:
        acknowledged = [name for names in await asyncio.gather(lines(one), lines(two)) for name in names]

    assert (one.returncode, two.returncode) == (0, 0)
    assert len(acknowledged) == 800
    assert stored(path, "interactions") == stored(path, "generations") == set(acknowledged)
    assert quick_check(path) == "ok"


@pytest.mark.parametrize("moment", [40, 400, 1500])
async def test_what_was_acknowledged_survives_kill_9(path: Path, clock: Clock, moment: int) -> None:
    """An exchange and its generation are both there, or neither; and the claim is free for others."""
    async with (
        open_sqlite_memory(path, clock=clock) as survivor,
        another_process("endless", path, "k") as process,
    ):
        assert process.stdout is not None
        acknowledged = [(await process.stdout.readline()).decode().strip() for _ in range(moment)]
        with pytest.raises(ClaimRunning):
            await claim(survivor)

        process.kill()
        acknowledged += await lines(process)

        taken = await claim(survivor)
        await survivor.remember(interaction(1, id="int_after"))

    assert isinstance(taken, Claim)
    assert acknowledged[0] == "claimed"
    assert set(acknowledged[1:]) | {"after"} <= stored(path, "interactions")
    assert stored(path, "generations") == stored(path, "interactions") - {"after"}
    assert quick_check(path) == "ok"
    assert leftovers(path) == []


async def test_a_full_disk_refuses_and_recovers(path: Path) -> None:
    """Nothing is acknowledged that is not stored, and no restart is needed once there is room."""
    async with another_process("full", path, "f") as process:
        said = await lines(process)

    assert said == ["f-before", "refused down", "f-after", "journal"]
    assert stored(path, "interactions") == {"f-before", "f-after"}
    assert quick_check(path) == "ok"
