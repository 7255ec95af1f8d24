"""Several processes on one store, and processes that die."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from pathlib import Path

from adapters.nonces import open_nonces
from config import NonceSettings
from core_integrator.contracts.clock import SystemClock
from tests.redis_server import RedisServer

ROOT = Path(__file__).parents[3]
SQLITE = NonceSettings(store="sqlite")


class Worker:
    """A process of ``tests.adapters.nonces.worker``."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process

    async def heard(self) -> str:
        """Return the next line it says."""
        return (await self.process.stdout.readline()).decode().strip()

    def go(self) -> None:
        """Let it go on."""
        self.process.stdin.write(b"\n")


@asynccontextmanager
async def worker(settings: NonceSettings, folder: Path, takes: int) -> AsyncIterator[Worker]:
    """Start a worker; kill it at the end if it still runs."""
    facts = {**settings.model_dump(exclude={"redis_url"})}
    if settings.redis_url is not None:
        facts["redis_url"] = settings.redis_url.get_secret_value()
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.adapters.nonces.worker",
        json.dumps(facts),
        str(folder),
        str(takes),
        cwd=ROOT,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        yield Worker(process)
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def winners(settings: NonceSettings, folder: Path) -> int:
    """Let four processes take the same nonce sixteen times each; return how many takes won."""
    async with AsyncExitStack() as stack:
        opening = [stack.enter_async_context(worker(settings, folder, 16)) for _ in range(4)]
        workers = await asyncio.gather(*opening)
        assert await asyncio.gather(*(each.heard() for each in workers)) == ["ready"] * 4
        for each in workers:
            each.go()
        return sum(map(int, await asyncio.gather(*(each.heard() for each in workers))))


async def test_of_64_takes_in_four_processes_one_wins(tmp_path: Path) -> None:
    """Workers of one hub share what is spent."""
    assert await winners(SQLITE, tmp_path) == 1


async def test_of_64_takes_in_four_hubs_one_wins(tmp_path: Path, server: RedisServer) -> None:
    """Hubs on several machines share it too."""
    assert await winners(NonceSettings(store="redis", redis_url=server.url), tmp_path) == 1


async def test_a_spent_nonce_survives_kill_9(tmp_path: Path) -> None:
    """A crash right after the answer opens no door."""
    clock = SystemClock()
    async with worker(SQLITE, tmp_path, 1) as other:
        other.go()
        assert [await other.heard(), await other.heard()] == ["ready", "1"]
        other.process.kill()
        await other.process.wait()

    async with open_nonces(tmp_path, clock, SQLITE) as store:
        assert not await store.take("a", "n", expires_at=clock.now() + timedelta(seconds=420))
