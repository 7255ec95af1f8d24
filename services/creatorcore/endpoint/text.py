"""Texts from the endpoint."""

from collections.abc import Sequence
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from services.creatorcore.endpoint.client import EndpointClient
from services.creatorcore.endpoint.failure import blocked
from services.creatorcore.endpoint.prompt import messages
from services.creatorcore.endpoint.usage import Usage, cost_of
from services.creatorcore.makers import Written
from services.creatorcore.settings import Endpoint
from services.creatorcore.wire import Order
from services.creatorcore.writing import Earlier

LONGEST_TEXT = 200_000


class _Message(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)

    content: str | None = None
    refusal: str | None = None


class _Choice(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)

    message: _Message
    finish_reason: Annotated[str, Field(max_length=64)] | None = None
    error: Any = None


class _Answer(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)

    choices: Annotated[list[_Choice], Field(min_length=1)]
    model: Annotated[str, Field(min_length=1, max_length=200)]
    provider: Annotated[str, Field(max_length=200)] | None = None
    usage: Usage | None = None


class EndpointWriter:
    """Asks the endpoint for a text; what it answers is checked before anybody sees it."""

    paid = True

    def __init__(self, endpoint: Endpoint, *, timeout_s: float, max_tokens: int) -> None:
        self.model = endpoint.model
        self._max_tokens = max_tokens
        self._host = urlsplit(endpoint.base_url).hostname or "unknown"
        self._client = EndpointClient("text", endpoint, timeout_s=timeout_s)

    @property
    def problem(self) -> str | None:
        """What the last request met with."""
        return self._client.problem

    async def write(self, order: Order, earlier: Sequence[Earlier]) -> Written:
        """Return the endpoint's text with the model it names, its tokens and its cost.

        Raises:
            EndpointFailure: There is none; ``maybe_paid`` says whether it may have been paid.
        """
        body = {"model": self.model, "messages": messages(order, earlier), "max_tokens": self._max_tokens}
        answer = self._validated(await self._client.ask("/chat/completions", body, repeatable=False))
        text = self._text(answer.choices[0])
        facts = {
            "usage": answer.usage.facts() if answer.usage else None,
            "finish_reason": answer.choices[0].finish_reason,
        }
        return Written(
            text,
            answer.model,
            answer.provider or self._host,
            answer.usage.tokens() if answer.usage else None,
            cost_of(answer.usage),
            facts,
        )

    async def aclose(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    def _validated(self, answer: dict[str, Any]) -> _Answer:
        try:
            return _Answer.model_validate(answer)
        except ValidationError:
            self._client.refuse("answered without a text")

    def _text(self, choice: _Choice) -> str:
        if choice.finish_reason == "content_filter" or choice.message.refusal:
            raise blocked("text")
        text = (choice.message.content or "").strip()
        if choice.error is not None or not text:
            self._client.refuse("answered with an empty text")
        if len(text) > LONGEST_TEXT or "\0" in text or any("\ud800" <= letter <= "\udfff" for letter in text):
            self._client.refuse("answered with a text that cannot be kept")
        return text
