"""How the hub is doing, from facts already known: nothing is asked for the asking."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pydantic import JsonValue

from core_integrator.contracts.agent import Health, ReportsHealth
from core_integrator.contracts.clock import rfc3339
from core_integrator.contracts.ports import MemoryState
from core_integrator.modules import Modules
from core_integrator.registry import SWITCHED_OFF

INSIGHTFLOW_VERSION = "1.0.0"


def components(
    modules: Modules, memory: MemoryState, beside: ReportsHealth | None = None
) -> dict[str, Health]:
    """Return the health of the memory and what stands beside it, of the modules and what they depend on."""
    found = {"memory": _memory(memory), "modules": _modules(modules)}
    if beside is not None:
        found |= dict(beside.health())
    for module in modules.hosted.values():
        if isinstance(module.agent, ReportsHealth):
            found |= dict(module.agent.health())
    return found


def overall(parts: Mapping[str, Health]) -> str:
    """Return the hub's own status: that of the part that does worst."""
    states = {health.status for health in parts.values()}
    if "unhealthy" in states:
        return "unhealthy"
    return "degraded" if "degraded" in states else "healthy"


def checks(modules: Modules, memory: MemoryState, parts: Mapping[str, Health]) -> dict[str, bool]:
    """Return the integration checks behind the score."""
    outside = [health for name, health in parts.items() if name not in {"memory", "modules"}]
    return {
        "core_modules_loaded": bool(modules.hosted) and parts["modules"].status == "healthy",
        "database_accessible": memory.mode != "down",
        "gateway_initialized": True,
        "memory_adapter_ready": memory.mode != "down",
        **({"mongodb_ready": memory.mode in {"primary", "catching_up"}} if memory.mirrored else {}),
        "external_service_ready": all(health.status == "healthy" for health in outside),
    }


def score(results: Mapping[str, bool]) -> float:
    """Return the share of checks that pass, 0 to 1."""
    return round(sum(results.values()) / len(results), 4)


def as_json(health: Health) -> dict[str, Any]:
    """Return a component as the answers show it."""
    return {"status": health.status, "reason": health.reason, **health.details}


def insightflow_event(status: str, results: Mapping[str, bool], at: datetime) -> dict[str, Any]:
    """Return the heartbeat event that describes this moment."""
    failing = [name for name, passed in results.items() if not passed]
    return {
        "insightflow_version": INSIGHTFLOW_VERSION,
        "event_type": "heartbeat",
        "component": "core_integrator",
        "status": status,
        "details": {},
        "timestamp": rfc3339(at),
        "integration_score": score(results),
        "failing_components": failing,
    }


def _memory(state: MemoryState) -> Health:
    details: dict[str, JsonValue] = {
        "mode": state.mode,
        "backlog_depth": state.backlog_depth,
        "backlog_age_s": state.backlog_age_s,
    }
    if state.mode == "down":
        return Health("unhealthy", state.reason, details)
    if not state.mirrored:
        return Health("healthy", None, details)
    details |= {"refused": state.refused, "replayed": state.replayed, "fallbacks": state.fallbacks}
    if state.mode == "journal":
        return Health("degraded", f"MongoDB is not used: {state.reason}", details)
    if state.mode == "catching_up":
        return Health("degraded", f"{state.backlog_depth} changes are still to be told to MongoDB", details)
    if state.refused:
        return Health(
            "degraded", f"MongoDB refused {state.refused} changes for good; the log says why", details
        )
    return Health("healthy", None, details)


def _modules(modules: Modules) -> Health:
    broken = sorted(aside.name for aside in modules.set_aside if aside.reason != SWITCHED_OFF)
    details = {"ready": len(modules.hosted), "set_aside": len(modules.set_aside)}
    if not modules.hosted:
        return Health("unhealthy", "no module is in use", details)
    if broken:
        return Health("degraded", f"set aside: {', '.join(broken)}", details)
    return Health("healthy", None, details)
