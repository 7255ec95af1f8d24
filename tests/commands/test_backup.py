"""Backups: whole and consistent under load, or not there at all."""

import re
import resource
import signal
import sqlite3
import stat
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from adapters.memory import open_memory
from adapters.memory.backup import back_up
from adapters.memory.copies import CopyProblem, refuse_lack_of_room
from adapters.memory.sqlite import open_sqlite_memory
from core_integrator.contracts.clock import SystemClock
from core_integrator.contracts.ports import MemoryStore
from tests.adapters.memory.samples import generation, interaction
from tests.api.calls import core
from tests.commands.test_cli import integrator
from tests.servers import hub_program, until


@pytest.fixture
async def memory(tmp_path: Path) -> AsyncIterator[MemoryStore]:
    """A memory that a hub has open."""
    async with open_sqlite_memory(tmp_path / "data" / "memory.db", clock=SystemClock()) as opened:
        yield opened


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """The data folder."""
    return tmp_path / "data"


def asked(path: Path, *, mode: str = "ro&immutable=1") -> set[str]:
    """Return the texts that were asked for, after proving that the file alone is a whole database."""
    connection = sqlite3.connect(f"file:{path}?mode={mode}", uri=True)
    try:
        assert connection.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
        found = connection.execute("SELECT json_extract(request, '$.data.text') FROM interactions")
        return {text for (text,) in found}
    finally:
        connection.close()


def names(folder: Path) -> set[str]:
    """Return what lies in a folder."""
    return {path.name for path in folder.iterdir()}


def sums_agree(folder: Path) -> bool:
    """Ask the program that operators have."""
    return subprocess.run(["sha256sum", "-c", "kept.db.sha256"], cwd=folder, check=False).returncode == 0


async def fill(memory: MemoryStore, megabytes: int) -> None:
    """Make the memory as large as that."""
    for number in range(megabytes):
        await memory.remember(interaction(number, response=f'"{"x" * 1_000_000}"'))


def foreign_database() -> bytes:
    """Return a database of somebody else."""
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE TABLE theirs (x)")
    content = connection.serialize()
    connection.close()
    return content


def command(*arguments: str | Path) -> list[str]:
    """Return the command line."""
    return [sys.executable, "-m", "core_integrator", *map(str, arguments)]


def test_a_backup_under_load_holds_what_was_acknowledged(tmp_path: Path, data: Path) -> None:
    """Two workers write on meanwhile; no log is needed beside the copy, and a restore keeps away."""
    acknowledged: list[str] = []
    ending = threading.Event()

    def write(writer: int) -> None:
        with httpx.Client(base_url=hub.url, timeout=30) as client:
            while not ending.is_set():
                text = f"{writer}-{len(acknowledged)}"
                assert core(client, "sample_text", "generate", {"text": text}).status_code == 200
                acknowledged.append(text)

    with hub_program(data, INTEGRATOR_WORKERS="2") as hub:
        writers = [threading.Thread(target=write, args=(number,)) for number in range(4)]
        for writer in writers:
            writer.start()
        until(lambda: len(acknowledged) > 100, "a hundred exchanges are acknowledged")
        before = set(acknowledged)
        done = integrator("backup", tmp_path / "kept.db", "--data-dir", data, cwd=tmp_path)
        after = set(acknowledged)
        refused = integrator("restore", tmp_path / "kept.db", "--data-dir", data, "--force", cwd=tmp_path)
        ending.set()
        for writer in writers:
            writer.join()
        assert hub.stop() == 0

    assert done.returncode == 0, done.stderr
    assert re.fullmatch(r"Backed up \d+ rows, \d+ bytes, to \S+kept.db in \d+\.\d s\.\n", done.stdout)
    assert stat.S_IMODE((tmp_path / "kept.db").stat().st_mode) == 0o600
    assert before <= asked(tmp_path / "kept.db")
    assert len(after) > len(before), "the load did not stop for the backup"
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "is in use; stop the hub" in refused.stderr
    assert set(acknowledged) == asked(data / "memory.db", mode="rw")


async def test_what_is_only_in_the_log_is_in_the_backup(
    memory: MemoryStore, data: Path, tmp_path: Path
) -> None:
    """The main file alone is an older state, and the log is left to its owner."""
    await memory.remember(interaction(1, request='{"data": {"text": "fresh"}}'), generation=generation(1))
    log = (data / "memory.db-wal").read_bytes()
    assert b"fresh" in log
    assert b"fresh" not in (data / "memory.db").read_bytes()

    made = back_up(data, tmp_path / "kept.db")

    assert (made.rows, made.size) == (2, (tmp_path / "kept.db").stat().st_size)
    assert asked(tmp_path / "kept.db") == {"fresh"}
    assert (data / "memory.db-wal").read_bytes() == log
    assert sums_agree(tmp_path)


async def test_a_backup_of_a_memory_nobody_uses(memory: MemoryStore, data: Path, tmp_path: Path) -> None:
    """After a crash of the hub the log is still there; it is in the copy too."""
    await memory.remember(interaction(1, request='{"data": {"text": "fresh"}}'))
    crashed = tmp_path / "crashed"
    crashed.mkdir()
    for name in ("memory.db", "memory.db-wal"):
        (crashed / name).write_bytes((data / name).read_bytes())

    back_up(crashed, tmp_path / "kept.db")

    assert asked(tmp_path / "kept.db") == {"fresh"}


