"""The service's own means: texts by the rules of ``writing``, embeddings by those of ``embedding``."""

import asyncio
from collections.abc import Sequence

from services.creatorcore import embedding, writing
from services.creatorcore.makers import FREE, Embedded, Written
from services.creatorcore.wire import Order
from services.creatorcore.writing.words import words

PROVIDER = "reference"


class ReferenceWriter:
    """Writes by rules, offline."""

    paid = False
    problem = None
    model = writing.MODEL

    async def write(self, order: Order, earlier: Sequence[writing.Earlier]) -> Written:
        """Write a text; the same for the same order and earlier texts."""
        request = writing.Request(order.prompt, order.topic, order.goal, order.type)
        text = await asyncio.to_thread(writing.write, request, earlier)
        read = len(words(order.prompt or f"{order.topic} {order.goal}"))
        written = len(words(text))
        facts = {
            "note": "written by a program from the request's own words, not by an AI model",
            "usage": {"unit": "words", "read": read, "written": written},
        }
        return Written(text, self.model, PROVIDER, read + written, FREE, facts)

    async def aclose(self) -> None:
        """Hold nothing."""


class ReferenceEmbedder:
    """Embeds by hashing, offline."""

    problem = None
    model = embedding.MODEL

    async def embed(self, text: str) -> Embedded:
        """Return the text's vector."""
        return Embedded(await asyncio.to_thread(embedding.embed, text), self.model, FREE)

    async def aclose(self) -> None:
        """Hold nothing."""
