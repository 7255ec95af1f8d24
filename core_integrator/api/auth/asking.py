"""What the routes of accounts ask of a request: who sent it, from where."""

from typing import Annotated

from fastapi import Depends, Request, Response

from core_integrator.contracts.errors import Forbidden, Unauthenticated
from core_integrator.contracts.principals import Principal
from security.identities import Identities
from security.identities.trail import Origin


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
