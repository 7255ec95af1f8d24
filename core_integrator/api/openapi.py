"""The OpenAPI document: what FastAPI knows, and a schema with an example for every intent."""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from config import Settings
from core_integrator.api.openapi_access import add_access
from core_integrator.contracts.agent import Intent
from core_integrator.contracts.envelope import CoreAnswer, ErrorAnswer, ProblemAnswer
from core_integrator.contracts.feedback import FeedbackRequest
from core_integrator.hosting import HostedModule
from core_integrator.modules import Modules

REFERENCE = "#/components/schemas/{model}"
FAILURES = ("400", "404", "409", "413", "415", "422", "500", "502", "503", "504")
EXAMPLE_USER = "ada"


def document(app: FastAPI, modules: Modules, settings: Settings) -> dict[str, Any]:
    """Return the document for the modules in use; made once, then kept."""
    if app.openapi_schema is None:
        whole = get_openapi(
            title=app.title,
            version=app.version,
            description=app.description,
            routes=app.routes,
            tags=[{"name": "core", "description": "Calls of modules."}],
        )
        _add(whole, modules)
        add_access(whole, settings)
        app.openapi_schema = whole
    return app.openapi_schema


def _add(whole: dict[str, Any], modules: Modules) -> None:
    schemas = whole.setdefault("components", {}).setdefault("schemas", {})
    calls = [(m, name, intent) for m in modules.hosted.values() for name, intent in m.intents.items()]
    for module, name, intent in calls:
        schemas[_title(module, name)] = _envelope_of(module, name, intent)
    schemas.update(_plain([CoreAnswer, ErrorAnswer, ProblemAnswer, FeedbackRequest]))
    # The framework's own shape of a 422, which is not what the hub answers.
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    envelopes = [{"$ref": REFERENCE.format(model=_title(module, name))} for module, name, _ in calls]
    examples = {f"{module.name}.{name}": _example(module, name, intent) for module, name, intent in calls}
    whole["paths"]["/core"] = {"post": _operation("Call a module", {"oneOf": envelopes}, examples, "core")}
    reference = {"$ref": REFERENCE.format(model="FeedbackRequest")}
    rating = {"generation_id": "vid_01JABCDEFGHJKMNPQRSTVWXYZ0", "rating": 5, "user_id": EXAMPLE_USER}
    whole["paths"]["/feedback"] = {
        "post": _operation("Judge a generation", reference, {"stars": {"value": rating}}, "memory")
    }


def _title(module: HostedModule, intent: str) -> str:
    return f"{module.name}.{intent}"


def _envelope_of(module: HostedModule, name: str, intent: Intent[Any]) -> dict[str, Any]:
    schema = intent.payload.model_json_schema()
    definitions = schema.pop("$defs", {})
    envelope: dict[str, Any] = {
        "type": "object",
        "title": _title(module, name),
        "description": intent.summary(),
        "required": ["module", "intent", "user_id", *(["data"] if schema.get("required") else [])],
        "additionalProperties": False,
        "properties": {
            "module": {"const": module.name},
            "intent": {"const": name},
            "user_id": {"type": "string", "pattern": "^[A-Za-z0-9_-]{1,64}$"},
            "data": schema,
        },
    }
    if definitions:
        envelope["$defs"] = definitions
        _move_references(envelope, f"{REFERENCE.format(model=_title(module, name))}/$defs/")
    return envelope


def _move_references(node: Any, place: str) -> None:
    """Point references at where the definitions lie in the whole document."""
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            node["$ref"] = node["$ref"].replace("#/$defs/", place)
        for value in node.values():
            _move_references(value, place)
    elif isinstance(node, list):
        for part in node:
            _move_references(part, place)


def _example(module: HostedModule, name: str, intent: Intent[Any]) -> dict[str, Any]:
    data = dict(intent.examples[0]) if intent.examples else {}
    value = {"module": module.name, "intent": name, "user_id": EXAMPLE_USER, "data": data}
    return {"summary": intent.summary(), "value": value}


def _plain(models: list[type[BaseModel]]) -> dict[str, Any]:
    _, schema = models_json_schema([(model, "validation") for model in models], ref_template=REFERENCE)
    return dict(schema["$defs"])


def _operation(summary: str, schema: dict[str, Any], examples: dict[str, Any], tag: str) -> dict[str, Any]:
    success = {
        "description": "Success.",
        "content": {"application/json": {"schema": {"$ref": REFERENCE.format(model="CoreAnswer")}}},
    }
    key = {
        "name": "Idempotency-Key",
        "in": "header",
        "required": False,
        "schema": {"type": "string", "minLength": 1, "maxLength": 257},
        "description": "The same key and body get the same answer for 24 hours; the work is done once.",
    }
    return {
        "tags": [tag],
        "summary": summary,
        "parameters": [key],
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": schema, "examples": examples}},
        },
        "responses": {"200": success, **{code: {"description": "The code says why."} for code in FAILURES}},
    }
