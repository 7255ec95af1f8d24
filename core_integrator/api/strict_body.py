"""Bodies of the framework's routes, read as strictly as those of the doors."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeVar

from fastapi import Request
from pydantic import BaseModel, ValidationError

from core_integrator.api import strict_json
from core_integrator.api.body import read_json_body
from core_integrator.validation import invalid_payload

M = TypeVar("M", bound=BaseModel)

MOST_BYTES = 64 * 1024
BODY_TIMEOUT_S = 10.0


def body_of(model: type[M]) -> Callable[[Request], Awaitable[M]]:
    """Return a dependency that reads the body as strictly as everywhere in the hub.

    It raises ``UnsupportedMediaType``, ``TooLarge``, ``MalformedRequest`` or ``InvalidPayload``.
    """

    async def read(request: Request) -> M:
        body = await read_json_body(request, limit_bytes=MOST_BYTES, timeout_s=BODY_TIMEOUT_S)
        try:
            return model.model_validate(strict_json.parse(body))
        except ValidationError as error:
            # Without its cause: that one holds what was sent, passwords too.
            raise invalid_payload(error) from None

    return read


def described(model: type[BaseModel]) -> dict[str, Any]:
    """Return what the OpenAPI document says of such a body."""
    schema = model.model_json_schema()
    # Where this stands in the document there is no place for definitions of its own.
    whole = _inlined(schema, schema.pop("$defs", {}))
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": whole}}}}


def _inlined(node: Any, definitions: Mapping[str, Any]) -> Any:
    if isinstance(node, list):
        return [_inlined(part, definitions) for part in node]
    if not isinstance(node, dict):
        return node
    if "$ref" in node:
        return _inlined(definitions[node["$ref"].rpartition("/")[2]], definitions)
    return {name: _inlined(value, definitions) for name, value in node.items()}
