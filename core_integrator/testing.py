"""Runs a module against a real gateway in process, for the tests of its author.

The memory is in process and the clock stands still until it is moved.
"""

import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from adapters.memory import InProcessMemory
from config import Settings
from core_integrator.contracts.clock import new_id
from core_integrator.contracts.envelope import CoreRequest
from core_integrator.contracts.ports import Interaction
from core_integrator.feedback import FeedbackDesk
from core_integrator.gateway import Gateway
from core_integrator.hosting import open_modules
from core_integrator.lanes import LaneLimits
from core_integrator.modules import Modules
from core_integrator.registry import Plugin, load_plugins

__all__ = ["ScriptedClock", "TestHub", "open_test_hub"]


class ScriptedClock:
    """A clock that moves only when it is told to."""

    def __init__(self, start: datetime = datetime(2026, 1, 1, tzinfo=UTC)) -> None:
        self._now = start

    def now(self) -> datetime:
        """Return the present moment, aware, in UTC."""
        return self._now

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        self._now += timedelta(seconds=seconds)


class TestHub:
    """A hub with the modules of one plugin."""

    __test__ = False

    def __init__(self, modules: Modules, memory: InProcessMemory, clock: ScriptedClock) -> None:
        self.modules = modules
        self.memory = memory
        self.clock = clock
        desk = FeedbackDesk(modules, memory, clock=clock, track=lambda _: None)
        self._gateway = Gateway(modules, memory, desk, clock=clock, track=lambda _: None)

    async def call(
        self,
        module: str,
        intent: str,
        data: dict[str, Any],
        *,
        user_id: str = "ada",
        key: str | None = None,
    ) -> dict[str, Any]:
        """Call an intent as ``POST /core`` would, and return the result.

        Raises:
            IntegratorError: What the caller would be told.
        """
        request = CoreRequest(module=module, intent=intent, user_id=user_id, data=data)
        served = await self._gateway.call(
            request, request_id=new_id("req"), idempotency_key=key or new_id("idk")
        )
        result: dict[str, Any] = json.loads(served.answer.body)["result"]
        return result

    async def remembered(self, user_id: str = "ada") -> list[Interaction]:
        """Return what the hub remembers of a user, newest first."""
        return list(await self.memory.context(user_id, limit=50))


@asynccontextmanager
async def open_test_hub(
    plugin: object, *, settings: Settings | None = None, name: str = "under_test"
) -> AsyncGenerator[TestHub, None]:
    """Open a hub with the modules that ``plugin`` (a module with ``@hookimpl`` functions) registers.

    Raises:
        AssertionError: The plugin was set aside; the message says why.
    """
    chosen = settings or Settings()
    registry = load_plugins([Plugin(name, "0", lambda: plugin)], chosen)
    limits = LaneLimits(concurrency=16, queue_s=5, call_s=chosen.call_timeout_s)
    opening = open_modules(registry.offers.values(), limits=limits, open_timeout_s=10)
    async with opening as (hosted, unopened):
        aside = [*registry.set_aside, *unopened]
        if aside:
            raise AssertionError(f"{aside[0].name} was set aside: {aside[0].reason}")
        clock = ScriptedClock()
        yield TestHub(Modules(hosted, aside), InProcessMemory(clock), clock)
