"""The HTTP face of the service."""

import re
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated, Any, Literal

from fastapi import Depends, FastAPI, Request
from fastapi.responses import FileResponse, JSONResponse
from starlette.exceptions import HTTPException

from services.text_to_video import health
from services.text_to_video.clock import AdjustableClock, SystemClock
from services.text_to_video.errors import (
    ServiceError,
    not_found,
    on_defect,
    on_http_exception,
    on_service_error,
)
from services.text_to_video.faults import Faults, FaultyAnswers
from services.text_to_video.queue import open_queue
from services.text_to_video.service import VideoService
from services.text_to_video.store import Store
from services.text_to_video.studio import Studio
from services.text_to_video.wire import ClockOrder, Fault, Order, Rating, read

_ID = re.compile(r"film_[0-9A-Z]{26}")
_KEY = re.compile(r'"[\x21\x23-\x7e]{1,255}"|[\x21\x23-\x7e]{1,255}')
MEDIA_TYPES = {"mp4": "video/mp4", "jpg": "image/jpeg", "vtt": "text/vtt"}


def create_app(folder: Path, *, test_mode: bool) -> FastAPI:
    """Return the application that keeps everything in ``folder``."""
    clock = AdjustableClock(folder) if test_mode else SystemClock()
    faults = Faults(folder) if test_mode else None

    @asynccontextmanager
    async def live(app: FastAPI) -> AsyncGenerator[None, None]:
        store = Store(folder / "films.db")
        studio = Studio(folder / "films", store, clock, faults)
        async with open_queue(folder, studio) as queue:
            app.state.service = VideoService(store, studio, queue, clock)
            app.state.folder = folder
            app.state.encoder = health.encoder_works()
            await app.state.service.take_up()
            yield
        store.close()

    app = FastAPI(title="Reference text-to-video", lifespan=live, redoc_url=None)
    app.add_exception_handler(ServiceError, on_service_error)
    app.add_exception_handler(HTTPException, on_http_exception)
    app.add_exception_handler(Exception, on_defect)
    _add_routes(app)
    if faults is not None and isinstance(clock, AdjustableClock):
        _add_test_routes(app, clock, faults)
        app.add_middleware(FaultyAnswers, faults=faults)
    return app


def _service(request: Request) -> VideoService:
    service: VideoService = request.app.state.service
    return service


def _film_id(film_id: str) -> str:
    if not _ID.fullmatch(film_id):
        raise not_found()
    return film_id


Service = Annotated[VideoService, Depends(_service)]
KnownId = Annotated[str, Depends(_film_id)]


def _add_routes(app: FastAPI) -> None:
    @app.post("/generate-video", status_code=202)
    async def generate_video(request: Request, service: Service) -> JSONResponse:
        """Take an order for a film."""
        order, raw = await read(request, Order)
        answer = await service.generate(order, raw, _key(request))
        return JSONResponse(answer.body, answer.status)

    @app.get("/status/{film_id}")
    async def status(film_id: KnownId, service: Service) -> dict[str, Any]:
        """Say how far a film is."""
        return await service.status(film_id)

    @app.post("/videos/{film_id}/cancel")
    async def cancel(film_id: KnownId, service: Service) -> dict[str, Any]:
        """Stop a film that is not finished."""
        return await service.cancel(film_id)

    @app.delete("/videos/{film_id}")
    async def delete(film_id: KnownId, service: Service) -> dict[str, Any]:
        """Remove a film for good."""
        return await service.delete(film_id)

    @app.head("/videos/{film_id}.{suffix}", include_in_schema=False)
    @app.get("/videos/{film_id}.{suffix}", response_class=FileResponse)
    async def media(film_id: str, suffix: Literal["mp4", "jpg", "vtt"], service: Service) -> FileResponse:
        """Serve a finished film, its poster or its captions, with ranges."""
        state = await service.status(_film_id(film_id))
        if state["status"] != "completed":
            raise ServiceError(409, "wrong_state", f"the film is {state['status']}")
        path = service.studio.file(film_id, suffix)
        if not path.is_file():
            raise not_found()
        headers = {"Cache-Control": "private, max-age=3600"}
        return FileResponse(path, media_type=MEDIA_TYPES[suffix], headers=headers)

    @app.post("/feedback")
    async def feedback(request: Request, service: Service) -> JSONResponse:
        """Take a verdict on a film."""
        rating, raw = await read(request, Rating)
        _film_id(rating.generation_id)
        answer = await service.rate(rating, raw, _key(request))
        return JSONResponse(answer.body, answer.status)

    @app.get("/feedback/{film_id}")
    async def verdicts(film_id: KnownId, service: Service) -> dict[str, Any]:
        """Show every verdict on a film."""
        await service.status(film_id)
        return {"generation_id": film_id, "feedback": service.store.feedback(film_id)}

    @app.get("/health")
    async def healthy(request: Request, service: Service) -> JSONResponse:
        """Say whether films can be made."""
        state = request.app.state
        status, body = await health.report(service, state.folder, encoder=state.encoder)
        return JSONResponse(body, status)


def _add_test_routes(app: FastAPI, clock: AdjustableClock, faults: Faults) -> None:
    @app.post("/test/clock")
    async def set_clock(request: Request) -> dict[str, float]:
        order, _ = await read(request, ClockOrder)
        return {"now": clock.adjust(now=order.now, advance_s=order.advance_s)}

    @app.post("/test/faults")
    async def order_fault(request: Request) -> dict[str, str]:
        fault, _ = await read(request, Fault)
        faults.order(fault)
        return {"status": "ordered"}

    @app.delete("/test/faults")
    async def clear_faults() -> dict[str, str]:
        faults.clear()
        return {"status": "cleared"}


def _key(request: Request) -> str | None:
    given = request.headers.get("idempotency-key")
    if given is None:
        return None
    if not _KEY.fullmatch(given):
        raise ServiceError(422, "invalid_payload", "Idempotency-Key: give 1 to 255 visible ASCII characters")
    return given.strip('"')
