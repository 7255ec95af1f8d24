"""Loads plugins one by one, sets broken ones aside, and knows every module by name."""

import re
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from importlib import metadata
from types import ModuleType
from typing import TypeVar

import pluggy
import structlog

from config import Settings
from core_integrator import hookspecs
from core_integrator.contracts.agent import OpenAgent
from core_integrator.contracts.events import Event, PluginLoaded, Track

log = structlog.get_logger("core_integrator.registry")

OURS = "core-integrator"
SWITCHED_OFF = "switched off by the operator"
_NAME = re.compile(r"[a-z][a-z0-9_]{0,63}")
Result = TypeVar("Result")


class PluginProblem(Exception):
    """A plugin cannot be used; the message says why, for the operator."""


@dataclass(frozen=True, slots=True)
class Plugin:
    """A plugin found: its entry point's name, the version of its distribution, and how to import it."""

    name: str
    version: str
    load: Callable[[], object]


@dataclass(frozen=True, slots=True)
class Offer:
    """A module that a plugin registered and that waits to be opened."""

    module: str
    plugin: str
    version: str
    open_agent: OpenAgent


@dataclass(frozen=True, slots=True)
class SetAside:
    """A plugin or module that is not in use, and why."""

    name: str
    version: str
    reason: str


@dataclass
class Registry:
    """What was loaded: modules on offer, plugins set aside, and the sinks that hear of events."""

    offers: dict[str, Offer] = field(default_factory=dict)
    set_aside: list[SetAside] = field(default_factory=list)
    telemetry_failures: dict[str, int] = field(default_factory=dict)
    _sinks: list[tuple[str, Callable[..., object]]] = field(default_factory=list)

    def track(self, event: Event) -> None:
        """Tell every sink; a sink that fails is counted and never disturbs the caller."""
        for name, sink in self._sinks:
            try:
                sink(event=event)
            except Exception as error:  # noqa: BLE001 - the border with telemetry sinks, which fail open
                self.telemetry_failures[name] = self.telemetry_failures.get(name, 0) + 1
                log.warning("telemetry.sink_failed", plugin=name, error_type=type(error).__name__)

    def listen(self, name: str, plugin: object) -> None:
        """Add the plugin's ``track_event`` implementation, if it has one."""
        manager = _manager()
        manager.register(plugin, name)
        self._sinks += [(name, impl.function) for impl in manager.hook.track_event.get_hookimpls()]


def installed_plugins() -> list[Plugin]:
    """Return every plugin of the entry point group ``core_integrator``, built-ins first."""
    points = metadata.entry_points(group=hookspecs.PROJECT)
    built_in_first = sorted(points, key=lambda p: (not p.dist or p.dist.name != OURS, p.name))
    return [Plugin(p.name, p.dist.version if p.dist else "0", p.load) for p in built_in_first]


def load_plugins(plugins: Iterable[Plugin], settings: Settings, *, sinks: Iterable[object] = ()) -> Registry:
    """Load each plugin alone and return what they offer; a broken one is set aside and named.

    ``sinks`` are built-in listeners that hear of events from the first plugin on.
    """
    registry = Registry()
    for sink in sinks:
        registry.listen(type(sink).__name__, sink)
    for plugin in plugins:
        if plugin.name in settings.plugins_off:
            registry.set_aside.append(SetAside(plugin.name, plugin.version, SWITCHED_OFF))
            continue
        _load(plugin, registry, settings)
    return registry


def _load(plugin: Plugin, registry: Registry, settings: Settings) -> None:
    started = time.perf_counter()
    try:
        offers, loaded = _within(
            settings.plugin_load_timeout_s, lambda: _offers_of(plugin, settings, registry.track)
        )
        _refuse_second_claims(offers, registry)
    except PluginProblem as problem:
        registry.set_aside.append(SetAside(plugin.name, plugin.version, str(problem)))
        log.error("plugin.set_aside", plugin=plugin.name, reason=str(problem), exc_info=problem.__cause__)
        registry.track(PluginLoaded(plugin.name, ready=False, duration_s=time.perf_counter() - started))
        return
    registry.offers.update({offer.module: offer for offer in offers})
    registry.listen(plugin.name, loaded)
    registry.track(PluginLoaded(plugin.name, ready=True, duration_s=time.perf_counter() - started))


def _manager() -> pluggy.PluginManager:
    manager = pluggy.PluginManager(hookspecs.PROJECT)
    manager.add_hookspecs(hookspecs)
    return manager


def _offers_of(plugin: Plugin, settings: Settings, track: Track) -> tuple[list[Offer], object]:
    # A manager of its own: nothing that a failing plugin began is left behind.
    manager = _manager()
    loaded = plugin.load()
    manager.register(loaded, plugin.name)
    manager.check_pending()
    if not isinstance(loaded, ModuleType) and not manager.get_hookcallers(loaded):
        raise PluginProblem(
            "it implements no hook; its entry point must name a module with @hookimpl functions"
        )
    offers: list[Offer] = []

    def register(module: str, open_agent: OpenAgent) -> None:
        if not _NAME.fullmatch(module):
            raise PluginProblem(f"{module!r} is not a module name; use a-z, 0-9 and _, a letter first")
        offers.append(Offer(module, plugin.name, plugin.version, open_agent))

    manager.hook.register_agents(register=register, settings=settings, track=track)
    return offers, loaded


def _refuse_second_claims(offers: list[Offer], registry: Registry) -> None:
    claimed = {name: offer.plugin for name, offer in registry.offers.items()}
    for offer in offers:
        if offer.module in claimed:
            raise PluginProblem(
                f"module {offer.module!r} is claimed by {claimed[offer.module]!r} and by {offer.plugin!r}"
            )
        claimed[offer.module] = offer.plugin


def _within(limit_s: float, load: Callable[[], Result]) -> Result:
    # A thread, because an import can hang or call sys.exit; a daemon, so that it cannot hold our exit.
    outcome: list[Result] = []
    failure: list[BaseException] = []

    def run() -> None:
        try:
            outcome.append(load())
        except BaseException as error:  # noqa: BLE001 - the border with strangers: loading a plugin
            failure.append(error)

    thread = threading.Thread(target=run, name="plugin-load", daemon=True)
    thread.start()
    thread.join(limit_s)
    if failure:
        if isinstance(failure[0], PluginProblem):
            raise failure[0]
        raise PluginProblem(f"{type(failure[0]).__name__}: {failure[0]}") from failure[0]
    if not outcome:
        raise PluginProblem(f"loading took longer than {limit_s:g} s")
    return outcome[0]
