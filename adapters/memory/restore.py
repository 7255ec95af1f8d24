"""A backup in place of the memory, while no hub uses it."""

import os
import shutil
import sqlite3
from collections.abc import Generator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from adapters.memory import backlog, erasures, writes
from adapters.memory.copies import (
    Contents,
    CopyProblem,
    checked,
    checksum_of,
    in_words,
    lock_of,
    part_of,
    publish,
    refuse_lack_of_room,
    sha256,
    sync,
)
from adapters.memory.migrations import APPLICATION_ID, MEMORY
from adapters.memory.sqlite import ERASED_AT_ONCE
from adapters.sqlite.failures import STORE_FAILED
from adapters.sqlite.locks import FileLock, LockTimeout, anybody_in

_IN_USE = "is in use; stop the hub, and whatever else has it open, and try again"
_PATIENCE_S = 2.0


@dataclass(frozen=True, slots=True)
class Restored:
    """What is in place now, and what became of the memory that was there before.

    Attributes:
        contents: What the restored memory holds.
        proven: Whether a checksum stood beside the backup.
        kept: Where the replaced memory is; none if there was none.
        readable: Whether the replaced memory could say who was erased.
        erased: How many users were erased again, because they were since the backup.
        undelivered: Changes in the replaced memory that MongoDB may not have got.
    """

    contents: Contents
    proven: bool
    kept: Path | None
    readable: bool
    erased: int
    undelivered: int


@dataclass(frozen=True, slots=True)
class _Before:
    """What the memory to be replaced tells for the time after."""

    readable: bool = True
    erased: Mapping[str, int] = field(default_factory=dict)
    erasing: Mapping[str, int] = field(default_factory=dict)
    undelivered: int = 0


def restore(data_dir: Path, source: Path, *, now: datetime, force: bool = False) -> Restored:
    """Put a backup in the memory's place; a memory that is there already is kept beside it.

    The backup is copied, checked, brought to the newest format, and freed of users erased since, before the
    memory is touched; then one rename replaces it.

    Raises:
        CopyProblem: Nothing was replaced; the message says why.
    """
    memory = data_dir / "memory.db"
    _refuse_source(source, memory)
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        with _locked(memory), part_of(memory) as part:
            if anybody_in(data_dir / "instances"):
                raise CopyProblem(f"the memory in {data_dir} {_IN_USE}")
            if memory.exists() and not force:
                raise CopyProblem(
                    f"there is a memory in {data_dir} already; --force replaces it, and keeps it"
                )
            proven = _fetch(source, part)
            _hand_over(data_dir, lock_of(memory), part)
            with _alone(memory) as before:
                erased = _prepare(part, before)
                contents = checked(part)
                kept = _set_aside(memory, now)
                publish(part, memory)
            return Restored(contents, proven, kept, before.readable, erased, before.undelivered)
    except LockTimeout as error:
        raise CopyProblem(f"the memory in {data_dir} {_IN_USE}") from error
    except STORE_FAILED as error:
        raise CopyProblem(f"nothing was restored: {in_words(error)}") from error


def _refuse_source(source: Path, memory: Path) -> None:
    if not source.is_file():
        raise CopyProblem(f"there is no backup {source}")
    if memory.exists() and source.samefile(memory):
        raise CopyProblem(f"{source} is the memory itself")
    log = source.with_name(source.name + "-wal")
    if log.exists() and log.stat().st_size:
        # Its newest rows are in the log: alone, the file is an older state than its owner believes.
        raise CopyProblem(f"{source} is a database in use, not a backup; make one with: integrator backup")


@contextmanager
def _locked(memory: Path) -> Generator[None, None, None]:
    """Hold the lock of all writers: a hub that starts meanwhile waits, and then opens the new file."""
    lock = FileLock(lock_of(memory))
    try:
        with lock.held(_PATIENCE_S):
            yield
    finally:
        lock.close()


