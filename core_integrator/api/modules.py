"""``GET /modules``: what is installed, and what it can do."""

from typing import Any

from fastapi import APIRouter

from core_integrator.api.answers import ModulesShown
from core_integrator.api.dependencies import TheHub

router = APIRouter(tags=["modules"])


@router.get(
    "/modules",
    summary="Every installed module with its intents and their schemas",
    responses={200: {"model": ModulesShown}},
)
async def modules(hub: TheHub) -> dict[str, Any]:
    """Return name, version, state, reason and intents of every module, those set aside included."""
    return {"modules": hub.modules.listing()}
