"""What the durable memory promises beyond the contract."""

import asyncio
import fcntl
import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from adapters.memory import open_memory
from adapters.memory.migrations import APPLICATION_ID, MEMORY, MIGRATIONS
from adapters.memory.rows import FEEDBACK_COLUMNS, feedback_row, generation_row
from adapters.memory.sqlite import open_sqlite_memory
from adapters.sqlite.database import open_database
from adapters.sqlite.writer import open_writer
from core_integrator.contracts.clock import Clock
from core_integrator.contracts.errors import StorageUnavailable
from core_integrator.contracts.ports import Claim, ClaimRunning, MemoryStore, Record, Shelf
from tests.adapters.memory.samples import NOON, feedback, generation, interaction

SOON_S = 0.2
# Only keeps a broken store from holding up the run; no test needs a fraction of it.
HANG_S = 20


@contextmanager
def file_lock(path: Path) -> Iterator[None]:
    """Hold the lock every writer needs, as another process would."""
    descriptor = os.open(path.with_name(path.name + ".lock"), os.O_RDWR | os.O_CREAT)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    try:
        yield
    finally:
        os.close(descriptor)


@contextmanager
def exclusive_transaction(path: Path) -> Iterator[None]:
    """Keep the database locked, as a foreign tool would."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("BEGIN EXCLUSIVE")
        yield
        connection.execute("ROLLBACK")


def execute(path: Path, statement: str, values: tuple = ()) -> None:
    """Do something to the file past the store."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute(statement, values)


def content(path: Path) -> bytes:
    """Return the file's bytes."""
    return path.read_bytes()


def overwrite(path: Path, text: bytes) -> None:
    """Replace the file's bytes."""
    path.write_bytes(text)


def remove(path: Path) -> None:
    """Remove the database with everything beside it."""
    for file in path.parent.glob(path.name + "*"):
        file.unlink()


async def claim(store: MemoryStore, scope: str = "key") -> object:
    """Take a key for a minute."""
    return await store.claim(
        scope, user_id="u", fingerprint=b"a", now=NOON, expires_at=NOON + timedelta(minutes=1)
    )


# Opening


async def test_the_memory_lies_in_the_data_folder_and_stays(tmp_path: Path, clock: Clock) -> None:
    """Everything is there again after a restart, in a folder that need not exist before."""
    folder = tmp_path / "new" / "data #1 ü?"
    async with open_memory(folder, clock) as store:
        await store.remember(interaction(1), generation=generation(1))
        await store.add_feedback(feedback(1))

    async with open_memory(folder, clock) as store:
        assert await store.context("ada", limit=5) == [interaction(1)]
        assert await store.add_feedback(feedback(2)) == 4
    assert (folder / "memory.db").stat().st_mode & 0o077 == 0
    assert not (folder / "memory.db-wal").exists()


async def test_an_older_file_becomes_a_newer_one(path: Path, clock: Clock) -> None:
    """Everything in it stays; verdicts that reached nobody wait to be told now."""
    for statement in (*MIGRATIONS[0], f"PRAGMA application_id = {APPLICATION_ID}", "PRAGMA user_version = 1"):
        execute(path, statement)
    verdict = feedback_row(feedback(1))
    columns = "id, user_id, module, created_us, provider_generation_id, payload"
    execute(
        path,
        f"INSERT INTO generations ({columns}) VALUES (?,?,?,?,?,?)",  # noqa: S608 - constants
        generation_row(generation(1))[:6],
    )
    insert = f"INSERT INTO feedback ({FEEDBACK_COLUMNS}) VALUES (?,?,?,?,?,?,?,?)"  # noqa: S608 - constants
    execute(path, insert, verdict)

    async with open_sqlite_memory(path, clock=clock) as store:
        await store.keep(Shelf("ada", "finance", "transaction"), [Record("a", "{}")])
        waiting = await store.waiting_feedback(before=NOON + timedelta(seconds=60), limit=10)

    assert waiting == [(feedback(1), generation(1))]