def _fetch(source: Path, part: Path) -> bool:
    """Copy the backup and look it through; true if it is proven by a checksum."""
    refuse_lack_of_room(part.parent, source.stat().st_size)
    with source.open("rb") as read, part.open("wb") as written:
        shutil.copyfileobj(read, written, 2**20)
    proven = checksum_of(source).exists()
    if proven and sha256(part) not in checksum_of(source).read_text(errors="replace").split():
        raise CopyProblem(f"{source} is damaged: it does not match {checksum_of(source)}")
    try:
        checked(part, thorough=True)
    except CopyProblem as problem:
        raise CopyProblem(f"{source} cannot be restored: {problem}") from problem
    return proven


def _hand_over(data_dir: Path, *files: Path) -> None:
    """Give what root made to the folder's owner: the hub seldom runs as root."""
    if os.geteuid() == 0:
        owner = data_dir.stat()
        for file in files:
            os.chown(file, owner.st_uid, owner.st_gid)


@contextmanager
def _alone(memory: Path) -> Generator[_Before, None, None]:
    """Have the memory to be replaced to ourselves, its log moved into it, and see what it tells.

    Raises:
        CopyProblem: Somebody else has it open, or it is another application's.
    """
    if not memory.exists():
        yield _Before()
        return
    connection = sqlite3.connect(memory, timeout=_PATIENCE_S, isolation_level=None)
    try:
        yield _look_back(connection, memory)
    finally:
        connection.close()


def _look_back(connection: sqlite3.Connection, memory: Path) -> _Before:
    try:
        owner = connection.execute("PRAGMA application_id").fetchone()[0]
        if owner not in (0, APPLICATION_ID):
            raise CopyProblem(f"{memory} belongs to another application")
        # Leaving the log mode needs the file for oneself: it fails while any connection is open.
        connection.execute("PRAGMA journal_mode = DELETE")
        connection.execute("BEGIN EXCLUSIVE")
        there = {name for (name,) in connection.execute("SELECT name FROM sqlite_schema")}
        waits = "backlog" in there
        return _Before(
            erased=erasures.noted_in(connection),
            erasing=backlog.waiting_erasures(connection) if waits else {},
            undelivered=backlog.depth(connection, lingering_s=0).waiting if waits else 0,
        )
    except sqlite3.DatabaseError as error:
        if (error.sqlite_errorcode & 0xFF) in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            raise CopyProblem(f"{memory} {_IN_USE}") from error
        # Damaged memories are what backups are for.
        return _Before(readable=False)


def _prepare(part: Path, before: _Before) -> int:
    """Bring the copy to the newest format and erase again who was erased since; return how many users."""
    connection = sqlite3.connect(part, isolation_level=None)
    try:
        # A copy alone, without log files; the hub turns the log on again.
        connection.execute("PRAGMA journal_mode = DELETE")
        connection.execute("PRAGMA foreign_keys = ON")
        # Who is erased again is not to be found in free pages either.
        connection.execute("PRAGMA secure_delete = ON")
        MEMORY.migrate(connection)
        connection.execute("BEGIN IMMEDIATE")
        news = erasures.carry_over(connection, before.erased)
        users = erasures.users_among(connection, news)
        for user_id, until_us in users.items():
            while writes.erase_some(connection, user_id, until_us, ERASED_AT_ONCE):
                pass
        # MongoDB has to hear of them too: what waited in the backup may bring their rows there again.
        for user_id, until_us in {**before.erasing, **users}.items():
            backlog.add_erasure(connection, user_id, until_us)
        connection.execute("COMMIT")
        return len(users)
    finally:
        connection.close()


def _set_aside(memory: Path, now: datetime) -> Path | None:
    """Give the memory, and what is left of its log, a second name; only then may the first be replaced."""
    kept = memory.with_name(f"{memory.name}.before-restore-{now:%Y%m%dT%H%M%S.%fZ}")
    there = memory.exists()
    for end in ("", "-wal", "-journal") if there else ():
        with suppress(FileNotFoundError):
            os.link(memory.with_name(memory.name + end), kept.with_name(kept.name + end))
    sync(kept.parent)
    # An old log beside the new file would be taken for its own.
    for end in ("-wal", "-shm", "-journal"):
        memory.with_name(memory.name + end).unlink(missing_ok=True)
    return kept if there else None
