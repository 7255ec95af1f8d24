"""``/test/clock`` and ``/test/faults``, and the faults of whole answers; in test mode only."""

import asyncio

from fastapi import APIRouter
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from core_integrator.api.errors import STATUSES, error_answer
from core_integrator.contracts.errors import IntegratorError
from core_integrator.testmode import AdjustableClock, ClockOrder, Fault, Faults

OPERATIONS = ("core", "feedback", "get-context", "get-history", "videos")


def test_router(clock: AdjustableClock, faults: Faults) -> APIRouter:
    """Return the routes that set the clock and order faults."""
    router = APIRouter(prefix="/test", tags=["test"])

    @router.post("/clock", responses={400: {"description": "No clock shows that."}})
    async def set_clock(order: ClockOrder) -> dict[str, float]:
        return {"now": clock.adjust(order).timestamp()}

    @router.post("/faults")
    async def order_fault(fault: Fault) -> dict[str, str]:
        faults.order(fault)
        return {"status": "ordered"}

    @router.delete("/faults")
    async def clear_faults() -> dict[str, str]:
        faults.clear()
        return {"status": "cleared"}

    return router


class FaultyAnswers:
    """ASGI middleware that fails, delays or cuts answers as ordered."""

    def __init__(self, app: ASGIApp, *, faults: Faults) -> None:
        self._app = app
        self._faults = faults

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, disturbed if a fault is due."""
        operation = scope.get("path", "").strip("/").partition("/")[0]
        fault = self._faults.due(operation) if operation in OPERATIONS else None
        if fault is None:
            await self._app(scope, receive, send)
        elif fault.kind == "fail":
            await error_answer(_failure(fault), Request(scope))(scope, receive, send)
        elif fault.kind == "slow":
            await asyncio.sleep(fault.delay_s)
            await self._app(scope, receive, send)
        else:
            await self._app(scope, receive, _cutting(send))


def _failure(fault: Fault) -> IntegratorError:
    code = next((code for code, status in STATUSES.items() if status == fault.status), "internal_error")
    error = IntegratorError("ordered by a test")
    error.code = code  # type: ignore[misc]  # an order names its status, and the table the code
    return error


def _cutting(send: Send) -> Send:
    """Send the head and half of the first part of the body, then nothing: the server drops the connection."""
    cut = False

    async def half(message: Message) -> None:
        nonlocal cut
        if cut:
            return
        if message["type"] == "http.response.body":
            body = message.get("body", b"")
            message = {**message, "body": body[: len(body) // 2], "more_body": True}
            cut = True
        await send(message)

    return half
