"""Faults ordered by tests; their state lies in the data folder."""

import asyncio
import json
from pathlib import Path

from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.creatorcore.errors import failure
from services.creatorcore.wire import Fault


class Faults:
    """What goes wrong on purpose, with how often each operation was called since it was ordered."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "test-faults.json"

    def order(self, fault: Fault) -> None:
        """Disturb an operation from now on; a later order replaces the earlier."""
        self._write({**self._read(), fault.operation: {"fault": fault.model_dump(), "seen": 0}})

    def clear(self) -> None:
        """End every disturbance."""
        self._path.unlink(missing_ok=True)

    def due(self, operation: str) -> Fault | None:
        """Count one call and return the fault it shall suffer, if any."""
        state = self._read()
        entry = state.get(operation)
        if entry is None:
            return None
        entry["seen"] += 1
        self._write(state)
        fault = Fault.model_validate(entry["fault"])
        return fault if fault.calls == "all" or entry["seen"] in fault.calls else None

    def _read(self) -> dict[str, dict[str, int]]:
        try:
            return dict(json.loads(self._path.read_text()))
        except (FileNotFoundError, ValueError):
            return {}

    def _write(self, state: object) -> None:
        self._path.write_text(json.dumps(state))


class FaultyAnswers:
    """ASGI middleware that fails, delays or cuts answers as ordered."""

    def __init__(self, app: ASGIApp, *, faults: Faults) -> None:
        self._app = app
        self._faults = faults

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, disturbed if a fault is due."""
        operation = operation_of(scope["path"]) if scope["type"] == "http" else None
        fault = self._faults.due(operation) if operation else None
        if fault is None:
            await self._app(scope, receive, send)
        elif fault.kind == "fail":
            body = failure("ordered_by_test", "ordered by a test")
            await JSONResponse(body, fault.status)(scope, receive, send)
        elif fault.kind == "slow":
            await asyncio.sleep(fault.delay_s)
            await self._app(scope, receive, send)
        else:
            await self._app(scope, receive, _cutting(send))


def operation_of(path: str) -> str | None:
    """Name what a path asks for; none for what can be neither disturbed nor limited."""
    first, _, rest = path.strip("/").partition("/")
    if first == "system":
        return "health" if rest == "health" else None
    return first if first in {"generate", "feedback", "history"} else None


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
