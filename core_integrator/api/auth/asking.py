"""What the routes of accounts ask of a request: its body, who sent it, from where."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Annotated, Any, TypeVar

from fastapi import Depends, Request, Response
from pydantic import BaseModel, ValidationError

from core_integrator.api import strict_json
from core_integrator.api.body import read_json_body
from core_integrator.contracts.errors import Forbidden, Unauthenticated
from core_integrator.contracts.principals import Principal
from core_integrator.validation import invalid_payload
from security.identities import Identities
from security.identities.trail import Origin

M = TypeVar("M", bound=BaseModel)

MOST_BYTES = 64 * 1024
BODY_TIMEOUT_S = 10.0


def _identities(request: Request) -> Identities:
    identities: Identities = request.app.state.hub.identities
    return identities


def _origin(request: Request) -> Origin:
    """Return where a request comes from: what the hub found out behind proxies, else who is connected."""
    connected = request.client.host if request.client else ""
    return Origin(getattr(request.state, "address", None) or connected, request.state.request_id)


async def _shown(request: Request) -> Principal:
    """Return who shows a token or an API key, as the guard found, or as is found now."""
    guarded: Principal | None = getattr(request.state, "principal", None)
    if guarded is not None and guarded.proof in ("token", "api_key"):
        return guarded
    headers = request.headers
    principal = await _identities(request).authenticate(
        authorization=headers.get("authorization"), api_key=headers.get("x-api-key")
    )
    if principal is None:
        raise Unauthenticated("show an access token")
    return principal


async def _reader(principal: Annotated[Principal, Depends(_shown)]) -> Principal:
    if not principal.may("account:self"):
        raise Forbidden("this needs the permission 'account:self'")
    return principal


async def _account(principal: Annotated[Principal, Depends(_reader)]) -> Principal:
    # A key that leaks must not be able to make itself at home.
    if principal.proof != "token":
        raise Forbidden("this needs the token of a sign-in, not an API key")
    return principal


async def _admin(principal: Annotated[Principal, Depends(_shown)]) -> Principal:
    if not principal.may("users:manage"):
        raise Forbidden("this needs the permission 'users:manage'")
    return principal


def _not_kept(response: Response) -> None:
    response.headers["Cache-Control"] = "no-store"


TheIdentities = Annotated[Identities, Depends(_identities)]
From = Annotated[Origin, Depends(_origin)]
Reader = Annotated[Principal, Depends(_reader)]
Account = Annotated[Principal, Depends(_account)]
Admin = Annotated[Principal, Depends(_admin)]
NOT_KEPT = Depends(_not_kept)


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
