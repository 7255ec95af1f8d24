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
    try:
        async with asyncio.timeout(timeout_s):
            if not _is_json(request.headers.get("content-type", "")):
                await _drain(request, 0)
                raise UnsupportedMediaType("send the body as Content-Type: application/json")
            return await _read(request, limit_bytes)
    except TimeoutError:
        raise MalformedRequest(f"the body did not arrive within {timeout_s:g} s") from None
    except ClientDisconnect:
        raise MalformedRequest("the client left before the body was complete") from None


def _is_json(content_type: str) -> bool:
    kind, _, parameters = content_type.partition(";")
    charset = parameters.strip().lower().replace('"', "")
    utf8 = not charset.startswith("charset=") or charset in {"charset=utf-8", "charset=utf8"}
    return kind.strip().lower() == "application/json" and utf8


async def _read(request: Request, limit_bytes: int) -> bytes:
    declared = request.headers.get("content-length", "0")
    if declared.isdecimal() and int(declared) > limit_bytes:
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
    if "expect" in request.headers:
        # The client waits for our word before it sends the body; our answer is that word.
        return
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
