"""The HTTP face of the service."""

import re
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated, Any

from fastapi import Depends, FastAPI, Request
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from services.creatorcore import health
from services.creatorcore.clock import AdjustableClock, SystemClock
from services.creatorcore.endpoint import EndpointEmbedder, EndpointWriter
from services.creatorcore.errors import ServiceError, invalid, on_defect, on_http_exception, on_service_error
from services.creatorcore.faults import Faults, FaultyAnswers
from services.creatorcore.makers import Embedder, Writer
from services.creatorcore.rates import RateLimited, Rates
from services.creatorcore.reading import idempotency_key, read
from services.creatorcore.reference import ReferenceEmbedder, ReferenceWriter
from services.creatorcore.service import TextService
from services.creatorcore.settings import Settings
from services.creatorcore.store import Store
from services.creatorcore.wire import OWNER, ClockOrder, Fault, Order, Verdict

HISTORY_SHOWN, HISTORY_MOST = 20, 200


def create_app(folder: Path, store: Store, settings: Settings, *, test_mode: bool) -> FastAPI:
    """Return the application that keeps everything in ``store``, and in ``folder`` what tests order."""
    clock = AdjustableClock(folder) if test_mode else SystemClock()

    @asynccontextmanager
    async def live(app: FastAPI) -> AsyncGenerator[None, None]:
        writer, embedder = _makers(settings)
        app.state.service = TextService(store, writer, embedder, clock)
        app.state.folder = folder
        yield
        await writer.aclose()
        await embedder.aclose()
        store.close()

    app = FastAPI(title="Reference CreatorCore", lifespan=live, redoc_url=None)
    app.add_exception_handler(ServiceError, on_service_error)
    app.add_exception_handler(HTTPException, on_http_exception)
    app.add_exception_handler(Exception, on_defect)
    _add_routes(app)
    app.add_middleware(RateLimited, rates=Rates(settings.limits, clock), clock=clock)
    if isinstance(clock, AdjustableClock):
        faults = Faults(folder)
        _add_test_routes(app, clock, faults)
        app.add_middleware(FaultyAnswers, faults=faults)
    return app


def _makers(settings: Settings) -> tuple[Writer, Embedder]:
    limit_s = settings.endpoint_timeout_s
    writer: Writer = ReferenceWriter()
    embedder: Embedder = ReferenceEmbedder()
    if settings.text is not None:
        writer = EndpointWriter(settings.text, timeout_s=limit_s, max_tokens=settings.max_tokens)
    if settings.embedding is not None:
        embedder = EndpointEmbedder(settings.embedding, timeout_s=limit_s)
    return writer, embedder


def _service(request: Request) -> TextService:
    service: TextService = request.app.state.service
    return service


def _owner(request: Request) -> str | None:
    owner = request.query_params.get("owner")
    if owner is not None and not re.fullmatch(OWNER, owner):
        raise invalid("owner", "give 1 to 64 letters, digits, - or _")
    return owner


def _limit(request: Request) -> int:
    given = request.query_params.get("limit", str(HISTORY_SHOWN))
    if not re.fullmatch(r"[0-9]{1,4}", given) or not 1 <= int(given) <= HISTORY_MOST:
        raise invalid("limit", f"give a number from 1 to {HISTORY_MOST}")
    return int(given)


Service = Annotated[TextService, Depends(_service)]
Owner = Annotated[str | None, Depends(_owner)]
Limit = Annotated[int, Depends(_limit)]


def _add_routes(app: FastAPI) -> None:
    @app.post("/generate")
    async def generate(request: Request, service: Service) -> JSONResponse:
        """Write a text."""
        order = await read(request, Order)
        order.refuse_gaps()
        answer = await service.generate(order, idempotency_key(request))
        return JSONResponse(answer.body, answer.status)

    @app.post("/feedback")
    async def feedback(request: Request, service: Service) -> JSONResponse:
        """Take a verdict on a text."""
        verdict = await read(request, Verdict)
        verdict.refuse_silence()
        answer = await service.rate(verdict, idempotency_key(request))
        return JSONResponse(answer.body, answer.status)

    @app.get("/history")
    async def history(request: Request, service: Service, owner: Owner, limit: Limit) -> list[dict[str, Any]]:
        """Show an owner's texts, newest first."""
        topic = request.query_params.get("topic")
        return [await service.about(topic, owner)] if topic else await service.history(owner, limit)

    @app.get("/history/{topic:path}")
    async def about(topic: str, service: Service, owner: Owner) -> dict[str, Any]:
        """Show an owner's newest text about a topic."""
        return await service.about(topic, owner)

    @app.get("/system/health")
    async def healthy(request: Request, service: Service) -> JSONResponse:
        """Say whether texts can be written."""
        status, body = await health.report(service, request.app.state.folder)
        return JSONResponse(body, status)


def _add_test_routes(app: FastAPI, clock: AdjustableClock, faults: Faults) -> None:
    @app.post("/test/clock")
    async def set_clock(request: Request) -> dict[str, float]:
        order = await read(request, ClockOrder)
        return {"now": clock.adjust(now=order.now, advance_s=order.advance_s)}

    @app.post("/test/faults")
    async def order_fault(request: Request) -> dict[str, str]:
        faults.order(await read(request, Fault))
        return {"status": "ordered"}

    @app.delete("/test/faults")
    async def clear_faults() -> dict[str, str]:
        faults.clear()
        return {"status": "cleared"}
