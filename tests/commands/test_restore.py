"""Restores: the backup or what was there before, never a mixture, and never somebody who was erased."""

import asyncio
import re
import signal
import sqlite3
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from adapters.memory import open_memory
from adapters.memory.backup import back_up
from adapters.memory.copies import CopyProblem
from adapters.memory.migrations import APPLICATION_ID, MIGRATIONS
from adapters.memory.restore import restore
from adapters.sqlite.locks import FileLock, Instance
from config import Settings
from core_integrator.contracts.clock import SystemClock
from core_integrator.contracts.ports import MemoryStore
from tests.adapters.memory.conftest import mongo_settings, until_mode
from tests.adapters.memory.samples import feedback, generation, interaction
from tests.commands.test_backup import command, names
from tests.commands.test_cli import integrator
from tests.mongowire import mongo_program
from tests.servers import hub_in_thread, until

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
KEPT = "memory.db.before-restore-20261125T120000.000000Z"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """The data folder."""
    return tmp_path / "data"


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    """Where the backup lies."""
    return tmp_path / "kept.db"


@asynccontextmanager
async def memory(data: Path, **given: object) -> AsyncIterator[MemoryStore]:
    """Open the memory as a hub does."""
    async with open_memory(data, SystemClock(), **given) as opened:
        yield opened


async def remember(data: Path, *rows: str) -> None:
    """Remember exchanges under these ids, each of the user before the dash, with what was made."""
    async with memory(data) as store:
        for row in rows:
            user = row.split("-")[0]
            await store.remember(
                interaction(1, id=row, user=user), generation=generation(1, id=f"vid_{row}", user=user)
            )
            await store.add_feedback(feedback(int(row.split("-")[1]), on=f"vid_{row}", user=user))


def remembered(path: Path) -> set[str]:
    """Return the ids of the exchanges in a file, after proving that it is whole."""
    connection = sqlite3.connect(path)
    try:
        assert connection.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
        return {row for (row,) in connection.execute("SELECT id FROM interactions")}
    finally:
        connection.close()


def changed(path: Path, *statements: str) -> None:
    """Change a file."""
    connection = sqlite3.connect(path, isolation_level=None)
    for statement in statements:
        connection.execute(statement)
    connection.close()


def test_a_hub_goes_on_with_a_restored_memory(settings: Settings, kept: Path, tmp_path: Path) -> None:
    """Into an empty folder, on another machine."""
    asyncio.run(remember(tmp_path / "data", "ada-1", "ada-2"))
    back_up(tmp_path / "data", kept)
    elsewhere = tmp_path / "elsewhere"

    done = integrator("restore", kept, "--data-dir", elsewhere, cwd=tmp_path)

    assert (done.returncode, done.stderr) == (0, "")
    assert re.fullmatch(r"Restored 6 rows, 0\.\d MB, to \S+elsewhere\.\n", done.stdout)
    with hub_in_thread(settings.model_copy(update={"data_dir": elsewhere})) as url:
        history = httpx.get(f"{url}/get-history", params={"user_id": "ada"}).json()
    assert [row["id"] for row in history] == ["ada-2", "ada-1"]


async def test_what_was_there_is_kept_with_its_log(data: Path, kept: Path, tmp_path: Path) -> None:
    """A hub that was killed leaves a log, whose rows must neither be lost nor get into the restored file."""
    await remember(data, "ada-1")
    back_up(data, kept)
    async with memory(data) as store:
        await store.remember(interaction(1, id="ada-2"))
        assert (data / "memory.db-wal").stat().st_size > 0
        crashed = tmp_path / "crashed"
        crashed.mkdir()
        for name in ("memory.db", "memory.db-wal"):
            (crashed / name).write_bytes((data / name).read_bytes())

    with pytest.raises(CopyProblem, match="--force replaces it"):
        restore(crashed, kept, now=NOW)
    assert remembered(crashed / "memory.db") == {"ada-1", "ada-2"}
    done = restore(crashed, kept, now=NOW, force=True)

    assert done.kept == crashed / KEPT
    assert remembered(crashed / KEPT) == {"ada-1", "ada-2"}
    assert names(crashed) == {"memory.db", "memory.db.lock", KEPT}
    assert remembered(crashed / "memory.db") == {"ada-1"}
    assert (crashed / "memory.db").stat().st_mode & 0o777 == 0o600


