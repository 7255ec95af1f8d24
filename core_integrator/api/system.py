"""What operators ask: is it alive, is it ready, how is it, what happened last."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.responses import JSONResponse, Response

from core_integrator.api.answers import HealthReport, LogLines, Readiness
from core_integrator.api.dependencies import TheHub
from core_integrator.contracts.principals import Principal

MOST_LINES = 200

router = APIRouter(tags=["system"])


@router.get("/", summary="What this is")
async def root(hub: TheHub) -> dict[str, str]:
    """Return the hub's name, version and where its documentation is."""
    return {"message": "Core Integrator", "version": hub.version, "docs": "/docs"}


@router.get("/system/live", summary="Whether the process answers")
async def live() -> dict[str, str]:
    """Return 200 as long as the process answers."""
    return {"status": "live"}


@router.get(
    "/system/ready",
    summary="Whether requests can be taken",
    responses={200: {"model": Readiness}, 503: {"model": Readiness}},
)
async def ready(hub: TheHub) -> JSONResponse:
    """Return 200 when calls can be served and remembered, else 503 with the reason."""
    reason = hub.why_not_ready()
    content = {"status": "ready" if reason is None else "not_ready", "reason": reason}
    return JSONResponse(content, 200 if reason is None else 503)


@router.get(
    "/system/health",
    summary="How the hub and what it depends on are doing",
    responses={200: {"model": HealthReport}, 503: {"model": HealthReport}},
)
async def health(request: Request, hub: TheHub) -> JSONResponse:
    """Return healthy, degraded or unhealthy with every component; 503 only when unhealthy.

    Reasons and details are for operators; where everybody is one, for everybody.
    """
    report = hub.health()
    principal: Principal = request.state.principal
    if not principal.may("system:read"):
        bare = {name: {"status": part["status"]} for name, part in report["components"].items()}
        report = {"status": report["status"], "components": bare, "timestamp": report["timestamp"]}
    return JSONResponse(report, 503 if report["status"] == "unhealthy" else 200)


@router.get("/system/diagnostics", summary="Every check, module and bridge in detail")
async def diagnostics(hub: TheHub) -> dict[str, Any]:
    """Return the integration score with the checks behind it, and the state of every part."""
    return hub.diagnostics()


@router.get(
    "/system/logs/latest",
    summary="The newest log lines of this process",
    responses={200: {"model": LogLines}},
)
async def latest_logs(
    hub: TheHub, limit: Annotated[str, Query(description="How many; between 1 and 200.")] = "50"
) -> dict[str, Any]:
    """Return the newest log lines, newest first; a limit out of range is brought into it."""
    lines = hub.log_ring.latest(_within(limit))
    return {"logs": lines, "count": len(lines)}


@router.get(
    "/metrics",
    summary="Prometheus metrics",
    response_class=Response,
    responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}},
)
def metrics(hub: TheHub) -> Response:
    """Return every metric in Prometheus' text format; written in a thread, off the event loop."""
    return Response(hub.metrics.exposition(), media_type="text/plain; version=0.0.4; charset=utf-8")


def _within(limit: str) -> int:
    try:
        return max(1, min(MOST_LINES, int(limit)))
    except ValueError:
        return 50
