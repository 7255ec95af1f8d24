"""Registered signing keys: a small SQLite file that the hub's workers and the command line share."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

from adapters.keys.inprocess import InProcessKeys
from adapters.keys.sqlite import open_sqlite_keys
from core_integrator.contracts.signing import KeyRegistry

__all__ = ["InProcessKeys", "open_keys"]


@asynccontextmanager
async def open_keys(data_dir: Path) -> AsyncGenerator[KeyRegistry, None]:
    """Open the keys kept in ``data_dir``, made if missing.

    Raises:
        StorageUnavailable: The file cannot be opened, is not the hub's, or is of a newer version.
    """
    async with open_sqlite_keys(data_dir / "keys.db") as registry:
        yield registry
