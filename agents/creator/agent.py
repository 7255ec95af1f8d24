"""The agent: what callers may ask, translated to what CreatorCore can do."""

import asyncio
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from typing import Any, TypeVar

from agents.creator.analysis import analysed, reviewed
from agents.creator.payloads import (
    Analysis,
    GenerateText,
    HistoryItem,
    OneText,
    PastExchange,
    RateText,
    RelatedContext,
    Review,
    TextHistory,
    TextMade,
    TextPage,
    TextRated,
)
from agents.creator.refusals import in_our_words
from bridges.creatorcore import CreatorCoreBridgeClient, MadeText, TextOrder, TextVerdict, owner_of
from core_integrator import (
    Call,
    Generation,
    Health,
    Intent,
    Interaction,
    Made,
    Reply,
    Verdict,
    rfc3339,
)

RECENT = 5
RELATED = 3
# So many of the newest texts are known by the service's id, and looked through for what was said before.
KNOWN = 200
ASKED_SHOWN = 200

Answer = TypeVar("Answer", Analysis, Review)


class CreatorAgent:
    """Has texts written and takes them apart."""

    def __init__(self, bridge: CreatorCoreBridgeClient) -> None:
        self._bridge = bridge
        order: dict[str, Any] = {"topic": "solar lamp", "goal": "sell", "type": "ad"}
        one = {"generation_id": "txt_01JABCDEFGHJKMNPQRSTVWXYZ0"}
        words = {"text": "Introduction: A lamp that needs no plug. Conclusion: Light is free."}
        self.intents: dict[str, Intent[Any]] = {
            "generate": Intent(
                GenerateText,
                self.generate,
                output=TextMade,
                examples=[order, {"prompt": "A short poem about the sea"}],
                passing=frozenset({"related_context", "recent_history"}),
            ),
            "analyze": Intent(OneText, self.analyze, output=Analysis, examples=[words, one]),
            "review": Intent(OneText, self.review, output=Review, examples=[words, one]),
            "feedback": Intent(
                RateText, self.feedback, output=TextRated, examples=[{**one, "command": "+2"}]
            ),
            "history": Intent(
                TextHistory,
                self.history,
                output=TextPage,
                examples=[{"limit": 10}],
                remember=False,
                permission="core:read",
            ),
        }

    async def generate(self, order: GenerateText, call: Call) -> Reply:
        """Have a text written; a repeated request never orders a second one."""
        recent = await call.memory.recent(RECENT)
        known = (await call.memory.generations(limit=KNOWN)).rows
        asked = TextOrder(**order.model_dump(), owner=owner_of(call.user_id))
        with in_our_words():
            made = await self._bridge.generate(asked, key=call.idempotency_key)
        text_id = call.new_id("txt")
        result = TextMade(
            generation_id=text_id,
            generated_text=made.generated_text,
            tokens_used=made.tokens_used,
            metadata=made.metadata,
            related_context=_related(made, known),
            recent_history=[_past(exchange) for exchange in recent],
        )
        facts = {"text": made.generated_text, "topic": order.topic, "goal": order.goal, "type": order.type}
        return Reply("text written", result, made=Made(text_id, made.generation_id, facts))

    async def analyze(self, asked: OneText, call: Call) -> Reply:
        """Take a text apart: structure, length, readability, sentiment, overlap with one's earlier texts."""
        return Reply("text analyzed", await self._measured(analysed, asked, call))

    async def review(self, asked: OneText, call: Call) -> Reply:
        """Say what could be better about a text, each with the figure it rests on."""
        review = await self._measured(reviewed, asked, call)
        return Reply(review.verdict, review)

    async def feedback(self, verdict: RateText, call: Call) -> Reply:
        """Judge one's own text, by command, stars, or both."""
        # The generation must be a text: another module's is none of this intent's business.
        await call.memory.generation(verdict.generation_id)
        receipt = await call.memory.rate(verdict)
        return Reply("feedback stored", TextRated(**asdict(receipt)))

    async def history(self, asked: TextHistory, call: Call) -> Reply:
        """List one's own texts, newest first."""
        page = await call.memory.generations(limit=asked.limit, cursor=asked.cursor)
        scores = await call.memory.scores([generation.id for generation in page.rows])
        items = [
            HistoryItem(
                id=generation.id,
                text=generation.payload["text"],
                topic=generation.payload["topic"],
                type=generation.payload["type"],
                score=scores[generation.id],
                created_at=rfc3339(generation.created_at),
            )
            for generation in page.rows
        ]
        return Reply(f"{len(items)} texts", TextPage(items=items, next_cursor=page.next_cursor))

    async def accept_feedback(self, verdict: Verdict, generation: Generation, call: Call) -> None:
        """Tell CreatorCore what the user thinks.

        Raises:
            BridgeError: It cannot be told now.
        """
        told = TextVerdict(
            generation_id=generation.provider_generation_id,
            command=verdict.command,
            rating=verdict.rating,
            comment=verdict.comment,
        )
        await self._bridge.rate(told, key=call.idempotency_key)

    def health(self) -> Mapping[str, Health]:
        """Return how CreatorCore is doing."""
        return {self._bridge.service: self._bridge.health()}

    async def _measured(self, measure: Callable[..., Answer], asked: OneText, call: Call) -> Answer:
        """Measure a text beside the user's earlier ones, in a thread: long texts take a while."""
        own = await call.memory.generation(asked.generation_id) if asked.generation_id else None
        others = (await call.memory.generations(limit=KNOWN)).rows
        return await asyncio.to_thread(
            measure,
            own.payload["text"] if own else asked.text,
            expected=own.payload["type"] if own else None,
            earlier={other.id: other.payload["text"] for other in others if not own or _is_older(other, own)},
            generation_id=asked.generation_id,
        )


def _is_older(one: Generation, other: Generation) -> bool:
    return (one.created_at, one.id) < (other.created_at, other.id)


def _related(made: MadeText, known: Sequence[Generation]) -> list[RelatedContext]:
    """Return what the service relates, as far as it is the user's own; else the user's newest texts."""
    own = {generation.provider_generation_id: generation for generation in known}
    ranked = [
        RelatedContext(
            generation_id=own[related.id].id,
            topic=related.topic,
            output_text=related.output_text,
            similarity=related.similarity,
            feedback_score=related.feedback_score,
            combined_score=related.combined_score,
        )
        for related in made.related_context
        if related.id in own
    ]
    if ranked:
        return ranked
    return [
        RelatedContext(
            generation_id=generation.id,
            topic=generation.payload["topic"],
            output_text=generation.payload["text"],
        )
        for generation in known[:RELATED]
    ]


def _past(exchange: Interaction) -> PastExchange:
    asked = json.dumps(json.loads(exchange.request)["data"], ensure_ascii=False)
    return PastExchange(
        module=exchange.module,
        intent=exchange.intent,
        timestamp=rfc3339(exchange.created_at),
        asked=asked[:ASKED_SHOWN],
        message=json.loads(exchange.response)["message"],
    )
