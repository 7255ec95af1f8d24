"""``/api/v1/auth``: accounts over HTTP.  Answers are bare; failures are the hub's."""

from fastapi import APIRouter

from core_integrator.api.auth import entrance, keys, own_account, recovery, users
from core_integrator.api.auth.asking import NOT_KEPT

__all__ = ["PARTS", "router"]

router = APIRouter(prefix="/api/v1/auth", tags=["accounts"], dependencies=[NOT_KEPT])
PARTS = (entrance, recovery, own_account, keys, users)
for part in PARTS:
    router.include_router(part.router)
