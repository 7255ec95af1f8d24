"""``GET /get-context`` and ``GET /get-history``: what a user and the modules said to each other."""

from collections.abc import Sequence
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from core_integrator.api.answers import Exchange, Responses
from core_integrator.api.dependencies import TheHub
from core_integrator.contracts.clock import rfc3339
from core_integrator.contracts.envelope import ModuleName, UserId
from core_integrator.contracts.ports import Interaction

NEWEST_OF_EACH = 5

router = APIRouter(tags=["memory"])

EXCHANGES: Responses = {200: {"model": list[Exchange]}}

User = Annotated[UserId, Query(description="Whose exchanges.")]


@router.get("/get-context", summary="The newest exchanges over all modules", responses=EXCHANGES)
async def get_context(
    hub: TheHub,
    user_id: User,
    limit: Annotated[int, Query(ge=1, le=50, description="How many.")] = 3,
) -> Response:
    """Return the user's newest exchanges over all modules, newest first."""
    return _array(await hub.memory.context(user_id, limit=limit))


@router.get("/get-history", summary="The exchanges of a user, page by page", responses=EXCHANGES)
async def get_history(
    request: Request,
    hub: TheHub,
    user_id: User,
    module: Annotated[ModuleName | None, Query(description="Only this module's.")] = None,
    limit: Annotated[int | None, Query(ge=1, le=200, description="Exchanges on a page.")] = None,
    cursor: Annotated[str | None, Query(max_length=200, description="From the Link header.")] = None,
) -> Response:
    """Return the newest five exchanges of each module; with ``limit`` or ``cursor``, pages of all of them.

    A further page is named by the ``Link`` header with ``rel="next"``.
    """
    if limit is None and cursor is None:
        newest = await hub.memory.newest_of_each_module(user_id, per_module=NEWEST_OF_EACH, module=module)
        return _array(newest)
    page = await hub.memory.history(user_id, module=module, limit=limit or 50, cursor=cursor)
    answer = _array(page.rows)
    if page.next_cursor:
        asked = {"user_id": user_id, "module": module, "limit": limit or 50, "cursor": page.next_cursor}
        query = urlencode({name: value for name, value in asked.items() if value is not None})
        answer.headers["Link"] = f'<{request.url.path}?{query}>; rel="next"'
    return answer


def _array(interactions: Sequence[Interaction]) -> Response:
    # Requests and answers are kept as the JSON texts they were: copied, never parsed again.
    rows = (
        f'{{"id":"{row.id}","module":"{row.module}","intent":"{row.intent}",'
        f'"timestamp":"{rfc3339(row.created_at)}","request":{row.request},"response":{row.response}}}'
        for row in interactions
    )
    headers = {"Cache-Control": "no-store"}
    return Response(f"[{','.join(rows)}]".encode(), headers=headers, media_type="application/json")
