"""Takes a request's body: declared as JSON, complete in time, not longer than allowed."""

import asyncio

from starlette.requests import ClientDisconnect, Request
from starlette.types import Message

from core_integrator.contracts.errors import MalformedRequest, TooLarge, UnsupportedMediaType

# A client that writes all before it reads would otherwise lose our answer to a reset connection.
DRAIN_BYTES = 128 * 2**20


async def read_json_body(request: Request, *, limit_bytes: int, timeout_s: float) -> bytes:
    """Return the raw body.

    Raises:
        UnsupportedMediaType: The content type is not ``application/json``.
        TooLarge: It is longer than ``limit_bytes``.
        MalformedRequest: It did not arrive in time, or the client left.
    """
    kind, _, parameters = request.headers.get("content-type", "").partition(";")
    if kind.strip().lower() != "application/json" or not _is_utf8(parameters):
        raise UnsupportedMediaType("send the body as Content-Type: application/json")
    try:
        async with asyncio.timeout(timeout_s):
            return await _read(request, limit_bytes)
    except TimeoutError:
        raise MalformedRequest(f"the body did not arrive within {timeout_s:g} s") from None
    except ClientDisconnect:
        raise MalformedRequest("the client left before the body was complete") from None


def _is_utf8(parameters: str) -> bool:
    charset = parameters.strip().lower().replace('"', "")
    return not charset.startswith("charset=") or charset in {"charset=utf-8", "charset=utf8"}


async def _read(request: Request, limit_bytes: int) -> bytes:
    declared = request.headers.get("content-length", "0")
    if declared.isdecimal() and int(declared) > limit_bytes:
        if "expect" not in request.headers:
            await _drain(request, 0)
        raise TooLarge(limit_bytes)
    chunks: list[bytes] = []
    length = 0
    while True:
        message = await _next(request)
        chunks.append(message.get("body", b""))
        length += len(chunks[-1])
        if length > limit_bytes:
            await _drain(request, length)
            raise TooLarge(limit_bytes)
        if not message.get("more_body", False):
            return b"".join(chunks)


async def _drain(request: Request, length: int) -> None:
    while length <= DRAIN_BYTES:
        message = await _next(request)
        length += len(message.get("body", b""))
        if not message.get("more_body", False):
            return


async def _next(request: Request) -> Message:
    message = await request.receive()
    if message["type"] == "http.disconnect":
        raise ClientDisconnect
    return message
