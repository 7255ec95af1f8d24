"""``DELETE /users/{user_id}/memory``: everything of a user is forgotten."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Request

from core_integrator.api.dependencies import TheHub
from core_integrator.contracts.envelope import CoreAnswer, UserId
from core_integrator.contracts.principals import Principal

router = APIRouter(tags=["memory"])


@router.delete(
    "/users/{user_id}/memory", summary="Forget everything of a user", responses={200: {"model": CoreAnswer}}
)
async def erase(
    request: Request, hub: TheHub, user_id: Annotated[UserId, Path(description="Who shall be forgotten.")]
) -> dict[str, Any]:
    """Forget the user's exchanges, generations, verdicts, modules' rows and answers kept for repeats.

    ``complete`` is false while MongoDB is away: what it holds is shown to nobody from here on, and is erased
    as soon as it is back.
    """
    principal: Principal = request.state.principal
    await hub.gatehouse.will_do(principal, "memory.erase", user_id, request.scope["state"])
    complete = await hub.memory.erase(user_id)
    return {
        "status": "success",
        "message": "everything of this user is forgotten",
        "result": {"user_id": user_id, "complete": complete},
    }
