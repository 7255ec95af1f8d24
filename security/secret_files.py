"""Secrets that the hub makes for itself at its first start, and finds again at every other."""

import os
import secrets
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from core_integrator.contracts.errors import StorageUnavailable


def kept_secret(path: Path, make: Callable[[], bytes]) -> bytes:
    """Return what the file holds; if there is none, make one that its owner alone can read.

    It appears whole or not at all, and of several processes that make it at once all get the same.

    Raises:
        StorageUnavailable: It can be neither read nor made.
    """
    try:
        if not path.exists():
            _make(path, make())
        return path.read_bytes()
    except OSError as error:
        raise StorageUnavailable(f"the secret {path.name} cannot be read or made") from error


def _make(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        # Another process was first: then that one's counts.
        with suppress(FileExistsError):
            path.hardlink_to(draft)
    finally:
        draft.unlink(missing_ok=True)
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
