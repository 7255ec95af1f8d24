"""Opens the agents that plugins offer, and keeps each where its failure is its own."""

import asyncio
from collections.abc import AsyncGenerator, Iterable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import structlog

from core_integrator.contracts.agent import Agent, Intent
from core_integrator.lanes import Lane, LaneLimits
from core_integrator.registry import Offer, SetAside

log = structlog.get_logger("core_integrator.hosting")


class HostedModule:
    """A module in use: its agent, and the lane its calls run in."""

    def __init__(self, offer: Offer, agent: Agent, lane: Lane) -> None:
        self.name = offer.module
        self.version = offer.version
        self.agent = agent
        self.intents = dict(agent.intents)
        self.lane = lane


@asynccontextmanager
async def open_modules(
    offers: Iterable[Offer], *, limits: LaneLimits, open_timeout_s: float
) -> AsyncGenerator[tuple[dict[str, HostedModule], list[SetAside]], None]:
    """Open every offered agent; yield those in use by name, and those set aside with the reason."""
    hosts = [_Host(offer) for offer in offers]
    await asyncio.gather(*(host.open(open_timeout_s) for host in hosts))
    hosted = {
        host.offer.module: HostedModule(host.offer, host.agent, Lane(limits)) for host in hosts if host.agent
    }
    aside = [SetAside(host.offer.module, host.offer.version, host.reason) for host in hosts if not host.agent]
    try:
        yield hosted, aside
    finally:
        await asyncio.gather(*(host.close(open_timeout_s) for host in hosts))


class _Host:
    """A task of its own for one agent: opening and closing happen in one place and can be given up."""

    def __init__(self, offer: Offer) -> None:
        self.offer = offer
        self.agent: Agent | None = None
        self.reason = ""
        self._opened = asyncio.Event()
        self._leave = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def open(self, limit_s: float) -> None:
        self._task = asyncio.create_task(self._live(), name=f"module-{self.offer.module}")
        waiter = asyncio.create_task(self._opened.wait())
        await asyncio.wait({self._task, waiter}, timeout=limit_s, return_when=asyncio.FIRST_COMPLETED)
        waiter.cancel()
        if self.agent is None:
            self.reason = self.reason or f"opening took longer than {limit_s:g} s"
            self._task.cancel()
            log.error("module.set_aside", module=self.offer.module, reason=self.reason)

    async def close(self, limit_s: float) -> None:
        self._leave.set()
        if self._task and not self._task.done():
            _, pending = await asyncio.wait({self._task}, timeout=limit_s)
            for task in pending:
                task.cancel()
                log.error("module.close_given_up", module=self.offer.module)

    async def _live(self) -> None:
        try:
            opened = self.offer.open_agent()
            if not isinstance(opened, AbstractAsyncContextManager):
                await self._serve(opened)
                return
            async with opened as agent:
                await self._serve(agent)
        except Exception as error:
            self.reason = f"{type(error).__name__}: {error}"
            log.error("module.failed", module=self.offer.module, exc_info=error)

    async def _serve(self, agent: Any) -> None:
        _refuse_rubbish(agent)
        self.agent = agent
        self._opened.set()
        await self._leave.wait()


def _refuse_rubbish(agent: Any) -> None:
    intents = getattr(agent, "intents", None)
    if not isinstance(intents, dict) or not intents:
        raise TypeError(f"{type(agent).__name__}.intents is not a dictionary of intents")
    wrong = [name for name, intent in intents.items() if not isinstance(intent, Intent)]
    if wrong:
        raise TypeError(f"intent {wrong[0]!r} is not an Intent")
