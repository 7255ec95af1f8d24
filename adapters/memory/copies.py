"""Copies of the memory's file: made beside their final name, checked, durable, then renamed.

Whatever happens meanwhile, nothing half written ever stands under the final name.
"""

import errno
import fcntl
import hashlib
import os
import shutil
import sqlite3
from collections.abc import Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from adapters.memory.migrations import APPLICATION_ID, MEMORY
from adapters.sqlite.connections import connect_to_read
from adapters.sqlite.failures import STORE_FAILED, reason
from adapters.sqlite.locks import FileLock, LockTimeout
from core_integrator.contracts.errors import StorageUnavailable

PATIENCE_S = 5.0
_COUNTED = ("interactions", "generations", "feedback", "records")
_DISK_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


class CopyProblem(Exception):
    """A backup, a restore or an export cannot be done; the message is one sentence that says why."""


@dataclass(frozen=True, slots=True)
class Contents:
    """What a checked file holds."""

    rows: int
    size: int


@contextmanager
def reading(memory: Path) -> Generator[sqlite3.Connection, None, None]:
    """Open a memory that hubs may be using, for queries only.

    Raises:
        CopyProblem: There is none, or it is not one this version can read.
    """
    if not memory.is_file():
        raise CopyProblem(f"there is no memory in {memory.parent}; --data-dir says where to look")
    lock = FileLock(lock_of(memory))
    connection = _opened(memory)
    try:
        yield connection
    finally:
        # The last one to close moves the log into the file, like any checkpoint under the lock.  Where a hub
        # keeps the lock it has the file open too, and this is not the last.
        with suppress(LockTimeout, OSError), lock.held(PATIENCE_S):
            connection.close()
        connection.close()
        lock.close()


def _opened(memory: Path) -> sqlite3.Connection:
    try:
        connection = connect_to_read(memory, PATIENCE_S)
        MEMORY.refuse_foreign(connection)
        return connection
    except StorageUnavailable as error:
        raise CopyProblem(error.message) from error
    except STORE_FAILED as error:
        raise CopyProblem(f"the memory cannot be read: {in_words(error)}") from error


@contextmanager
def part_of(target: Path) -> Generator[Path, None, None]:
    """Offer a new, empty file beside the target, for its owner alone; at the end remove it if it is there.

    Raises:
        CopyProblem: Another process is writing one.
        OSError: The folder cannot be written.
    """
    part = target.with_name(f".{target.name}.part")
    _clear_away(part)
    try:
        descriptor = os.open(part, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    except FileExistsError as error:
        raise CopyProblem(f"another process is writing {part}") from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield part
    finally:
        if _is_at(descriptor, part):
            remove_with_logs(part)
        os.close(descriptor)


def _clear_away(part: Path) -> None:
    """Remove what a killed process left; what a living one writes is locked, and stays."""
    with suppress(FileNotFoundError, BlockingIOError):
        left = os.open(part, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
        try:
            fcntl.flock(left, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if _is_at(left, part):
                remove_with_logs(part)
        finally:
            os.close(left)


def _is_at(descriptor: int, path: Path) -> bool:
    with suppress(FileNotFoundError):
        return os.path.samestat(os.fstat(descriptor), path.stat())
    return False


def publish(part: Path, target: Path) -> None:
    """Make the finished file durable, then let it stand under its name."""
    sync(part)
    part.replace(target)
    sync(target.parent)


def checked(path: Path, *, thorough: bool = False) -> Contents:
    """Look a file through that nobody writes, and count its rows.

    Raises:
        CopyProblem: It is no whole memory of a format this version knows.
    """
    check = "integrity_check" if thorough else "quick_check"
    try:
        connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)
        try:
            MEMORY.refuse_foreign(connection)
            if connection.execute("PRAGMA application_id").fetchone()[0] != APPLICATION_ID:
                raise CopyProblem("the file is not a memory of Core Integrator")
            if connection.execute(f"PRAGMA {check}(1)").fetchone()[0] != "ok":
                raise CopyProblem("the file is damaged")
            if connection.execute("PRAGMA foreign_key_check").fetchone() is not None:
                raise CopyProblem("the file is damaged: rows belong to others that are missing")
            return Contents(_rows(connection), path.stat().st_size)
        finally:
            connection.close()
    except StorageUnavailable as error:
        raise CopyProblem(error.message) from error
    except sqlite3.DatabaseError as error:
        raise CopyProblem(reason(error)) from error


def _rows(connection: sqlite3.Connection) -> int:
    there = {name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
    counts = (f"SELECT count(*) FROM {table}" for table in _COUNTED if table in there)  # noqa: S608 - constants
    return sum(connection.execute(count).fetchone()[0] for count in counts)


def refuse_target(target: Path, data_dir: Path, *, force: bool) -> None:
    """Refuse a place where a new file would destroy something, or would be lost together with the memory.

    Raises:
        CopyProblem: The message says what is wrong with it.
    """
    if target.is_dir():
        raise CopyProblem(f"{target} is a folder; name a file in it")
    if not target.parent.is_dir():
        raise CopyProblem(f"there is no folder {target.parent}")
    if target.parent.resolve().is_relative_to(data_dir.resolve()):
        raise CopyProblem(f"{target} lies in the data folder {data_dir}; choose a place outside of it")
    if any(target.with_name(target.name + end).exists() for end in ("-wal", "-journal")):
        raise CopyProblem(f"{target} is a database in use; choose another name")
    if not os.path.lexists(target):
        return
    if target.is_symlink() or not target.is_file():
        raise CopyProblem(f"{target} is not a plain file; choose another name")
    if not force:
        raise CopyProblem(f"{target} is there already; --force replaces it")


def refuse_lack_of_room(folder: Path, needed: int) -> None:
    """Refuse to fill a disk on which a hub may be writing.

    Raises:
        CopyProblem: The folder's disk has less room than needed.
    """
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise CopyProblem(
            f"the disk of {folder} is too full: {megabytes(needed)} are needed, {megabytes(free)} are free"
        )


def lock_of(memory: Path) -> Path:
    """Return the file whose lock all writers of the memory share."""
    return memory.with_name(memory.name + ".lock")


def checksum_of(target: Path) -> Path:
    """Return where a backup's checksum lies."""
    return target.with_name(target.name + ".sha256")


def sha256(path: Path) -> str:
    """Return the checksum of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def sync(path: Path) -> None:
    """Make a file's bytes, or a folder's names, survive a power cut."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def remove_with_logs(path: Path) -> None:
    """Remove a database file that nobody uses, with what SQLite puts beside it."""
    for end in ("", "-wal", "-shm", "-journal"):
        path.with_name(path.name + end).unlink(missing_ok=True)


def in_words(error: BaseException) -> str:
    """Return why a file could not be read or written."""
    if isinstance(error, LockTimeout):
        return "the hub kept its lock for too long"
    if isinstance(error, OSError):
        full = error.errno in _DISK_FULL
        return "the disk is full" if full else (error.strerror or "the storage fails").lower()
    return reason(error)


def megabytes(size: int) -> str:
    """Return a size for people."""
    return f"{size / 1e6:.1f} MB"
