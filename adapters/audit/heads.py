"""Signed heads of the audit log: JSON lines in a file that only grows."""

import json
import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from adapters.sqlite.locks import FileLock
from core_integrator.contracts.errors import StorageUnavailable

_PATIENCE_S = 2.0
# Longer than any line.
_LAST_BYTES = 4096


class HeadsFile:
    """The file, shared by every process of a hub."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def lines(self) -> Sequence[str]:
        """Return every line.

        Raises:
            StorageUnavailable: The file is missing or cannot be read.
        """
        try:
            return self._path.read_text("utf-8", errors="replace").splitlines()
        except OSError as error:
            raise StorageUnavailable("the signed heads of the audit log cannot be read") from error

    def add(self, seq: int, line: str) -> None:
        """Append a line durably, unless a head of this number or a later one is there already.

        Raises:
            StorageUnavailable: The file cannot be written.
        """
        # One for each use, because a lock is for one thread and these may be several.
        lock = FileLock(self._path.with_name(self._path.name + ".lock"))
        try:
            with lock.held(_PATIENCE_S):
                if self._last_seq() < seq:
                    self._append(line)
        except OSError as error:
            raise StorageUnavailable("a head of the audit log cannot be written") from error
        finally:
            lock.close()

    def _append(self, line: str) -> None:
        flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC
        descriptor = os.open(self._path, flags, 0o600)
        try:
            size = os.fstat(descriptor).st_size
            # What a crash left unfinished must not swallow this line too.
            torn = size > 0 and os.pread(descriptor, 1, size - 1) != b"\n"
            os.write(descriptor, (b"\n" if torn else b"") + line.encode() + b"\n")
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def _last_seq(self) -> int:
        with suppress(FileNotFoundError), self._path.open("rb") as file:
            file.seek(max(0, file.seek(0, os.SEEK_END) - _LAST_BYTES))
            for line in reversed(file.read().splitlines()):
                with suppress(ValueError, KeyError, TypeError):
                    return int(json.loads(line)["seq"])
        return -1
