"""What callers send, checked."""

from typing import Annotated, Literal, Self, TypeVar

import pydantic_core
from fastapi import Request
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator
from starlette.requests import ClientDisconnect

from services.text_to_video.errors import ServiceError
from services.text_to_video.film import ASPECTS, RESOLUTIONS, STYLES

MAX_BODY_BYTES = 2**20
MAX_DEPTH = 64

Sent = TypeVar("Sent", bound=BaseModel)


class Order(BaseModel):
    """The body of ``POST /generate-video``."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    text: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)]
    topic: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=64)] = "general"
    style: str = Field(default="default", pattern=f"^({'|'.join(STYLES)})$")
    duration: float = Field(default=8, ge=1, le=120, allow_inf_nan=False)
    language: str = Field(default="en", pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$")
    aspect: str = Field(default="16:9", pattern=f"^({'|'.join(ASPECTS)})$")
    resolution: str = Field(default="720p", pattern=f"^({'|'.join(RESOLUTIONS)})$")
    seed: int | None = Field(default=None, ge=0, le=2**31 - 1)


class Rating(BaseModel):
    """The body of ``POST /feedback``."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    generation_id: str = Field(max_length=64)
    rating: Annotated[int, Field(ge=1, le=5, strict=True)] | None = None
    command: Literal["+2", "+1", "-1", "-2"] | None = None
    comment: Annotated[str, Field(max_length=500)] | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.rating is None and self.command is None:
            raise ValueError("give a rating, a command, or both")
        return self


class ClockOrder(BaseModel):
    """The body of ``POST /test/clock``."""

    model_config = ConfigDict(extra="forbid")

    now: float | None = None
    advance_s: float | None = None


class Fault(BaseModel):
    """The body of ``POST /test/faults``."""

    model_config = ConfigDict(extra="forbid")

    operation: Literal[
        "generate-video", "status", "video", "cancel", "delete", "feedback", "health", "render"
    ]
    calls: list[int] | Literal["all"] = "all"
    kind: Literal["fail", "slow", "cut"]
    status: int = Field(default=503, ge=400, le=599)
    delay_s: float = Field(default=1.0, ge=0, le=600)


async def read(request: Request, model: type[Sent]) -> tuple[Sent, bytes]:
    """Return the checked body and its raw bytes.

    Raises:
        ServiceError: It is too long, no JSON, or not what the model takes.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        raise ServiceError(415, "unsupported_media_type", "send the body as Content-Type: application/json")
    raw = await _raw(request)
    try:
        return model.model_validate(_parsed(raw)), raw
    except ValidationError as error:
        fields = [
            {
                "path": ".".join(map(str, fault["loc"]))[:120],
                "reason": fault["msg"].removeprefix("Value error, "),
            }
            for fault in error.errors(include_url=False, include_input=False)[:20]
        ]
        first = f"{fields[0]['path'] or 'body'}: {fields[0]['reason']}"
        raise ServiceError(422, "invalid_payload", first, fields=fields) from error


async def _raw(request: Request) -> bytes:
    chunks: list[bytes] = []
    length = 0
    try:
        async for chunk in request.stream():
            length += len(chunk)
            if length > MAX_BODY_BYTES:
                raise ServiceError(413, "too_large", f"the body is longer than {MAX_BODY_BYTES} bytes")
            chunks.append(chunk)
    except ClientDisconnect:
        raise ServiceError(400, "malformed_request", "the client left before the body was complete") from None
    return b"".join(chunks)


def _parsed(raw: bytes) -> object:
    try:
        value = pydantic_core.from_json(raw, allow_inf_nan=False)
    except ValueError:
        raise ServiceError(400, "malformed_request", "the body is not valid JSON in UTF-8") from None
    if rb"\u0000" in raw or b"\0" in raw:
        raise ServiceError(400, "malformed_request", "a text in the body holds a NUL character")
    if raw.count(b"{") + raw.count(b"[") > MAX_DEPTH:
        raise ServiceError(400, "malformed_request", f"the body nests deeper than {MAX_DEPTH} levels")
    return value
