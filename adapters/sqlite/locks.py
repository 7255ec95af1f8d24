"""Locks between processes: who may write the file, and which processes are alive.

Both are ``flock`` locks: the kernel lets go of them when their process dies, however it dies.
"""

import fcntl
import os
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

# Short at first, because another process holds the lock for one batch, a few milliseconds; then
# longer, because then it is stuck.
_POLL_S = 0.0005
_POLL_STUCK_S = 0.01
_STUCK_AFTER_S = 0.1


class LockTimeout(TimeoutError):
    """Another process kept the lock for too long."""


class FileLock:
    """One writer at a time over all processes that share the file; used by one thread at a time."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor: int | None = None

    @contextmanager
    def held(self, patience_s: float) -> Iterator[None]:
        """Hold the lock; blocks the thread for at most ``patience_s``.

        Raises:
            LockTimeout: Another process kept it longer than that.
            OSError: The lock file cannot be opened.
        """
        descriptor = self._open()
        _wait_for(descriptor, patience_s)
        try:
            yield
        finally:
            fcntl.flock(descriptor, fcntl.LOCK_UN)

    def close(self) -> None:
        """Close the file; the next use opens it again."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def _open(self) -> int:
        if self._descriptor is None:
            self._descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        return self._descriptor


def _wait_for(descriptor: int, patience_s: float) -> None:
    # flock(2) itself knows no time limit, so a wait that must end has to ask again and again.
    started = time.monotonic()
    while not _taken(descriptor):
        waited_s = time.monotonic() - started
        if waited_s >= patience_s:
            raise LockTimeout
        time.sleep(_POLL_S if waited_s < _STUCK_AFTER_S else _POLL_STUCK_S)


def _taken(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


class Lease:
    """A right that one process has at a time: a lock the kernel lets go of when that process dies."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor: int | None = None

    def held(self) -> bool:
        """Take the lease if it is free; true while it is ours."""
        if self._descriptor is not None:
            return True
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            return False
        self._descriptor = descriptor
        return True

    def release(self) -> None:
        """Give the lease back."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


class Instance:
    """One open store among all that share a folder; the others can tell whether it still lives.

    Every method is called under the folder's :class:`FileLock`, except :meth:`leave`.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.id = secrets.token_hex(16)
        self._descriptor: int | None = None

    def join(self) -> None:
        """Be alive from now on, and clear away what the dead left behind."""
        self._folder.mkdir(parents=True, exist_ok=True)
        self._descriptor = os.open(self._file(self.id), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        for file in self._folder.glob("*.lock"):
            self.alive(file.stem)

    def alive(self, instance_id: str) -> bool:
        """Return whether the instance still lives; the file of a dead one is removed."""
        if instance_id == self.id:
            return True
        file = self._file(instance_id)
        try:
            descriptor = os.open(file, os.O_RDWR | os.O_CLOEXEC)
        except FileNotFoundError:
            return False
        try:
            if not _taken(descriptor):
                return True
            file.unlink(missing_ok=True)
            return False
        finally:
            os.close(descriptor)

    def leave(self) -> None:
        """Be dead from now on: what this instance still holds may be taken over."""
        if self._descriptor is None:
            return
        with suppress(OSError):
            self._file(self.id).unlink(missing_ok=True)
        os.close(self._descriptor)
        self._descriptor = None

    def _file(self, instance_id: str) -> Path:
        return self._folder / f"{instance_id}.lock"


def anybody_in(folder: Path) -> bool:
    """Return whether an open store lives among those that share a folder; call under its lock."""
    stranger = Instance(folder)
    return any(stranger.alive(file.stem) for file in folder.glob("*.lock"))
