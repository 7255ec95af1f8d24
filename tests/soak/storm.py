"""What befalls the programs: kills and halts at random moments, and the way back."""

import asyncio
import os
import random
import signal
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress

from tests.mongowire import MongoProgram
from tests.servers import Program
from tests.soak.ledger import Ledger

# How long after a hub is back a broken connection may still be told.
AFTERMATH_S = 3.0
RETURN_S = 30.0


class Storm:
    """One harm at a time, each healed before the next."""

    def __init__(self, hub: Program, mongo: MongoProgram, ledger: Ledger, *, seed: int) -> None:
        self._hub = hub
        self._mongo = mongo
        self._ledger = ledger
        self._random = random.Random(seed)  # noqa: S311 - to be repeated
        self._harms: list[Callable[[], Awaitable[None]]] = [
            self._kill_hub,
            self._kill_mongodb,
            self._kill_one_worker,
            self._halt_mongodb,
            self._kill_mongodb_then_hub,
            self._halt_one_worker,
            self._lose_acknowledgements,
        ]
        self._hub_harmed_until = 0.0
        self.kills = 0

    def explains(self) -> bool:
        """Tell whether a hub that does not answer now has a reason."""
        return time.monotonic() < self._hub_harmed_until

    async def rage(self, *, seconds: float, kills: int) -> None:
        """Harm for so long, and at least so many kills; all is well at the end."""
        ends = time.monotonic() + seconds
        pause_s = seconds / (kills * 2)
        # Each once in turn, then as it comes: no kind is left out however short this is.
        for number in range(10_000):
            if time.monotonic() >= ends and self.kills >= kills:
                return
            await asyncio.sleep(self._random.uniform(0.2, 1.0) * min(pause_s, 10))
            turn = number < len(self._harms)
            await (self._harms[number] if turn else self._random.choice(self._harms))()

    async def _kill_hub(self) -> None:
        self._count_kill("hub killed, all processes")
        with self._harming():
            await asyncio.to_thread(self._hub.kill_family)
            await asyncio.sleep(self._random.uniform(0, 0.5))
            await asyncio.to_thread(self._hub.start)

    async def _kill_one_worker(self) -> None:
        self._count_kill("hub killed, one worker")
        with self._harming():
            before = set(self._hub.workers())
            os.kill(self._random.choice(sorted(before)), signal.SIGKILL)
            async with asyncio.timeout(RETURN_S):
                while not set(self._hub.workers()) - before:
                    await asyncio.sleep(0.05)
            await asyncio.sleep(1)

    async def _halt_one_worker(self) -> None:
        self._ledger.counts["hub halted, one worker"] += 1
        with self._harming():
            worker = self._random.choice(sorted(self._hub.workers()))
            os.kill(worker, signal.SIGSTOP)
            await asyncio.sleep(self._random.uniform(0.3, 2))
            with suppress(ProcessLookupError):
                os.kill(worker, signal.SIGCONT)

    async def _kill_mongodb(self) -> None:
        self._count_kill("MongoDB killed")
        await asyncio.to_thread(self._mongo.kill)
        await asyncio.sleep(self._random.uniform(0, 2))
        await asyncio.to_thread(self._mongo.start)

    async def _kill_mongodb_then_hub(self) -> None:
        self._count_kill("MongoDB killed")
        await asyncio.to_thread(self._mongo.kill)
        await asyncio.sleep(self._random.uniform(0, 1))
        await self._kill_hub()
        await asyncio.sleep(self._random.uniform(0, 1))
        await asyncio.to_thread(self._mongo.start)

    async def _halt_mongodb(self) -> None:
        self._ledger.counts["MongoDB halted"] += 1
        self._mongo.stop_signal()
        await asyncio.sleep(self._random.uniform(0.3, 3))
        self._mongo.cont()

    async def _lose_acknowledgements(self) -> None:
        self._ledger.counts["MongoDB hung up"] += 1
        mode = self._random.choice(["close_before", "close_after"])
        await asyncio.to_thread(self._mongo.fault, mode, "insert", "find", times=self._random.randint(1, 5))
        await asyncio.sleep(0.5)
        await asyncio.to_thread(self._mongo.mend)

    def _count_kill(self, what: str) -> None:
        self.kills += 1
        self._ledger.counts[what] += 1

    @contextmanager
    def _harming(self) -> Iterator[None]:
        """Take note of a time in which the hub may fail to answer."""
        self._hub_harmed_until = float("inf")
        try:
            yield
        finally:
            self._hub_harmed_until = time.monotonic() + AFTERMATH_S
