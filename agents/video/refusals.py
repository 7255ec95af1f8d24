"""What the generator's refusals mean to our caller."""

from collections.abc import AsyncGenerator, Generator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager

from core_integrator import (
    BridgeRefusal,
    ContentBlocked,
    IntegratorError,
    InvalidPayload,
    MediaStream,
    NotFound,
    WrongState,
)


@contextmanager
def in_our_words() -> Generator[None, None, None]:
    """Turn a refusal raised inside into the error our caller understands."""
    try:
        yield
    except BridgeRefusal as refusal:
        raise _translated(refusal) from refusal


@asynccontextmanager
async def media_in_our_words(
    opening: AbstractAsyncContextManager[MediaStream],
) -> AsyncGenerator[MediaStream, None]:
    """Do the same around a stream."""
    with in_our_words():
        async with opening as stream:
            yield stream


def _translated(refusal: BridgeRefusal) -> IntegratorError:
    explanation = refusal.explanation or "the text-to-video service refuses it"
    if refusal.reason == "content_blocked":
        return ContentBlocked(explanation)
    if refusal.status == 404:
        return NotFound("film")
    if refusal.status == 409:
        return WrongState(explanation)
    if refusal.status in {400, 413, 422}:
        return InvalidPayload([{"path": "data", "reason": explanation}])
    return refusal
