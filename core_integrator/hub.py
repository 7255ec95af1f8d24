"""The composition root: chooses the implementations, opens them, closes them."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

import structlog

from adapters.memory import open_memory
from config import Settings
from core_integrator import health
from core_integrator.accounts import open_identities
from core_integrator.auditing import open_audit
from core_integrator.contracts.agent import ReportsHealth
from core_integrator.contracts.clock import Clock, SystemClock, rfc3339
from core_integrator.contracts.errors import StorageUnavailable
from core_integrator.contracts.events import Track
from core_integrator.contracts.limits import LimitStore
from core_integrator.contracts.ports import MemoryStore
from core_integrator.feedback import FeedbackDesk
from core_integrator.gatehouse import (
    Gatehouse,
    attempt_limit,
    open_limits,
    open_links,
    principal_throttle,
)
from core_integrator.gateway import Gateway
from core_integrator.hosting import open_modules
from core_integrator.lanes import LaneLimits
from core_integrator.modules import Modules
from core_integrator.outbox import Outbox
from core_integrator.registry import Registry
from core_integrator.signing import Signing, open_signing
from core_integrator.testmode import AdjustableClock, Faults
from core_integrator.watched import watched
from security.audit.journal import AuditJournal
from security.identities import Identities
from telemetry.logging import LogRing
from telemetry.metrics import Metrics

log = structlog.get_logger("core_integrator.hub")

WATCH_EVERY_S = 2.0


@dataclass(frozen=True, slots=True)
class TestControls:
    """What test mode can turn."""

    clock: AdjustableClock
    faults: Faults


@dataclass(frozen=True, slots=True)
class Hub:
    """Everything a request needs, open."""

    settings: Settings
    clock: Clock
    memory: MemoryStore
    modules: Modules
    desk: FeedbackDesk
    outbox: Outbox
    gateway: Gateway
    gatehouse: Gatehouse
    identities: Identities
    signing: Signing | None
    limits: LimitStore
    audit: AuditJournal
    registry: Registry
    metrics: Metrics
    log_ring: LogRing
    version: str
    # What the memory is completed by, where it is.
    beside: ReportsHealth | None = None

    def why_not_ready(self) -> str | None:
        """Return why calls cannot be served and remembered now; none if they can."""
        if not self.modules.hosted:
            return "no module is in use"
        return "the memory is down" if self.memory.state().mode == "down" else None

    def health(self) -> dict[str, Any]:
        """Return what ``GET /system/health`` shows."""
        state = self.memory.state()
        parts = health.components(self.modules, state, self.beside)
        results = health.checks(self.modules, state, parts)
        status = health.overall(parts)
        now = self.clock.now()
        return {
            "status": status,
            "components": {name: health.as_json(part) for name, part in parts.items()},
            "timestamp": rfc3339(now),
            "insightflow_event": health.insightflow_event(status, results, now),
        }

    def diagnostics(self) -> dict[str, Any]:
        """Return what ``GET /system/diagnostics`` shows."""
        state = self.memory.state()
        parts = health.components(self.modules, state, self.beside)
        results = health.checks(self.modules, state, parts)
        return {
            "integration_ready": all(results.values()),
            "integration_score": health.score(results),
            "integration_checks": results,
            "failing_components": [name for name, passed in results.items() if not passed],
            "components": {name: health.as_json(part) for name, part in parts.items()},
            "modules": self._module_states(),
            "feedback_waiting": self.outbox.waiting,
            "telemetry_failures": dict(self.registry.telemetry_failures),
            "version": self.version,
            "timestamp": rfc3339(self.clock.now()),
        }

    def _module_states(self) -> list[dict[str, Any]]:
        ready = [
            {"name": m.name, "version": m.version, "state": "ready", "abandoned_calls": m.lane.abandoned}
            for m in self.modules.hosted.values()
        ]
        aside = [
            {"name": a.name, "version": a.version, "state": "unavailable", "reason": a.reason}
            for a in self.modules.set_aside
        ]
        return ready + aside


def test_controls(settings: Settings) -> TestControls | None:
    """Return the controls of test mode; none outside it."""
    if not settings.test_mode:
        return None
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    return TestControls(AdjustableClock(settings.data_dir, SystemClock()), Faults(settings.data_dir))


async def prove_stores(settings: Settings) -> None:
    """Open every store once, so that a start that cannot work ends with a reason.

    Raises:
        StorageUnavailable: One cannot be used.
    """
    clock = SystemClock()
    async with AsyncExitStack() as stack:
        memory = await stack.enter_async_context(open_memory(settings.data_dir, clock, settings.mongo))
        await memory.check()
        audit = await stack.enter_async_context(
            open_audit(settings.data_dir, key_file=settings.audit_key_file, clock=clock)
        )
        if settings.sspl_enabled:
            await stack.enter_async_context(open_signing(settings, clock, audit))


@asynccontextmanager
async def open_hub(
    settings: Settings,
    *,
    registry: Registry,
    metrics: Metrics,
    log_ring: LogRing,
    controls: TestControls | None = None,
) -> AsyncGenerator[Hub, None]:
    """Open the memory and every module; yield the hub; close all in reverse.

    Raises:
        StorageUnavailable: The memory cannot be opened; the hub must not start without.
    """
    clock = controls.clock if controls else SystemClock()
    limits = LaneLimits(settings.module_concurrency, settings.module_queue_s, settings.call_timeout_s)
    async with AsyncExitStack() as stack:
        store = await stack.enter_async_context(_open_memory(settings, clock, registry.track))
        metrics.watch_memory(store.state)
        memory = watched(store, registry.track, controls.faults if controls else None)
        hosted, unopened = await stack.enter_async_context(
            open_modules(
                registry.offers.values(), limits=limits, open_timeout_s=settings.plugin_load_timeout_s
            )
        )
        modules = Modules(hosted, [*registry.set_aside, *unopened])
        desk = FeedbackDesk(modules, memory, clock=clock, track=registry.track)
        outbox = Outbox(memory, desk, clock=clock)
        limit_store = await stack.enter_async_context(open_limits(settings.limits, clock, settings.workers))
        audit = await stack.enter_async_context(
            open_audit(settings.data_dir, key_file=settings.audit_key_file, clock=clock)
        )
        identities = await stack.enter_async_context(
            open_identities(
                settings.identities,
                settings.data_dir,
                clock,
                audit,
                limit=attempt_limit(settings, limit_store),
            )
        )
        signing = None
        if settings.sspl_enabled:
            signing = await stack.enter_async_context(open_signing(settings, clock, audit))
        gatehouse = Gatehouse(
            identities,
            principal_throttle(settings.limits, limit_store),
            audit,
            clock=clock,
            links=open_links(settings),
        )
        gateway = Gateway(modules, memory, desk, clock=clock, track=registry.track, link=gatehouse.link)
        for name, work in (("watch-memory", _watch(memory)), ("outbox", outbox.run())):
            stack.callback(asyncio.create_task(work, name=name).cancel)
        yield Hub(
            settings,
            clock,
            memory,
            modules,
            desk,
            outbox,
            gateway,
            gatehouse,
            identities,
            signing,
            limit_store,
            audit,
            registry,
            metrics,
            log_ring,
            version("core-integrator"),
            store if isinstance(store, ReportsHealth) else None,
        )


def _open_memory(settings: Settings, clock: Clock, track: Track) -> AbstractAsyncContextManager[MemoryStore]:
    return open_memory(
        settings.data_dir,
        clock,
        settings.mongo,
        settings.noopur,
        retention=settings.memory_retention,
        track=track,
    )


async def _watch(memory: MemoryStore) -> None:
    """Try a memory that is down again and again, so that health recovers without a caller's help."""
    while True:
        await asyncio.sleep(WATCH_EVERY_S)
        if memory.state().mode != "down":
            continue
        try:
            await memory.check()
        except StorageUnavailable as error:
            log.warning("memory.still_down", reason=error.message)
