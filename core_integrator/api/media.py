"""``GET /videos/{id}.mp4`` with poster and captions, ``GET /reports/{id}.md`` with its chart: streamed."""

import re
from collections.abc import AsyncGenerator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Literal

from fastapi import APIRouter, Request
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from core_integrator.api.answers import UPSTREAM, Responses, binary
from core_integrator.api.dependencies import TheHub
from core_integrator.contracts.agent import MediaStream, ServesMedia
from core_integrator.contracts.errors import (
    MalformedRequest,
    ModuleUnavailable,
    NotFound,
    RangeNotSatisfiable,
)
from core_integrator.contracts.ports import Generation
from core_integrator.contracts.principals import Principal
from core_integrator.hub import Hub

router = APIRouter(tags=["media"])

_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_ONE = "([0-9]{1,18}-[0-9]{0,18}|-[0-9]{1,18})"
_RANGE = re.compile(f"bytes={_ONE}")
_RANGES = re.compile(f"bytes={_ONE}(, ?{_ONE}){{1,20}}")


def _answers(*media_types: str) -> Responses:
    content = binary(*media_types)
    return {
        200: {"content": content},
        206: {"description": "The range that was asked for.", "content": content},
        416: {"description": "The range lies outside the file."},
        **UPSTREAM,
    }


_VIDEO = "/videos/{generation_id}.{suffix}"
_REPORT = "/reports/{generation_id}.{suffix}"


@router.head(_VIDEO, include_in_schema=False)
@router.get(
    _VIDEO,
    summary="A film, its poster or its captions",
    response_class=Response,
    responses=_answers("video/mp4", "image/jpeg", "text/vtt"),
)
async def video(
    request: Request, hub: TheHub, generation_id: str, suffix: Literal["mp4", "jpg", "vtt"]
) -> Response:
    """Stream an artifact; ``Range`` gives 206 or 416.

    In open mode the unguessable id is all that is needed; else a signed link, or its owner.
    """
    return await _streamed(request, hub, "film", generation_id, suffix)


@router.head(_REPORT, include_in_schema=False)
@router.get(
    _REPORT,
    summary="A report as Markdown, or its chart",
    response_class=Response,
    responses=_answers("text/markdown", "image/svg+xml"),
)
async def report(request: Request, hub: TheHub, generation_id: str, suffix: Literal["md", "svg"]) -> Response:
    """Return a report or its chart; who may is as for films."""
    return await _streamed(request, hub, "report", generation_id, suffix)


async def _streamed(request: Request, hub: Hub, what: str, generation_id: str, suffix: str) -> Response:
    if not _ID.fullmatch(generation_id):
        raise NotFound(what)
    generation = await hub.memory.generation_by_capability(generation_id)
    principal: Principal = request.state.principal
    if generation is None or not principal.may_speak_for(generation.user_id):
        raise NotFound(what)
    hub.gatehouse.did(principal, "media.read", generation_id, "success", request.scope["state"])
    return _Streamed(_opening(hub, generation, suffix, request.method, _asked(request.headers)))


def _asked(headers: Mapping[str, str]) -> dict[str, str]:
    asked = {name.lower(): value for name, value in headers.items()}
    wanted = asked.get("range")
    if wanted is not None and not _RANGE.fullmatch(wanted):
        if not _RANGES.fullmatch(wanted):
            raise MalformedRequest("the Range header is not a range of bytes")
        # Several ranges at once: the whole is a permitted answer (RFC 9110 §14.2), and players never ask so.
        del asked["range"]
    return asked


@asynccontextmanager
async def _opening(
    hub: Hub, generation: Generation, suffix: str, method: str, headers: Mapping[str, str]
) -> AsyncGenerator[MediaStream, None]:
    module = hub.modules.hosted.get(generation.module)
    if module is None or not isinstance(module.agent, ServesMedia):
        raise ModuleUnavailable(f"module {generation.module!r} is not in use")
    async with module.agent.media(generation, suffix, method=method, headers=headers) as stream:
        if stream.status == 416:
            raise RangeNotSatisfiable("the range lies outside the file", details=_size(stream))
        yield stream


def _size(stream: MediaStream) -> dict[str, int]:
    size = stream.headers.get("content-range", "").rpartition("/")[2]
    return {"size_bytes": int(size)} if size.isdecimal() else {}


class _Streamed(StreamingResponse):
    """Opens the stream when the answer starts, and closes it however the answer ends."""

    def __init__(self, opening: AbstractAsyncContextManager[MediaStream]) -> None:
        super().__init__(content=())
        self._opening = opening

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async with self._opening as stream:
            self.status_code = stream.status
            self.body_iterator = stream.chunks
            self.init_headers({**stream.headers, "cache-control": "private, max-age=3600"})
            await super().__call__(scope, receive, send)
