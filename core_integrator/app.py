"""The application: loads plugins, opens the hub for its life, puts routes and error answers together."""

from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from importlib.metadata import version

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.routing import Route
from starlette.types import ASGIApp

from config import Settings, load_settings
from core_integrator.api import (
    audit,
    auth,
    creator,
    docs_page,
    erasure,
    history,
    keys,
    media,
    modules,
    openapi,
    system,
)
from core_integrator.api.admission import guard
from core_integrator.api.core import core
from core_integrator.api.cors import with_cors
from core_integrator.api.doors import Door, Doors
from core_integrator.api.edge import Edge
from core_integrator.api.errors import on_defect, on_http_exception, on_integrator_error, on_invalid_query
from core_integrator.api.feedback import feedback
from core_integrator.api.test_mode import FaultyAnswers, test_router
from core_integrator.contracts.errors import IntegratorError
from core_integrator.heap import settle_heap
from core_integrator.hub import TestControls, open_hub, test_controls
from core_integrator.registry import Plugin, Registry, installed_plugins, load_plugins
from core_integrator.workers import end_with_parent
from security.headers import SecurityHeaders
from telemetry.logging import LogRing, configure_logging
from telemetry.metrics import Metrics

Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]


DOORS: dict[str, Door] = {"/core": core, "/feedback": feedback}


def create_app(settings: Settings, *, plugins: Sequence[Plugin] | None = None) -> ASGIApp:
    """Return the application; ``plugins`` are those installed unless given."""
    log_ring = configure_logging(settings.log_level)
    metrics = Metrics()
    registry = load_plugins(installed_plugins() if plugins is None else plugins, settings, sinks=[metrics])
    controls = test_controls(settings)
    app = FastAPI(
        title="Core Integrator",
        version=version("core-integrator"),
        description="One door for many generators.",
        lifespan=_lifespan(settings, registry, metrics, log_ring, controls),
        docs_url=None,
        redoc_url=None,
    )
    add_routes(app, controls)
    app.add_exception_handler(IntegratorError, on_integrator_error)
    app.add_exception_handler(RequestValidationError, on_invalid_query)
    app.add_exception_handler(HTTPException, on_http_exception)
    app.add_exception_handler(Exception, on_defect)
    inner: ASGIApp = Doors(app, DOORS)
    if controls:
        inner = FaultyAnswers(inner, faults=controls.faults)
    guarded = guard(inner, settings, hub=lambda: app.state.hub)
    edge = Edge(guarded, track=registry.track)
    return SecurityHeaders(
        with_cors(edge, settings.cors_origins),
        policies={"/docs": docs_page.POLICY},
        behind_tls=settings.behind_tls,
    )


def app_for_process(settings: Settings) -> ASGIApp:
    """Return the application for a process that does nothing else."""
    app = create_app(settings)
    settle_heap()
    return app


def app_from_environment() -> ASGIApp:
    """Return the application as the environment describes it; what a worker process calls."""
    end_with_parent()
    return app_for_process(load_settings())


def _lifespan(
    settings: Settings,
    registry: Registry,
    metrics: Metrics,
    log_ring: LogRing,
    controls: TestControls | None,
) -> Lifespan:
    @asynccontextmanager
    async def live(app: FastAPI) -> AsyncGenerator[None, None]:
        opening = open_hub(settings, registry=registry, metrics=metrics, log_ring=log_ring, controls=controls)
        async with opening as hub:
            app.state.hub = hub
            app.openapi = lambda: openapi.document(app, hub.modules, settings)  # type: ignore[method-assign]  # FastAPI's documented way
            yield

    return live


def add_routes(app: FastAPI, controls: TestControls | None) -> None:
    """Add every path the hub serves."""
    # Known to the framework for the sake of other methods; POST goes through the doors.
    for path, door in DOORS.items():
        app.router.routes.append(Route(path, door, methods=["POST"]))
    for part in (creator, erasure, history, media, modules, system, audit, auth, keys, docs_page):
        app.include_router(part.router)
    if controls:
        app.include_router(test_router(controls.clock, controls.faults))