async def test_nothing_is_replaced_while_a_hub_has_it_open(data: Path, kept: Path) -> None:
    """Nor while any other program does."""
    await remember(data, "ada-1")
    back_up(data, kept)
    async with memory(data) as store:
        with pytest.raises(CopyProblem, match="is in use; stop the hub"):
            restore(data, kept, now=NOW, force=True)
        await store.remember(interaction(1, id="ada-2"))
    other = sqlite3.connect(data / "memory.db")
    other.execute("SELECT * FROM interactions").fetchone()
    with pytest.raises(CopyProblem, match="is in use; stop the hub"):
        restore(data, kept, now=NOW, force=True)
    other.close()
    # A hub that opens its connection anew at this moment has none, and is there all the same.
    instance = Instance(data / "instances")
    instance.join()
    with pytest.raises(CopyProblem, match="is in use; stop the hub"):
        restore(data, kept, now=NOW, force=True)
    instance.leave()

    assert remembered(data / "memory.db") == {"ada-1", "ada-2"}
    assert KEPT not in names(data)


async def test_a_hub_that_starts_meanwhile_opens_the_restored_file(data: Path, tmp_path: Path) -> None:
    """It waits for the same lock; a file it opened before would not be the memory any more."""
    await remember(data, "ada-1")
    await remember(tmp_path / "other", "ada-2")
    lock = FileLock(data / "memory.db.lock")
    with lock.held(1):
        opening = asyncio.create_task(_write_and_read(data))
        await asyncio.sleep(0.3)
        (tmp_path / "other" / "memory.db").replace(data / "memory.db")
    lock.close()

    assert await opening == ["ada-3", "ada-2"]


async def _write_and_read(data: Path) -> list[str]:
    async with memory(data) as store:
        await store.remember(interaction(2, id="ada-3"))
        return [row.id for row in await store.context("ada", limit=5)]


async def _history(data: Path) -> list[str]:
    async with memory(data) as store:
        return [row.id for row in await store.context("ada", limit=5)]


