"""The doors: ``POST`` paths that are served before the framework's layers.

They check their bodies themselves, more strictly than the framework would, so its layers (routing, exit
stacks, three middlewares, exception handlers) would only cost them: a third of a short call.
"""

from collections.abc import Awaitable, Callable, Mapping

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from core_integrator.api.errors import error_answer
from core_integrator.contracts.errors import IntegratorError

Door = Callable[[Request], Awaitable[Response]]


class Doors:
    """ASGI: ``POST`` to a door's path goes straight to it, everything else to the framework."""

    def __init__(self, app: FastAPI, doors: Mapping[str, Door]) -> None:
        self._app = app
        self._doors = doors

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        door = self._doors.get(scope.get("path", "")) if scope.get("method") == "POST" else None
        if door is None:
            await self._app(scope, receive, send)
            return
        scope["app"], scope["endpoint"] = self._app, door
        request = Request(scope, receive, send)
        try:
            answer = await door(request)
        except IntegratorError as error:
            answer = error_answer(error, request)
        await answer(scope, receive, send)
