"""What the service does, without HTTP: write texts, relate them to earlier ones, take verdicts."""

import asyncio
import hashlib
import os
from dataclasses import asdict, dataclass, field
from typing import Any

from pydantic import BaseModel

from services.creatorcore.clock import Clock, rfc3339
from services.creatorcore.endpoint.failure import EndpointFailure
from services.creatorcore.errors import failure, not_found
from services.creatorcore.feedback import worth
from services.creatorcore.makers import Embedded, Embedder, Writer, Written
from services.creatorcore.ranking import Rank, nearest
from services.creatorcore.store import Answer, NewText, Repeatable, Store, Text
from services.creatorcore.turns import Turns
from services.creatorcore.wire import Order, Verdict
from services.creatorcore.writing import Earlier, subject

MOST_RELATED = 3
# Below this, a text shares little with the new one but small words: shown with its rank, not written from.
LEAST_SIMILARITY = 0.3
_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_UNKNOWN = failure(
    "outcome_unknown",
    "the service ended while the text endpoint worked for this Idempotency-Key; "
    "send a new key to ask, and pay, again",
)


@dataclass(frozen=True, slots=True)
class TextService:
    """The parts the service works with."""

    store: Store
    writer: Writer
    embedder: Embedder
    clock: Clock
    turns: Turns = field(default_factory=Turns)

    async def generate(self, order: Order, key: str | None) -> Answer:
        """Write a text and store it; the same key and order give the same answer, and are paid once.

        Raises:
            ServiceError: No text can be had, or the key was used with another order.
        """
        request = _repeatable("generate", key, order)
        async with self.turns.of(request.scope if request else None):
            if request and (before := await asyncio.to_thread(self.store.answer_to, request)):
                return before
            # First what costs little: when the embedding fails, no text was paid.
            embedded = await self.embedder.embed(_asked(order))
            related = await asyncio.to_thread(self._related, order.owner, embedded)
            close = [text for rank, text in related if rank.similarity >= LEAST_SIMILARITY]
            earlier = [Earlier(text.topic, text.output_text) for text in close]
            written = await self._written(order, earlier, request)
            text = self._new_text(order, written, embedded)
            answer = Answer(200, _made(text, written, related))
            await asyncio.to_thread(self.store.add_text, text, answer, request)
            return answer

    async def rate(self, verdict: Verdict, key: str | None) -> Answer:
        """Take a verdict on a text.

        Raises:
            ServiceError: 404, nobody knows the text; 422, the key was used with another verdict.
        """
        return await asyncio.to_thread(
            self.store.add_verdict,
            verdict.generation_id,
            verdict.model_dump(exclude={"generation_id"}, exclude_none=True),
            worth(verdict),
            request=_repeatable("feedback", key, verdict),
            at_s=self.clock.now(),
        )

    async def history(self, owner: str | None, limit: int) -> list[dict[str, Any]]:
        """Return an owner's texts, newest first; without an owner, those that nobody owns."""
        return [_shown(text) for text in await asyncio.to_thread(self.store.history, owner, limit)]

    async def about(self, topic: str, owner: str | None) -> dict[str, Any]:
        """Return an owner's newest text about a topic.

        Raises:
            ServiceError: 404, there is none.
        """
        text = await asyncio.to_thread(self.store.about, topic, owner)
        if text is None:
            raise not_found("topic")
        return _shown(text)

    async def _written(self, order: Order, earlier: list[Earlier], request: Repeatable | None) -> Written:
        """Have the text written; what may have been paid is never ordered again under the same key."""
        if request is None or not self.writer.paid:
            return await self.writer.write(order, earlier)
        # What a repeat is told if this process ends before the text is stored.
        await self._keep(request, Answer(502, _UNKNOWN))
        try:
            return await self.writer.write(order, earlier)
        except EndpointFailure as error:
            if error.maybe_paid:
                await self._keep(request, Answer(error.status, error.body()))
            else:
                await asyncio.to_thread(self.store.forget_answer, request)
            raise

    async def _keep(self, request: Repeatable, answer: Answer) -> None:
        await asyncio.to_thread(self.store.keep_answer, request, answer, self.clock.now())

    def _related(self, owner: str | None, embedded: Embedded) -> list[tuple[Rank, Text]]:
        candidates = self.store.candidates(owner, embedded.model, len(embedded.vector))
        ranks = nearest(embedded.vector, candidates, MOST_RELATED)
        return list(zip(ranks, self.store.texts([rank.number for rank in ranks]), strict=True))

    def _new_text(self, order: Order, written: Written, embedded: Embedded) -> NewText:
        now = self.clock.now()
        metadata = {
            "model": written.model,
            "embedding_model": embedded.model,
            "provider": written.provider,
            "cost": asdict(written.cost),
            "embedding_cost": asdict(embedded.cost),
            "timestamp": rfc3339(now),
            **written.facts,
        }
        return NewText(
            id=_new_id(now),
            owner=order.owner,
            topic=order.topic or subject(order.prompt or ""),
            request=order.model_dump(exclude={"owner"}, exclude_none=True),
            output_text=written.text,
            metadata=metadata,
            embedding_model=embedded.model,
            vector=embedded.vector,
            created_s=now,
        )


def _asked(order: Order) -> str:
    """Return what is compared: the words of the order, like with like."""
    return order.prompt or f"{order.topic}\n{order.goal}"


def _repeatable(operation: str, key: str | None, sent: BaseModel) -> Repeatable | None:
    if key is None:
        return None
    return Repeatable(f"{operation}:{key}", hashlib.sha256(sent.model_dump_json().encode()).hexdigest())


def _made(text: NewText, written: Written, related: list[tuple[Rank, Text]]) -> dict[str, Any]:
    return {
        "generation_id": text.id,
        "generated_text": text.output_text,
        "related_context": [_related_shown(rank, earlier) for rank, earlier in related],
        "tokens_used": written.tokens_used,
        "owner": text.owner,
        "metadata": text.metadata,
    }


def _related_shown(rank: Rank, text: Text) -> dict[str, Any]:
    return {
        "id": text.id,
        "topic": text.topic,
        "output_text": text.output_text,
        "similarity": rank.similarity,
        "feedback_score": rank.feedback_score,
        "combined_score": rank.combined,
    }


def _shown(text: Text) -> dict[str, Any]:
    return {
        "id": text.id,
        "topic": text.topic,
        "text": text.output_text,
        "score": text.score,
        "created_at": rfc3339(text.created_s),
    }


def _new_id(now: float) -> str:
    """Return ``txt_<ULID>``: unguessable, and sortable by time (https://github.com/ulid/spec)."""
    value = int(now * 1000) << 80 | int.from_bytes(os.urandom(10))
    return "txt_" + "".join(_CROCKFORD[(value >> shift) & 31] for shift in range(125, -1, -5))
