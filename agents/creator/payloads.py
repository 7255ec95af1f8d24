"""What callers may ask of the creator module, and what it answers."""

from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from core_integrator import Verdict

GenerationId = Annotated[
    str, Field(pattern=r"^[A-Za-z0-9_-]{1,64}$", examples=["txt_01JABCDEFGHJKMNPQRSTVWXYZ0"])
]


def _text(longest: int) -> StringConstraints:
    return StringConstraints(strip_whitespace=True, min_length=1, max_length=longest)


class GenerateText(BaseModel):
    """A text to be written: from a prompt, or from a topic, a goal and a type."""

    model_config = ConfigDict(extra="forbid")

    prompt: Annotated[str, _text(20_000)] | None = Field(
        default=None, description="What to write, in free words."
    )
    topic: Annotated[str, _text(200)] | None = Field(
        default=None, description="What it is about.", examples=["solar lamp"]
    )
    goal: Annotated[str, _text(500)] | None = Field(
        default=None, description="What it shall achieve.", examples=["sell"]
    )
    type: Literal["story", "ad", "podcast"] | None = Field(default=None, description="What kind of text.")

    @model_validator(mode="after")
    def _one_form(self) -> Self:
        formed = {"topic": self.topic, "goal": self.goal, "type": self.type}
        given = [name for name, value in formed.items() if value is not None]
        if self.prompt is not None and given:
            raise ValueError(f"give a prompt alone, or topic, goal and type; not a prompt with {given[0]}")
        missing = [name for name in formed if name not in given]
        if self.prompt is None and missing:
            raise ValueError(f"give a prompt, or topic, goal and type; {missing[0]} is missing")
        return self


class OneText(BaseModel):
    """Names one of one's own texts, or brings one."""

    model_config = ConfigDict(extra="forbid")

    generation_id: GenerationId | None = Field(default=None, description="As ``generate`` answered it.")
    text: Annotated[str, _text(100_000)] | None = Field(default=None, description="The text itself.")

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.generation_id is None) == (self.text is None):
            raise ValueError("give generation_id or text, one of both")
        return self


class RateText(Verdict):
    """Judges one's own text."""


class TextHistory(BaseModel):
    """Asks for a page of one's own texts."""

    model_config = ConfigDict(extra="forbid")

    limit: int = Field(default=10, ge=1, le=50, description="Texts on a page.")
    cursor: str | None = Field(
        default=None, max_length=200, description="``next_cursor`` of the page before."
    )


class RelatedContext(BaseModel):
    """An earlier text of one's own that the new one could lean on; scores are null where nobody measured."""

    generation_id: str = Field(default=..., description="Our id of it.")
    topic: str | None = Field(default=None, description="What it is about.")
    output_text: str = Field(default=..., description="The text.")
    similarity: float | None = Field(default=None, description="Likeness to what was asked, 0 to 1.")
    feedback_score: float | None = Field(default=None, description="Sum of the verdicts on it.")
    combined_score: float | None = Field(
        default=None, description="0.7 of likeness and 0.3 of the verdicts, scaled to 0 to 1."
    )


class PastExchange(BaseModel):
    """One of the user's latest exchanges with any module."""

    module: str = Field(default=..., description="Whom was asked.")
    intent: str = Field(default=..., description="For what.")
    timestamp: str = Field(default=..., description="When.")
    asked: str = Field(default=..., description="The beginning of the payload, as JSON.")
    message: str = Field(default=..., description="The answer in words.")


class TextMade(BaseModel):
    """A text that was written."""

    generation_id: str = Field(default=..., description="Our id of the text.")
    generated_text: str = Field(default=..., description="The text.")
    tokens_used: int | None = Field(default=None, description="As the service counts them.")
    metadata: dict[str, Any] = Field(default_factory=dict, description="What the service says of itself.")
    related_context: list[RelatedContext] = Field(
        default_factory=list, description="Up to three earlier texts; told, never remembered."
    )
    recent_history: list[PastExchange] = Field(
        default_factory=list, description="The user's last five exchanges; told, never remembered."
    )


class Analysis(BaseModel):
    """A text taken apart."""

    generation_id: str | None = Field(default=None, description="Which text, if it is one of ours.")
    structure: dict[str, Any] = Field(default=..., description="Likely type, parts found, parts missing.")
    length: dict[str, Any] = Field(default=..., description="Characters, words, sentences, reading time.")
    readability: dict[str, Any] = Field(default=..., description="Flesch reading ease and what it means.")
    sentiment: dict[str, Any] = Field(default=..., description="Balance of praise and blame, with the words.")
    overlap: dict[str, Any] | None = Field(
        default=..., description="The earlier text of one's own that shares most, and how much; null if none."
    )


class Advice(BaseModel):
    """One thing to mend, with the figure it rests on."""

    about: str = Field(default=..., description="Structure, length, readability, sentiment or overlap.")
    advice: str = Field(default=..., description="What to do.")
    figure: dict[str, Any] = Field(default=..., description="What was measured, and the mark it missed.")


class Review(BaseModel):
    """What could be better about a text."""

    generation_id: str | None = Field(default=None, description="Which text, if it is one of ours.")
    verdict: str = Field(default=..., description="In a sentence.")
    advice: list[Advice] = Field(default=..., description="What to mend, most important first.")
    strengths: list[str] = Field(default=..., description="What keeps its mark.")


class HistoryItem(BaseModel):
    """One of one's own texts."""

    id: str = Field(default=..., description="Our id of the text.")
    text: str = Field(default=..., description="The text.")
    topic: str | None = Field(default=None, description="What it is about.")
    type: str | None = Field(default=None, description="What kind of text.")
    score: int = Field(default=..., description="Sum of all verdicts.")
    created_at: str = Field(default=..., description="When it was written.")


class TextPage(BaseModel):
    """A page of texts, newest first."""

    items: list[HistoryItem] = Field(default=..., description="The texts.")
    next_cursor: str | None = Field(
        default=None, description="Ask with it for the next page; null at the end."
    )


class TextRated(BaseModel):
    """What became of a verdict."""

    generation_id: str = Field(default=..., description="The text.")
    stored: bool = Field(default=..., description="Whether it is remembered.")
    forwarded: bool = Field(default=..., description="Whether CreatorCore knows; if not, it is told later.")
    new_score: int = Field(default=..., description="Sum of all verdicts.")
