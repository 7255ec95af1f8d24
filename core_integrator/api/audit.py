"""``GET /api/v1/audit``: who did what, for administrators."""

import json
from datetime import datetime
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field
from starlette.responses import Response

from core_integrator.api.answers import AuditShown
from core_integrator.contracts.audit import AuditLog, AuditQuery, AuditRecord
from core_integrator.contracts.clock import moment, rfc3339
from core_integrator.contracts.errors import Forbidden, Unauthenticated
from core_integrator.contracts.principals import Principal

PERMISSION = "audit:read"

router = APIRouter(prefix="/api/v1", tags=["administration"])


class Filters(BaseModel):
    """Which entries are asked for."""

    model_config = ConfigDict(extra="forbid")

    actor: str | None = Field(default=None, max_length=256, description="Only by this one.")
    action: str | None = Field(default=None, max_length=256, description="Only of this kind.")
    object: str | None = Field(default=None, max_length=256, description="Only about this.")
    result: str | None = Field(default=None, max_length=256, description="`success`, or an error's code.")
    request_id: str | None = Field(default=None, max_length=256, description="Only of this request.")
    since: AwareDatetime | None = Field(default=None, description="Not before this moment.")
    until: AwareDatetime | None = Field(default=None, description="Before this moment.")
    before: int | None = Field(default=None, ge=1, le=2**62, description="From the `Link` header.")
    limit: int = Field(default=50, ge=1, le=200, description="Entries on a page.")


@router.get("/audit", summary="Who did what, newest first", responses={200: {"model": list[AuditShown]}})
async def audit(request: Request, filters: Annotated[Filters, Query()]) -> Response:
    """Return entries of the audit log; a further page is named by the ``Link`` header.

    Raises:
        AccessDenied: The caller is no administrator.
    """
    _admit(request)
    log: AuditLog = request.app.state.hub.audit
    records = await log.found(AuditQuery(**filters.model_dump()))
    headers = {"Cache-Control": "no-store"}
    if len(records) == filters.limit and records[-1].seq > 1:
        asked = filters.model_copy(update={"before": records[-1].seq}).model_dump(exclude_none=True)
        query = urlencode({name: _in_query(value) for name, value in asked.items()})
        headers["Link"] = f'<{request.url.path}?{query}>; rel="next"'
    body = json.dumps([_shown(record) for record in records], ensure_ascii=False)
    return Response(body.encode(), headers=headers, media_type="application/json")


def _admit(request: Request) -> None:
    principal: Principal | None = getattr(request.state, "principal", None)
    if principal is None:
        raise Unauthenticated("the audit log is for administrators")
    if not principal.may(PERMISSION):
        raise Forbidden("the audit log is for administrators")


def _in_query(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _shown(record: AuditRecord) -> dict[str, Any]:
    return {
        "seq": record.seq,
        "timestamp": rfc3339(moment(record.ts_us)),
        "actor": record.actor,
        "kind": record.kind,
        "action": record.action,
        "object": record.object,
        "result": record.result,
        "request_id": record.request_id,
        "ip_hash": record.ip_hash,
        "detail": dict(record.detail),
        "hash": record.hash,
    }