def damage(backup: Path, kind: str) -> None:
    """Let something happen to a backup."""
    content = bytearray(backup.read_bytes())
    if kind == "one bit":
        content[content.index(b"noir")] ^= 1
    elif kind == "a page":
        content[4096 * 3 : 4096 * 4] = bytes(4096)
    elif kind == "half":
        del content[len(content) // 2 :]
    else:
        content[:] = b"text" * 1000
    backup.write_bytes(content)


@pytest.mark.parametrize(
    ("kind", "checksum", "why"),
    [
        ("one bit", True, "does not match"),
        ("a page", False, "is damaged"),
        ("half", False, "damaged"),
        ("text", False, "not a database"),
    ],
)
async def test_a_damaged_backup_is_refused(
    data: Path, kept: Path, kind: str, checksum: bool, why: str
) -> None:
    """And the memory is not touched, not one byte of it."""
    await remember(data, *(f"ada-{n}" for n in range(20)))
    back_up(data, kept)
    before = (data / "memory.db").read_bytes()
    damage(kept, kind)
    if not checksum:
        kept.with_name("kept.db.sha256").unlink()

    with pytest.raises(CopyProblem, match=why):
        restore(data, kept, now=NOW, force=True)

    assert (data / "memory.db").read_bytes() == before
    assert names(data) == {"memory.db", "memory.db.lock", "instances"}


@pytest.mark.parametrize(
    ("statements", "why"),
    [
        (["PRAGMA user_version = 999"], "was written by a newer version"),
        (["PRAGMA application_id = 7"], "belongs to another application"),
        (["PRAGMA foreign_keys = OFF", "DELETE FROM generations"], "rows belong to others that are missing"),
    ],
)
async def test_a_backup_that_does_not_fit_is_refused(
    data: Path, kept: Path, statements: list[str], why: str
) -> None:
    """Whole as a file, and yet nothing for this version."""
    await remember(data, "ada-1")
    back_up(data, kept)
    kept.with_name("kept.db.sha256").unlink()
    changed(kept, *statements)

    with pytest.raises(CopyProblem, match=why):
        restore(data, kept, now=NOW, force=True)


async def test_an_older_backup_is_brought_up(data: Path, kept: Path) -> None:
    """Before it takes the memory's place."""
    changed(kept, *MIGRATIONS[0], f"PRAGMA application_id = {APPLICATION_ID}", "PRAGMA user_version = 1")
    changed(kept, "INSERT INTO interactions VALUES (1, 'ada-1', 'ada', 'video', 'generate', 1, '{}', '{}')")

    done = restore(data, kept, now=NOW)

    assert done.proven is False
    assert await _history(data) == ["ada-1"]


@pytest.mark.parametrize("place", ["nothing.db", "data/memory.db", "live/memory.db"])
async def test_what_is_no_backup_is_refused(data: Path, tmp_path: Path, place: str) -> None:
    """Missing, the memory itself, or a memory in use, whose newest rows are elsewhere."""
    await remember(data, "ada-1")
    async with memory(tmp_path / "live") as store:
        await store.remember(interaction(1))
        with pytest.raises(CopyProblem, match=r"no backup|the memory itself|not a backup"):
            restore(data, tmp_path / place, now=NOW, force=True)

    assert remembered(data / "memory.db") == {"ada-1"}


async def test_a_damaged_memory_is_replaced_and_kept(data: Path, kept: Path) -> None:
    """That is what backups are for; what it cannot tell any more is said."""
    await remember(data, "ada-1")
    back_up(data, kept)
    (data / "memory.db").write_bytes(b"rubbish" * 1000)
    (data / "memory.db-wal").write_bytes(b"more rubbish")

    done = restore(data, kept, now=NOW, force=True)

    assert done.readable is False
    assert (data / KEPT).read_bytes() == b"rubbish" * 1000
    assert (data / f"{KEPT}-wal").read_bytes() == b"more rubbish"
    assert names(data) == {"memory.db", "memory.db.lock", "instances", KEPT, f"{KEPT}-wal"}
    assert await _history(data) == ["ada-1"]


async def test_a_killed_restore_changes_nothing(data: Path, kept: Path) -> None:
    """The memory stays the memory until the last step, and the next restore clears away."""
    await remember(data, "ada-1")
    async with memory(data) as store:
        for number in range(60):
            await store.remember(interaction(number, response=f'"{"x" * 1_000_000}"'))
    back_up(data, kept)
    await remember(data, "ada-2")
    before = remembered(data / "memory.db")

    kill_in_the_middle(data, kept)
    assert remembered(data / "memory.db") == before
    restore(data, kept, now=NOW, force=True)

    assert remembered(data / "memory.db") == before - {"ada-2"}
    assert names(data) == {"memory.db", "memory.db.lock", "instances", KEPT}


def kill_in_the_middle(data: Path, kept: Path) -> None:
    """Kill a restore while it writes."""
    part = data / ".memory.db.part"
    with subprocess.Popen(command("restore", kept, "--data-dir", data, "--force")) as running:
        until(lambda: part.exists() and part.stat().st_size, "it is being written")
        running.send_signal(signal.SIGKILL)
    assert part.exists()


async def test_who_was_erased_stays_erased(data: Path, kept: Path, tmp_path: Path) -> None:
    """Also with a still older backup afterwards; who came back after the erasure keeps what is new."""
    await remember(data, "ada-1", "bob-2")
    back_up(data, tmp_path / "oldest.db")
    await remember(data, "ada-3", "bob-4")
    back_up(data, kept)
    async with memory(data) as store:
        await store.erase_until("ada")
    await remember(data, "bob-5")

    done = restore(data, kept, now=NOW, force=True)
    assert done.erased == 1
    assert remembered(data / "memory.db") == {"bob-2", "bob-4"}

    async with memory(data) as store:
        later = SystemClock().now()
        await store.remember(interaction(1, id="ada-9", created_at=later))
    back_up(data, tmp_path / "after.db")
    restore(data, tmp_path / "after.db", now=NOW.replace(hour=13), force=True)
    assert remembered(data / "memory.db") == {"bob-2", "bob-4", "ada-9"}

    restore(data, tmp_path / "oldest.db", now=NOW.replace(hour=14), force=True)
    assert remembered(data / "memory.db") == {"bob-2"}
    assert b"ada-" not in (data / "memory.db").read_bytes(), "also not in pages that are free now"


@pytest.mark.parametrize("away", [False, True])
async def test_an_old_backlog_brings_nobody_back_to_mongodb(
    data: Path, kept: Path, tmp_path: Path, away: bool
) -> None:
    """What waited in the backup is replayed, each row once; who was erased is erased there too."""
    with mongo_program(tmp_path / "mongo") as server:
        settings = mongo_settings(server.url)
        server.kill()
        async with memory(data, mongo=settings) as store:
            for user in ("ada", "bob"):
                await store.remember(interaction(1, id=f"{user}-1", user=user))
            back_up(data, kept)
            await asyncio.to_thread(server.start)
            await until_mode(store, "primary")
            for user in ("ada", "bob"):
                await store.remember(interaction(2, id=f"{user}-2", user=user))
            if away:
                # MongoDB does not hear of it: the one who knows is the memory that will be replaced.
                await asyncio.to_thread(server.kill)
            await store.erase("ada")

        done = restore(data, kept, now=NOW, force=True)

        if away:
            await asyncio.to_thread(server.start)
        assert done.erased == 1
        assert done.undelivered > 0 or not away
        async with memory(data, mongo=settings) as store:
            await until_mode(store, "primary")
            async with asyncio.timeout(10):
                while await store._journal.waits_for("ada"):
                    await asyncio.sleep(0.05)
            assert await store.context("ada", limit=5) == []
            assert [row.id for row in await store.context("bob", limit=5)] == ["bob-2", "bob-1"]