async def test_a_newer_file_is_refused_and_left_alone(path: Path, clock: Clock) -> None:
    """An old program must not guess at a newer format."""
    async with open_sqlite_memory(path, clock=clock):
        pass
    execute(path, "PRAGMA user_version = 999")
    before = content(path)

    with pytest.raises(StorageUnavailable, match="newer version"):
        async with open_sqlite_memory(path, clock=clock):
            pass

    assert content(path) == before


async def test_another_applications_file_is_refused_and_left_alone(path: Path, clock: Clock) -> None:
    """A mistyped path must not add tables to somebody's database."""
    execute(path, "CREATE TABLE theirs (x)")
    before = content(path)

    with pytest.raises(StorageUnavailable, match="another application"):
        async with open_sqlite_memory(path, clock=clock):
            pass

    assert content(path) == before


async def test_a_file_that_is_no_database_is_refused_and_left_alone(path: Path, clock: Clock) -> None:
    """Somebody's text file stays a text file."""
    overwrite(path, b"shopping list\n" * 100)

    with pytest.raises(StorageUnavailable, match="not a database"):
        async with open_sqlite_memory(path, clock=clock):
            pass

    assert content(path) == b"shopping list\n" * 100


@pytest.mark.parametrize("folder", ["/proc", "/dev/null"])
async def test_a_folder_that_cannot_be_written_is_refused(folder: str, clock: Clock) -> None:
    """At once, and without telling callers where the file lies; these two refuse even root."""
    async with asyncio.timeout(HANG_S):
        with pytest.raises(StorageUnavailable) as refusal:
            async with open_sqlite_memory(Path(folder) / "memory.db", clock=clock):
                pass

    assert folder not in refusal.value.message


async def test_opening_waits_for_nobody_for_ever(path: Path, clock: Clock) -> None:
    """A process that hangs with the lock in hand must not hang the next one's start."""
    async with asyncio.timeout(HANG_S):
        with file_lock(path), pytest.raises(StorageUnavailable):
            async with open_sqlite_memory(path, clock=clock, deadline_s=SOON_S):
                pass


# Trouble while it runs


@pytest.mark.parametrize("trouble", [file_lock, exclusive_transaction])
async def test_a_store_that_is_blocked_refuses_in_time_and_recovers(
    path: Path, clock: Clock, trouble: object
) -> None:
    """Every write ends, says so in the state, and the next one after the trouble succeeds by itself."""
    async with asyncio.timeout(HANG_S), open_sqlite_memory(path, clock=clock, deadline_s=SOON_S) as store:
        await store.remember(None, generation=generation(1))
        with trouble(path):  # type: ignore[operator]
            for write in (
                store.remember(interaction(1)),
                store.add_feedback(feedback(1)),
                store.mark_forwarded("fbk_00001"),
                store.drop_generation("vid_00001", user_id="ada"),
                claim(store),
                store.release(Claim("key", "token")),
                store.check(),
            ):
                with pytest.raises(StorageUnavailable) as refusal:
                    await write
                assert str(path.parent) not in refusal.value.message
            assert store.state().mode == "down"
            assert store.state().reason

        await store.check()
        await store.remember(interaction(2))

        assert store.state().mode == "journal"
        assert store.state().reason is None
        assert (await store.context("ada", limit=5))[0] == interaction(2)


async def test_reading_goes_on_while_writing_is_blocked(path: Path, clock: Clock) -> None:
    """Histories stay open when the lock does not."""
    async with open_sqlite_memory(path, clock=clock) as store:
        await store.remember(interaction(1))
        with file_lock(path), exclusive_transaction(path):
            assert await store.context("ada", limit=5) == [interaction(1)]


async def test_a_damaged_file_is_reported_not_answered(path: Path, clock: Clock) -> None:
    """No driver's exception reaches a caller."""
    async with open_sqlite_memory(path, clock=clock) as store:
        for number in range(100):
            await store.remember(interaction(number, response=f'"{"x" * 4000}"'))
    whole = content(path)
    # The exchanges, not the schema: that comes first.
    half = len(whole) // 2
    overwrite(path, whole[:half] + b"\xff" * (len(whole) - half))

    async with open_sqlite_memory(path, clock=clock) as store:
        with pytest.raises(StorageUnavailable) as refusal:
            await store.context("ada", limit=50)

    assert "malformed" not in refusal.value.message


