"""What CreatorCore's refusals mean to our caller."""

from collections.abc import Generator
from contextlib import contextmanager

from core_integrator import BridgeRefusal, ContentBlocked, InvalidPayload


@contextmanager
def in_our_words() -> Generator[None, None, None]:
    """Turn a refusal of an order raised inside into the error our caller understands."""
    try:
        yield
    except BridgeRefusal as refusal:
        explanation = refusal.explanation or "CreatorCore refuses it"
        if refusal.reason == "content_blocked":
            raise ContentBlocked(explanation) from refusal
        if refusal.status in {400, 413, 422}:
            raise InvalidPayload([{"path": "data", "reason": explanation}]) from refusal
        raise
