"""The file of the key that signs the audit log."""

import os
import secrets
from contextlib import suppress
from pathlib import Path

from core_integrator.contracts.errors import StorageUnavailable

_SEED_BYTES = 32


def make_key_file(path: Path) -> None:
    """Make the file with a new key, for its owner's eyes only, unless it is there.

    It appears whole or not at all, and the first of several processes that make it wins.

    Raises:
        StorageUnavailable: It cannot be made.
    """
    draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    try:
        if path.exists():
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_hex(_SEED_BYTES) + "\n")
            file.flush()
            os.fsync(descriptor)
        try:
            # Unlike a renaming, a link never replaces what another process made meanwhile.
            with suppress(FileExistsError):
                os.link(draft, path)
        finally:
            draft.unlink()
        _make_durable(path.parent)
    except OSError as error:
        raise StorageUnavailable("the key of the audit log cannot be made") from error


def key_lines(path: Path) -> list[str]:
    """Return the lines of the file that say something.

    Raises:
        StorageUnavailable: It cannot be read.
    """
    try:
        lines = path.read_text("ascii").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise StorageUnavailable("the key of the audit log cannot be read") from error
    return [line.strip() for line in lines if line.strip() and not line.startswith("#")]


def _make_durable(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