async def test_who_was_erased_is_not_in_a_later_backup(data: Path, tmp_path: Path) -> None:
    """Not even in pages that are free now."""
    async with open_memory(data, SystemClock()) as memory:
        await memory.remember(interaction(1, user="ada-erased", id="ada-1"), generation=generation(1))
        await memory.erase_until("ada-erased")
        back_up(data, tmp_path / "kept.db")

    content = (tmp_path / "kept.db").read_bytes()
    assert b"vid_00001" in content
    assert b"ada-" not in content


async def test_a_killed_backup_leaves_nothing_under_its_name(
    memory: MemoryStore, data: Path, tmp_path: Path
) -> None:
    """While it lives a second one to the same place is refused; what it leaves the next one clears away."""
    await fill(memory, 60)
    target = tmp_path / "out" / "kept.db"
    target.parent.mkdir()

    with halted_backup(data, target) as running:
        with pytest.raises(CopyProblem, match="another process is writing"):
            back_up(data, target)
        running.kill()
    assert names(target.parent) >= {".kept.db.part"}
    assert not target.exists()
    back_up(data, target)

    assert names(target.parent) == {"kept.db", "kept.db.sha256"}
    assert len(asked(target)) == 1


@contextmanager
def halted_backup(data: Path, target: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Halt a backup in the middle of its writing."""
    part = target.with_name(f".{target.name}.part")
    with subprocess.Popen(command("backup", target, "--data-dir", data)) as running:
        until(lambda: part.exists() and part.stat().st_size, "it is being written")
        running.send_signal(signal.SIGSTOP)
        yield running


async def test_a_full_disk_ends_a_backup_cleanly(memory: MemoryStore, data: Path, tmp_path: Path) -> None:
    """One sentence, and no half file anywhere."""
    await fill(memory, 4)
    target = tmp_path / "out" / "kept.db"
    target.parent.mkdir()

    done = backup_on_a_full_disk(data, target)

    assert done.returncode == 1
    assert done.stderr.startswith("integrator: no backup was made: ")
    assert done.stderr.count("\n") == 1
    assert names(target.parent) == set()


def backup_on_a_full_disk(data: Path, target: Path) -> subprocess.CompletedProcess[str]:
    """Run a backup that can write two megabytes."""
    return subprocess.run(
        command("backup", target, "--data-dir", data),
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (2_000_000, 2_000_000)),
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_disk_that_is_too_small_is_not_filled_at_all(tmp_path: Path) -> None:
    """A hub may be writing on it."""
    with pytest.raises(CopyProblem, match="too full: 1000000000000"):
        refuse_lack_of_room(tmp_path, 10**18)


@pytest.mark.parametrize(
    ("place", "why"),
    [
        ("there.db", "--force replaces it"),
        ("data/kept.db", "lies in the data folder"),
        ("link/kept.db", "lies in the data folder"),
        ("data", "is a folder"),
        ("nowhere/kept.db", "there is no folder"),
        ("used.db", "is a database in use"),
        ("dangling", "is not a plain file"),
    ],
)
async def test_a_place_that_would_do_harm_is_refused(
    memory: MemoryStore, data: Path, tmp_path: Path, place: str, why: str
) -> None:
    """What is there stays as it is."""
    (tmp_path / "there.db").write_text("precious")
    (tmp_path / "used.db-wal").write_text("log")
    (tmp_path / "dangling").symlink_to(tmp_path / "nothing")
    (tmp_path / "link").symlink_to(data)
    before = names(tmp_path), names(data)

    with pytest.raises(CopyProblem, match=why):
        back_up(data, tmp_path / place, force=place != "there.db")

    assert (names(tmp_path), names(data)) == before
    assert (tmp_path / "there.db").read_text() == "precious"


async def test_force_replaces_an_older_backup(memory: MemoryStore, data: Path, tmp_path: Path) -> None:
    """With its checksum."""
    back_up(data, tmp_path / "kept.db")
    await memory.remember(interaction(1, request='{"data": {"text": "new"}}'))

    with (tmp_path / "kept.db").open("rb") as reader:
        older = (tmp_path / "kept.db").read_bytes()
        back_up(data, tmp_path / "kept.db", force=True)
        assert reader.read() == older, "who reads the older one is not disturbed"

    assert asked(tmp_path / "kept.db") == {"new"}
    assert sums_agree(tmp_path)


def test_where_there_is_no_memory_there_is_no_backup(tmp_path: Path, data: Path) -> None:
    """And no memory is made, by looking for one."""
    done = integrator("backup", "kept.db", "--data-dir", data, cwd=tmp_path)

    assert done.returncode == 1
    assert done.stderr == f"integrator: there is no memory in {data}; --data-dir says where to look\n"
    assert names(tmp_path) == set()


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"no database at all" * 100, "not a database"),
        (b"", "not a memory of Core Integrator"),
        (foreign_database(), "belongs to another application"),
    ],
)
def test_a_file_that_is_no_memory_is_not_backed_up(
    tmp_path: Path, data: Path, content: bytes, why: str
) -> None:
    """A wrong data folder is noticed."""
    data.mkdir()
    (data / "memory.db").write_bytes(content)

    with pytest.raises(CopyProblem, match=why):
        back_up(data, tmp_path / "kept.db")

    assert names(tmp_path) == {"data"}
    assert (data / "memory.db").read_bytes() == content
