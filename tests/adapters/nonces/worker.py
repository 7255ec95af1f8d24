"""Another process that spends nonces; tests start it, tell it to go, and may kill it.

``python -m tests.adapters.nonces.worker <settings as JSON> <data folder> <how many takes of the same nonce>``
"""

import asyncio
import sys
from datetime import timedelta
from pathlib import Path

import structlog

from adapters.nonces import open_nonces
from config import NonceSettings
from core_integrator.contracts.clock import SystemClock


async def main(settings: NonceSettings, data_dir: Path, takes: int) -> None:
    """Say ready, wait for a line, take, say how many won, and wait to be ended."""
    clock = SystemClock()
    async with open_nonces(data_dir, clock, settings) as store:
        say("ready")
        await asyncio.to_thread(sys.stdin.readline)
        ends = clock.now() + timedelta(seconds=420)
        won = await asyncio.gather(*(store.take("a", "n", expires_at=ends) for _ in range(takes)))
        say(str(sum(won)))
        await asyncio.to_thread(sys.stdin.readline)


def say(line: str) -> None:
    """Print a line at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    # What the tests read is on the standard output.
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    asyncio.run(main(NonceSettings.model_validate_json(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])))
