"""The hub's memory: exchanges, generations, feedback and idempotency claims, durable on the local disk."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

from adapters.memory.inprocess import InProcessMemory
from adapters.memory.sqlite import open_sqlite_memory
from core_integrator.contracts.clock import Clock
from core_integrator.contracts.ports import MemoryStore

__all__ = ["InProcessMemory", "open_memory"]


@asynccontextmanager
async def open_memory(data_dir: Path, clock: Clock) -> AsyncGenerator[MemoryStore, None]:
    """Open the memory kept in ``data_dir`` (made if missing), and close it at the end.

    Raises:
        StorageUnavailable: The memory cannot be opened, or belongs to something else.
    """
    async with open_sqlite_memory(data_dir / "memory.db", clock=clock) as memory:
        yield memory