async def test_writes_to_a_file_that_was_removed_are_not_acknowledged(path: Path, clock: Clock) -> None:
    """SQLite would go on writing into the unlinked file; the store says no once and then starts anew."""
    async with open_sqlite_memory(path, clock=clock) as store:
        await store.remember(interaction(1))
        assert await store.context("ada", limit=5) == [interaction(1)]
        remove(path)

        with pytest.raises(StorageUnavailable):
            await store.remember(interaction(2))
        with pytest.raises(StorageUnavailable):
            await store.context("ada", limit=5)

        await store.remember(interaction(3))
        assert await store.context("ada", limit=5) == [interaction(3)]
    async with open_sqlite_memory(path, clock=clock) as store:
        assert await store.context("ada", limit=5) == [interaction(3)]


async def test_a_disk_that_stalls_keeps_nobody_waiting(path: Path) -> None:
    """The thread hangs as long as the disk does, its callers do not; then all goes on."""
    stalled = threading.Event()
    async with (
        asyncio.timeout(HANG_S),
        open_database(path, MEMORY, deadline_s=SOON_S) as database,
        open_writer(database, deadline_s=SOON_S) as writer,
    ):
        for work in (lambda _: stalled.wait(HANG_S), lambda _: True):
            with pytest.raises(StorageUnavailable):
                await writer.write(work)
        assert writer.failure

        stalled.set()

        assert await writer.write(lambda _: True)
        assert writer.failure is None


async def test_a_generation_refused_takes_its_exchange_back(path: Path, clock: Clock) -> None:
    """The first half of an operation does not stay when the second fails."""
    async with open_sqlite_memory(path, clock=clock) as store:
        with pytest.raises(ValueError, match="cannot be stored"):
            await store.remember(interaction(1), generation=generation(1, provider_generation_id=None))

        assert await store.context("ada", limit=5) == []
        assert store.state().mode == "journal"


async def test_a_full_queue_refuses_at_once(path: Path, clock: Clock) -> None:
    """The queue is bounded; what it took is written once the trouble is over, and nothing else."""
    async with open_sqlite_memory(path, clock=clock, deadline_s=HANG_S, queue_limit=5) as store:
        with file_lock(path):
            writes = [asyncio.create_task(store.remember(interaction(n))) for n in range(30)]
            refused, taken = await asyncio.wait(writes, return_when=asyncio.FIRST_COMPLETED)
        await asyncio.gather(*taken)

        errors = [write.exception() for write in refused]
        assert len(taken) == 5
        assert all(isinstance(error, StorageUnavailable) and error.retry_after_s for error in errors)
        assert len(await store.context("ada", limit=50)) == 5


async def test_a_cancelled_caller_does_not_take_the_write_back(path: Path, clock: Clock) -> None:
    """A client that hangs up after the order leaves the order in the history."""
    async with open_sqlite_memory(path, clock=clock) as store:
        with file_lock(path):
            write = asyncio.create_task(store.remember(interaction(1)))
            await asyncio.sleep(0)
            write.cancel()
            await asyncio.wait([write])
        await store.remember(interaction(2))

        assert write.cancelled()
        assert await store.context("ada", limit=5) == [interaction(2), interaction(1)]


async def test_closing_writes_what_is_queued(path: Path, clock: Clock) -> None:
    """An orderly stop forgets nothing."""
    async with open_sqlite_memory(path, clock=clock) as store:
        writes = [asyncio.create_task(store.remember(interaction(n))) for n in range(600)]
        await asyncio.sleep(0)

    await asyncio.gather(*writes)
    async with open_sqlite_memory(path, clock=clock) as store:
        assert len(await store.context("ada", limit=1000)) == 600
    with pytest.raises(StorageUnavailable):
        await store.remember(interaction(1))


# Many at once


async def test_every_task_reads_its_own_writes(path: Path, clock: Clock) -> None:
    """A write is visible to every read that starts after it returned."""

    async def write_and_look(task: int) -> int:
        stale = 0
        for number in range(30):
            said = interaction(number, id=f"int_{task}_{number}", module=f"m{task}")
            await store.remember(said)
            stale += (await store.history("ada", module=f"m{task}", limit=1)).rows != [said]
        return stale

    async with open_sqlite_memory(path, clock=clock) as store:
        assert sum(await asyncio.gather(*map(write_and_look, range(32)))) == 0


