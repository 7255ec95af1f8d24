"""Reads a request strictly: what is not JSON, or not what the model takes, is refused with its field."""

import math
import re
from typing import TypeVar

import pydantic_core
from fastapi import Request
from pydantic import BaseModel, ValidationError
from starlette.requests import ClientDisconnect

from services.creatorcore.errors import ServiceError

MAX_BODY_BYTES = 4 * 2**20
MAX_DEPTH = 64
_KEY = re.compile(r'"[\x21\x23-\x7e]{1,255}"|[\x21\x23-\x7e]{1,255}')

Sent = TypeVar("Sent", bound=BaseModel)


async def read(request: Request, model: type[Sent]) -> Sent:
    """Return the checked body.

    Raises:
        ServiceError: It is too long, no JSON, or not what the model takes.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        raise ServiceError(415, "unsupported_media_type", "send the body as Content-Type: application/json")
    value = _parsed(await _raw(request))
    try:
        return model.model_validate(value)
    except ValidationError as error:
        fields = [
            {"path": ".".join(map(str, fault["loc"]))[:120], "reason": fault["msg"]}
            for fault in error.errors(include_url=False, include_input=False)[:20]
        ]
        first = f"{fields[0]['path'] or 'body'}: {fields[0]['reason']}"
        raise ServiceError(400, "invalid_input", first, fields=fields) from error


def idempotency_key(request: Request) -> str | None:
    """Return the key under which a repeat is the same request, bare or quoted.

    Raises:
        ServiceError: 400, it is no key.
    """
    given = request.headers.get("idempotency-key")
    if given is None:
        return None
    if not _KEY.fullmatch(given):
        raise ServiceError(400, "invalid_input", "Idempotency-Key: give 1 to 255 visible ASCII characters")
    return given.strip('"')


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
        raise _malformed("the client left before the body was complete") from None
    return b"".join(chunks)


def _parsed(raw: bytes) -> object:
    try:
        value = pydantic_core.from_json(raw, allow_inf_nan=False)
    except ValueError:
        raise _malformed("the body is not valid JSON in UTF-8") from None
    _refuse_oddities(value)
    return value


def _refuse_oddities(value: object) -> None:
    """Walk through the whole value: brackets inside a text are no nesting, so bytes alone cannot tell."""
    level: list[object] = [value]
    for _ in range(MAX_DEPTH):
        deeper: list[object] = []
        for item in level:
            if isinstance(item, dict):
                deeper += [*item, *item.values()]
            elif isinstance(item, list):
                deeper += item
            elif isinstance(item, str) and "\0" in item:
                raise _malformed("a text in the body holds a NUL character")
            elif isinstance(item, float) and not math.isfinite(item):
                raise _malformed("a number in the body is beyond a double")
        if not deeper:
            return
        level = deeper
    raise _malformed(f"the body nests deeper than {MAX_DEPTH} levels")


def _malformed(message: str) -> ServiceError:
    return ServiceError(400, "malformed_request", message)
