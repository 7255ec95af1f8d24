"""Another process that uses the same memory; tests start it, read what it prints, and may kill it.

``python -m tests.adapters.memory.worker <part> <path> <prefix>``
"""

import asyncio
import resource
import signal
import sys
from datetime import timedelta
from pathlib import Path

import structlog

from adapters.memory.sqlite import open_sqlite_memory
from core_integrator.contracts.clock import SystemClock
from core_integrator.contracts.errors import StorageUnavailable
from core_integrator.contracts.ports import MemoryStore
from tests.adapters.memory.samples import NOON, generation, interaction

WRITERS = 16


def say(line: str) -> None:
    """Print a line at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


async def remember(store: MemoryStore, name: str) -> None:
    """Remember an exchange with its generation, and say so."""
    await store.remember(interaction(1, id=f"int_{name}"), generation=generation(1, id=f"vid_{name}"))
    say(name)


async def some(store: MemoryStore, prefix: str, path: Path) -> None:
    """Write 400 exchanges, many at once."""
    del path

    async def write(writer: int) -> None:
        for number in range(400 // WRITERS):
            await remember(store, f"{prefix}-{writer}-{number}")

    await asyncio.gather(*map(write, range(WRITERS)))


async def endless(store: MemoryStore, prefix: str, path: Path) -> None:
    """Take a claim, then write until killed."""
    del path
    now = NOON
    await store.claim("key", user_id="u", fingerprint=b"a", now=now, expires_at=now + timedelta(days=1))
    say("claimed")

    async def write(writer: int) -> None:
        number = 0
        while True:
            await remember(store, f"{prefix}-{writer}-{number}")
            number += 1

    await asyncio.gather(*map(write, range(WRITERS)))


async def full(store: MemoryStore, prefix: str, path: Path) -> None:
    """Write while the files may not grow, as on a full disk, and again when they may."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    await remember(store, f"{prefix}-before")
    limit = path.with_name(path.name + "-wal").stat().st_size
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
    try:
        await remember(store, f"{prefix}-full")
    except StorageUnavailable:
        say(f"refused {store.state().mode}")
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    await remember(store, f"{prefix}-after")
    say(store.state().mode)


PARTS = {"some": some, "endless": endless, "full": full}


async def main(part: str, path: Path, prefix: str) -> None:
    """Open the memory and play the part."""
    async with open_sqlite_memory(path, clock=SystemClock()) as store:
        await PARTS[part](store, prefix, path)


if __name__ == "__main__":
    # What the tests read is on the standard output.
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    asyncio.run(main(sys.argv[1], Path(sys.argv[2]), sys.argv[3]))