async def test_cancelled_reads_leave_the_others_well(path: Path, clock: Clock) -> None:
    """Clients that hang up do not use up the readers."""
    async with open_sqlite_memory(path, clock=clock) as store:
        await store.remember(interaction(1))
        for _ in range(10):
            reads = [asyncio.create_task(store.context("ada", limit=5)) for _ in range(20)]
            await asyncio.sleep(0)
            for read in reads[::2]:
                read.cancel()
            results = await asyncio.gather(*reads, return_exceptions=True)
            assert results[1::2] == [[interaction(1)]] * 10


async def test_the_log_is_kept_short(path: Path, clock: Clock) -> None:
    """Checkpoints are ours, so somebody has to make them."""
    text = f'"{"x" * 1_000_000}"'
    async with open_sqlite_memory(path, clock=clock) as store:
        longest = 0
        for number in range(40):
            await store.remember(interaction(number, response=text))
            longest = max(longest, path.with_name("memory.db-wal").stat().st_size)

    assert 8_000_000 < longest < 20_000_000


# Claims between stores


async def test_a_claim_outlives_neither_its_store_nor_less(path: Path, clock: Clock) -> None:
    """While its store is open a claim holds against another store; after, it is free with a new token."""
    async with open_sqlite_memory(path, clock=clock) as other:
        async with open_sqlite_memory(path, clock=clock) as owner:
            first = await claim(owner)
            with pytest.raises(ClaimRunning):
                await claim(other)

        second = await claim(other)

    assert isinstance(first, Claim)
    assert isinstance(second, Claim)
    assert first.token != second.token


async def test_a_claim_nobody_waited_for_is_given_back(path: Path, clock: Clock) -> None:
    """A caller that hung up before its claim was written never got it, so it must not block its key."""
    async with (
        open_sqlite_memory(path, clock=clock) as store,
        open_sqlite_memory(path, clock=clock) as other,
    ):
        with file_lock(path):
            lost = asyncio.create_task(claim(store))
            await asyncio.sleep(0)
            lost.cancel()
            await asyncio.wait([lost])
        await store.check()

        assert isinstance(await claim(other), Claim)


async def test_a_debt_paid_too_early_is_not_forgotten(path: Path, clock: Clock) -> None:
    """A claim given up while it is queued is not written after the check that would have given it back."""
    async with (
        open_sqlite_memory(path, clock=clock) as store,
        open_sqlite_memory(path, clock=clock) as other,
    ):
        with file_lock(path):
            check = asyncio.create_task(store.check())
            # Lets the writer begin with the check alone.
            for _ in range(10):
                await asyncio.sleep(0)
            lost = asyncio.create_task(claim(store))
            await asyncio.sleep(0)
            lost.cancel()
            await asyncio.wait([lost])
        await check
        await store.remember(interaction(1))

        assert isinstance(await claim(other), Claim)


async def test_a_release_that_failed_is_made_up_for(path: Path, clock: Clock) -> None:
    """An outage at the wrong moment must not block a key for a day."""
    async with (
        open_sqlite_memory(path, clock=clock, deadline_s=SOON_S) as store,
        open_sqlite_memory(path, clock=clock) as other,
    ):
        held = await claim(store)
        assert isinstance(held, Claim)
        with file_lock(path), pytest.raises(StorageUnavailable):
            await store.release(held)

        again = await claim(store)
        assert isinstance(again, Claim)
        await store.release(again)
        assert isinstance(await claim(other), Claim)


async def test_what_the_dead_left_is_cleared_away(path: Path, clock: Clock) -> None:
    """The folder of living instances does not grow with every crash."""
    instances = path.parent / "instances"
    instances.mkdir()
    (instances / "dead.lock").touch()

    async with open_sqlite_memory(path, clock=clock), open_sqlite_memory(path, clock=clock):
        assert len(list(instances.iterdir())) == 2

    assert list(instances.iterdir()) == []
