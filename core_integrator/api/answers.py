"""Shapes of answers that are written without a model, for the OpenAPI document."""

from typing import Any, Literal

from pydantic import BaseModel, Field, JsonValue

Responses = dict[int | str, dict[str, Any]]

CONFLICT: Responses = {409: {"description": "Not in its present state; the code says why."}}
UPSTREAM: Responses = {
    status: {"description": "A generator failed; the code says how."} for status in (502, 503, 504)
}


class Exchange(BaseModel):
    """One call and its answer, as they are remembered."""

    id: str = Field(default=..., description="Its name.")
    module: str = Field(default=..., description="Which module served it.")
    intent: str = Field(default=..., description="What was asked.")
    timestamp: str = Field(default=..., description="RFC 3339.")
    request: dict[str, JsonValue] = Field(default=..., description="The envelope that was sent.")
    response: dict[str, JsonValue] = Field(default=..., description="The answer that was given.")


class Readiness(BaseModel):
    """Whether calls can be taken."""

    status: Literal["ready", "not_ready"] = Field(default=..., description="Whether they can.")
    reason: str | None = Field(default=..., description="Why not.")


class Component(BaseModel):
    """A part of the hub, or something it depends on; further facts stand beside."""

    status: Literal["healthy", "degraded", "unhealthy"] = Field(default=..., description="How it is doing.")
    reason: str | None = Field(default=None, description="Why not better; for operators.")


class HealthReport(BaseModel):
    """How the hub is doing."""

    status: Literal["healthy", "degraded", "unhealthy"] = Field(default=..., description="The worst of all.")
    components: dict[str, Component] = Field(default=..., description="Every part.")
    timestamp: str = Field(default=..., description="RFC 3339.")
    insightflow_event: dict[str, JsonValue] | None = Field(
        default=None, description="The same as an event; for operators."
    )


class LogLines(BaseModel):
    """The newest log lines of one process."""

    logs: list[dict[str, JsonValue]] = Field(default=..., description="Newest first.")
    count: int = Field(default=..., description="How many.")


class AuditShown(BaseModel):
    """One thing somebody did, or was refused."""

    seq: int = Field(default=..., description="Its number.")
    timestamp: str = Field(default=..., description="RFC 3339.")
    actor: str = Field(default=..., description="Who.")
    kind: Literal["anonymous", "user", "service", "system"] = Field(default=..., description="What they are.")
    action: str = Field(default=..., description="What they did.")
    object: str = Field(default=..., description="To what.")
    result: str = Field(default=..., description="`success`, or an error's code.")
    request_id: str = Field(default=..., description="By which request.")
    ip_hash: str = Field(default=..., description="From where; a digest.")
    detail: dict[str, JsonValue] = Field(default=..., description="Small facts.")
    hash: str = Field(default=..., description="Over this entry and all before.")


class ModuleShown(BaseModel):
    """An installed module."""

    name: str = Field(default=..., description="As requests name it.")
    version: str = Field(default=..., description="Of its package.")
    state: Literal["ready", "unavailable"] = Field(default=..., description="Whether it can be called.")
    reason: str | None = Field(default=..., description="Why not.")
    intents: list[dict[str, JsonValue]] = Field(default=..., description="With their JSON Schemas.")


class ModulesShown(BaseModel):
    """Every installed module."""

    modules: list[ModuleShown] = Field(default=..., description="Those set aside last.")


def binary(*media_types: str) -> dict[str, Any]:
    """Return the content of an answer that is a file."""
    return {name: {"schema": {"type": "string", "contentMediaType": name}} for name in media_types}
