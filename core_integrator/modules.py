"""Every module by name: those in use, and those set aside with the reason."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core_integrator.contracts.agent import Intent
from core_integrator.hosting import HostedModule
from core_integrator.registry import SetAside


@dataclass(frozen=True, slots=True)
class Modules:
    """The modules of this hub, fixed for its life."""

    hosted: Mapping[str, HostedModule]
    set_aside: Sequence[SetAside]

    def why_unavailable(self, module: str) -> str | None:
        """Return why a module or plugin of this name is not in use; none if there is none."""
        return next((aside.reason for aside in self.set_aside if aside.name == module), None)

    def listing(self) -> list[dict[str, Any]]:
        """Return what ``GET /modules`` shows: name, version, state, reason, intents with JSON Schemas."""
        ready = [
            {
                "name": module.name,
                "version": module.version,
                "state": "ready",
                "reason": None,
                "intents": [_intent(name, intent) for name, intent in module.intents.items()],
            }
            for module in self.hosted.values()
        ]
        aside = [
            {
                "name": item.name,
                "version": item.version,
                "state": "unavailable",
                "reason": item.reason,
                "intents": [],
            }
            for item in self.set_aside
        ]
        return ready + aside


def _intent(name: str, intent: Intent[Any]) -> dict[str, Any]:
    return {
        "name": name,
        "description": intent.summary(),
        "input_schema": intent.payload.model_json_schema(),
        "output_schema": intent.output.model_json_schema() if intent.output else None,
        "examples": [dict(example) for example in intent.examples],
    }
