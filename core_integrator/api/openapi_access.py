"""What the OpenAPI document says of getting in, and of not being served: the same for every operation."""

from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any

from config import Settings
from core_integrator.api.access import Access, AccessTable
from core_integrator.api.errors import PROBLEM_JSON

SCHEMES: Mapping[str, Mapping[str, str]] = {
    "token": {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "JWT",
        "description": "The access token of a sign-in (`POST /api/v1/auth/login`).",
    },
    "api_key": {
        "type": "apiKey",
        "in": "header",
        "name": "X-API-Key",
        "description": "An API key (`POST /api/v1/auth/api-keys`).",
    },
    "signature": {
        "type": "apiKey",
        "in": "header",
        "name": "Signature",
        "description": (
            "An HTTP message signature (RFC 9421; with `Signature-Input`, `Content-Digest`) by a registered "
            "key, or `X-SSPL-Signature`; a token or an API key beside it narrows it to that user."
        ),
    },
    "link": {
        "type": "apiKey",
        "in": "query",
        "name": "signature",
        "description": "A link to this artifact as an answer of the hub gave it.",
    },
}
# Whoever shows something that proves nothing is refused even where nothing has to be shown.
_ALWAYS = (401, 429, 500)
_SIGNED = (400, 403, 409, 413, 415, 503)
_FAILURE = {
    "application/json": {"schema": {"$ref": "#/components/schemas/ErrorAnswer"}},
    PROBLEM_JSON: {"schema": {"$ref": "#/components/schemas/ProblemAnswer"}},
}


def add_access(whole: dict[str, Any], settings: Settings) -> None:
    """Say for every operation what it asks of its caller, and how it fails."""
    whole["components"]["securitySchemes"] = {name: dict(scheme) for name, scheme in SCHEMES.items()}
    table = AccessTable()
    for method, path, operation in _operations(whole):
        found = table.find(method, path)
        if found is None:
            continue
        operation["security"] = _security(found.access, settings)
        _add_failures(operation, path, found.access, settings)


def _operations(whole: Mapping[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, operations in whole["paths"].items():
        for method, operation in operations.items():
            yield method.upper(), path, operation


def _security(access: Access, settings: Settings) -> list[dict[str, list[str]]]:
    """Return the ways to get in; an empty one stands for nothing at all."""
    if access.permission is None:
        return []
    if access.signed and settings.sspl_enabled:
        return [{"signature": []}, {"signature": [], "token": []}, {"signature": [], "api_key": []}]
    ways: list[dict[str, list[str]]] = [{"token": []}, {"api_key": []}]
    if access.link:
        ways.append({"link": []})
    # An account is somebody's: where nobody has to be known, it still asks whose.
    if settings.auth == "open" and access.permission not in {"account:self", "users:manage"}:
        ways.append({})
    return ways


def _add_failures(operation: dict[str, Any], path: str, access: Access, settings: Settings) -> None:
    responses = operation["responses"]
    # The framework's own shape of a 422 is not what the hub answers.
    responses.pop("422", None)
    for status in _statuses(operation, path, access, settings):
        responses.setdefault(str(status), {"description": f"{HTTPStatus(status).phrase}; the code says why."})
    for status, response in responses.items():
        if int(status) >= HTTPStatus.BAD_REQUEST:
            response.setdefault("content", _FAILURE)
    operation["responses"] = dict(sorted(responses.items()))


def _statuses(operation: Mapping[str, Any], path: str, access: Access, settings: Settings) -> set[int]:
    found = {*_ALWAYS}
    if access.permission is not None:
        found |= {403, 503}
    if access.signed and settings.sspl_enabled:
        found |= {*_SIGNED}
    if "parameters" in operation:
        found |= {400, 422}
    if "requestBody" in operation:
        found |= {400, 413, 415, 422, 503}
    if "{" in path:
        found.add(404)
    return found
