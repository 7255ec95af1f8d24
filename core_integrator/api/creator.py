"""``GET /creator/history``: a user's own texts, under the path that older clients know."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from core_integrator.api.answers import UPSTREAM
from core_integrator.api.dependencies import TheHub
from core_integrator.contracts.clock import new_id
from core_integrator.contracts.envelope import CoreAnswer, CoreRequest, UserId
from core_integrator.contracts.errors import InvalidArgument

router = APIRouter(tags=["memory"])


@router.get(
    "/creator/history",
    summary="The texts of a user, newest first",
    responses={200: {"model": CoreAnswer}, 404: {"description": "The module is not installed."}, **UPSTREAM},
)
async def creator_history(
    request: Request,
    hub: TheHub,
    user_id: Annotated[UserId, Query(description="Whose texts.")],
    limit: Annotated[int, Query(ge=1, le=50, description="Texts on a page.")] = 10,
    cursor: Annotated[str | None, Query(max_length=200, description="``next_cursor`` before.")] = None,
) -> Response:
    """Answer as the intent ``history`` of the module ``creator`` does."""
    if user_id == "all":
        raise InvalidArgument("a history is one user's: user_id=all is nobody")
    asked = CoreRequest(
        module="creator", intent="history", user_id=user_id, data={"limit": limit, "cursor": cursor}
    )
    served = await hub.gateway.call(asked, request_id=request.state.request_id, idempotency_key=new_id("idk"))
    return Response(served.answer.body, media_type="application/json", headers={"Cache-Control": "no-store"})
