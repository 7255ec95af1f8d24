"""The bridge to a text-to-video service."""

import re
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from bridges.client import BridgeClient
from core_integrator.contracts.agent import MediaStream
from core_integrator.contracts.errors import BridgeProtocolError

State = Literal["queued", "processing", "completed", "failed", "cancelled"]
CONTENT_TYPES = {"mp4": "video/mp4", "jpg": "image/jpeg", "vtt": "text/vtt"}
# What files of a kind begin with, and where: ISO/IEC 14496-12 §4.3, JPEG's start of image, WebVTT §4.1.
_MARKS = {"mp4": (4, b"ftyp"), "jpg": (0, b"\xff\xd8\xff"), "vtt": (0, b"WEBVTT")}
_ID = re.compile(r"[A-Za-z0-9_-]{1,128}")
_ASKED = ("range", "if-range", "if-none-match")
_PASSED_ON = ("content-length", "content-range", "accept-ranges", "etag", "last-modified")


class VideoOrder(BaseModel):
    """The body of ``POST /generate-video``."""

    text: str
    topic: str
    style: str
    duration: float
    language: str
    aspect: str
    resolution: str
    seed: int | None


class VideoRating(BaseModel):
    """The body of the generator's ``POST /feedback``."""

    generation_id: str
    rating: int | None
    command: str | None
    comment: str | None


class Wire(BaseModel):
    """An answer of the generator; what it adds later is ignored."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class VideoTicket(Wire):
    """The answer to an order."""

    generation_id: str = Field(default=..., pattern=r"^[A-Za-z0-9_-]{1,128}$")
    status: State
    duration: float | None = None
    metadata: dict[str, Any] = Field(default_factory=dict)


class VideoFault(Wire):
    """Why a film failed."""

    code: str
    message: str


class VideoStatus(Wire):
    """How far a film is."""

    generation_id: str
    status: State
    progress: float = Field(default=..., ge=0, le=100)
    stage: str | None = None
    eta_s: float | None = None
    duration: float | None = None
    poster_url: str | None = None
    captions_url: str | None = None
    error: VideoFault | None = None
    metadata: dict[str, Any] = Field(default_factory=dict)


class Done(Wire):
    """An answer of which only the success matters."""


class VideoBridgeClient(BridgeClient):
    """Orders films from the text-to-video service and fetches them."""

    service = "text_to_video"

    async def generate_video(self, order: VideoOrder, *, key: str) -> VideoTicket:
        """Order a film; under the same ``key`` the service never makes a second one.

        Raises:
            BridgeError: The service failed; the subclass says how.
        """
        return await self.post("/generate-video", order, VideoTicket, operation="generate_video", key=key)

    async def get_status(self, provider_id: str) -> VideoStatus:
        """Look up how far a film is.

        Raises:
            BridgeError: The service failed; the subclass says how.
        """
        return await self.get(f"/status/{_checked(provider_id)}", VideoStatus, operation="get_status")

    async def cancel(self, provider_id: str, *, key: str) -> VideoStatus:
        """Stop a film that is not finished.

        Raises:
            BridgeError: The service failed; the subclass says how.
        """
        path = f"/videos/{_checked(provider_id)}/cancel"
        return await self.post(path, Done(), VideoStatus, operation="cancel", key=key)

    async def remove(self, provider_id: str) -> None:
        """Remove a film for good.

        Raises:
            BridgeError: The service failed; the subclass says how.
        """
        await self.delete(f"/videos/{_checked(provider_id)}", Done, operation="delete")

    async def rate(self, rating: VideoRating, *, key: str) -> None:
        """Tell the service what a user thinks of a film.

        Raises:
            BridgeError: The service failed; the subclass says how.
        """
        await self.post("/feedback", rating, Done, operation="feedback", key=key)

    @asynccontextmanager
    async def open_media(
        self, provider_id: str, suffix: str, *, method: str, headers: Mapping[str, str]
    ) -> AsyncGenerator[MediaStream, None]:
        """Open a film, poster or captions as a stream; a range is passed on as asked.

        Raises:
            BridgeError: The service failed before the first byte; the subclass says how.
        """
        path = f"/videos/{_checked(provider_id)}.{suffix}"
        asked = {name: headers[name] for name in _ASKED if name in headers}
        async with self.stream(method, path, headers=asked, operation="media") as response:
            passed = {name: response.headers[name] for name in _PASSED_ON if name in response.headers}
            chunks = self.read_stream(response)
            if response.status_code in {200, 206}:
                _refuse_other_kinds(response.headers.get("content-type", ""), suffix)
                passed["content-type"] = CONTENT_TYPES[suffix]
                if method == "GET" and _is_beginning(response.status_code, response.headers):
                    chunks = await _sniffed(chunks, suffix)
            yield MediaStream(response.status_code, passed, chunks)


def _checked(provider_id: str) -> str:
    # It came from the generator and goes into a path: never trust it to be plain.
    if not _ID.fullmatch(provider_id):
        raise BridgeProtocolError("the film's id is not one the service may give")
    return provider_id


def _refuse_other_kinds(content_type: str, suffix: str) -> None:
    if content_type.partition(";")[0].strip().lower() != CONTENT_TYPES[suffix]:
        raise BridgeProtocolError(f"the service sent another kind of file than {suffix}")


def _is_beginning(status: int, headers: Mapping[str, str]) -> bool:
    return status == 200 or headers.get("content-range", "").startswith("bytes 0-")


async def _sniffed(chunks: AsyncIterator[bytes], suffix: str) -> AsyncIterator[bytes]:
    """Return the same chunks once their first shows that they are what they are called.

    Raises:
        BridgeError: They are something else, or nothing; or the generator broke off.
    """
    first = await anext(chunks, b"")
    at, mark = _MARKS[suffix]
    seen = first.removeprefix(b"\xef\xbb\xbf")[at : at + len(mark)]
    if not first or not mark.startswith(seen):
        raise BridgeProtocolError(f"what the service sent is no {suffix} file")
    return _rejoined(first, chunks)


async def _rejoined(first: bytes, rest: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield first
    async for chunk in rest:
        yield chunk
