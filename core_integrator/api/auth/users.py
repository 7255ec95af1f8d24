"""Accounts as admins see them."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from core_integrator.api.answers import CONFLICT
from core_integrator.api.auth.asking import Admin, From, TheIdentities
from core_integrator.api.auth.bodies import Active, Message, Profile, Roles, Users, profile_of
from core_integrator.api.strict_body import body_of, described
from security.identities.trail import actor_of

router = APIRouter(prefix="/users")


@router.get("", summary="All users, page by page")
async def listed(
    principal: Admin,
    identities: TheIdentities,
    limit: Annotated[int, Query(ge=1, le=500, description="Users on a page.")] = 100,
    cursor: Annotated[str | None, Query(max_length=64, description="From the page before.")] = None,
) -> Users:
    """Return users, oldest first."""
    found = await identities.administration.listed(after=cursor, limit=limit + 1)
    page = found[:limit]
    return Users(
        users=[profile_of(user) for user in page], next_cursor=page[-1].id if len(found) > limit else None
    )


@router.put(
    "/{user_id}/roles", summary="Say what a user may do", responses=CONFLICT, openapi_extra=described(Roles)
)
async def set_roles(
    user_id: str,
    wish: Annotated[Roles, Depends(body_of(Roles))],
    principal: Admin,
    identities: TheIdentities,
    origin: From,
) -> Profile:
    """Set the roles; they count at once, in other processes within two seconds."""
    by, roles = actor_of(principal), frozenset(wish.roles)
    return profile_of(await identities.administration.set_roles(by, user_id, roles, origin))


@router.put(
    "/{user_id}/active",
    summary="Shut an account, or open it",
    responses=CONFLICT,
    openapi_extra=described(Active),
)
async def set_active(
    user_id: str,
    wish: Annotated[Active, Depends(body_of(Active))],
    principal: Admin,
    identities: TheIdentities,
    origin: From,
) -> Profile:
    """Shut an account, which ends its sessions, or open it again."""
    by = actor_of(principal)
    return profile_of(await identities.administration.set_active(by, user_id, origin, active=wish.active))


@router.delete("/{user_id}", summary="Delete an account", responses=CONFLICT)
async def delete(user_id: str, principal: Admin, identities: TheIdentities, origin: From) -> Message:
    """Forget an account; erase what the memory holds of its user by ``DELETE /users/{user_id}/memory``."""
    await identities.administration.delete(actor_of(principal), user_id, origin)
    return Message(message="deleted")
