"""The API keys of a user."""

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Depends

from core_integrator.api.answers import CONFLICT
from core_integrator.api.auth.asking import Account, From, Reader, TheIdentities
from core_integrator.api.auth.bodies import KeyMade, KeyShown, KeyWish, Message, key_shown
from core_integrator.api.strict_body import body_of, described

router = APIRouter(prefix="/api-keys")


@router.post("", summary="Make an API key", responses=CONFLICT, openapi_extra=described(KeyWish))
async def create(
    wish: Annotated[KeyWish, Depends(body_of(KeyWish))],
    principal: Account,
    identities: TheIdentities,
    origin: From,
) -> KeyMade:
    """Make a key; what proves it is shown this once."""
    key, shown = await identities.keys.create(
        principal,
        origin,
        service_name=wish.service_name,
        key_name=wish.key_name,
        scopes=frozenset(wish.scopes),
        lifetime=None if wish.expires_in_days is None else timedelta(days=wish.expires_in_days),
    )
    return KeyMade(**key_shown(key).model_dump(), api_key=shown)


@router.get("", summary="My API keys")
async def listed(principal: Reader, identities: TheIdentities) -> list[KeyShown]:
    """Return the user's keys, oldest first."""
    return [key_shown(key) for key in await identities.keys.listed(principal)]


@router.put("/{key_id}/toggle", summary="Switch an API key on or off")
async def toggle(key_id: str, principal: Account, identities: TheIdentities, origin: From) -> KeyShown:
    """Switch a key to the other state."""
    return key_shown(await identities.keys.toggle(principal, key_id, origin))


@router.delete("/{key_id}", summary="Delete an API key")
async def delete(key_id: str, principal: Account, identities: TheIdentities, origin: From) -> Message:
    """Forget a key; it proves nothing any more."""
    await identities.keys.delete(principal, key_id, origin)
    return Message(message="deleted")
