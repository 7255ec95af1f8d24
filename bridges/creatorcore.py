"""The bridge to CreatorCore, which writes texts."""

import hashlib
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from bridges.client import BridgeClient


class TextOrder(BaseModel):
    """The body of ``POST /generate``: a prompt, or a topic with a goal and a type.

    ``owner`` names whose texts may be related; what a service relates without knowing owners is dropped.
    """

    prompt: str | None = None
    topic: str | None = None
    goal: str | None = None
    type: Literal["story", "ad", "podcast"] | None = None
    owner: str


class TextVerdict(BaseModel):
    """The body of the service's ``POST /feedback``: by command, by stars, or by words."""

    generation_id: str
    command: str | None = None
    rating: int | None = None
    comment: str | None = None


class Wire(BaseModel):
    """An answer of the service; what it adds later is ignored."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class RelatedText(Wire):
    """A text made before that is like the new one; scores are 0 to 1."""

    id: str
    topic: str | None = None
    output_text: str
    similarity: float = Field(default=..., ge=-1, le=1)
    feedback_score: float = 0
    combined_score: float = Field(default=..., ge=-1, le=1)


class MadeText(Wire):
    """The answer to an order."""

    generation_id: str = Field(default=..., pattern=r"^[A-Za-z0-9_-]{1,128}$")
    generated_text: str = Field(default=..., min_length=1, max_length=200_000)
    related_context: list[RelatedText] = Field(default_factory=list, max_length=3)
    owner: str | None = None
    tokens_used: int | None = None
    metadata: dict[str, Any] = Field(default_factory=dict)


class Done(Wire):
    """An answer of which only the success matters."""


def owner_of(user_id: str) -> str:
    """Return a stand-in for the user: the service relates only their own texts and never learns who."""
    return hashlib.sha256(user_id.encode()).hexdigest()[:32]


class CreatorCoreBridgeClient(BridgeClient):
    """Orders texts from CreatorCore and tells it what users think of them."""

    service = "creatorcore"
    health_path = "/system/health"

    async def generate(self, order: TextOrder, *, key: str) -> MadeText:
        """Order a text; under the same ``key`` the service never makes a second one.

        Raises:
            BridgeError: The service failed; the subclass says how.
        """
        made = await self.post("/generate", order, MadeText, operation="generate", key=key)
        if made.owner != order.owner:
            # It does not know owners: what it relates may be anybody's.
            made = made.model_copy(update={"related_context": []})
        return made

    async def rate(self, verdict: TextVerdict, *, key: str) -> None:
        """Tell the service what a user thinks of a text.

        Raises:
            BridgeError: The service failed; the subclass says how.
        """
        await self.post("/feedback", verdict, Done, operation="feedback", key=key)
