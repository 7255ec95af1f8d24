"""``sample_text``: counts words; the smallest whole module, and a good one to read first."""

from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from core_integrator import Call, Intent, RegisterAgent, Reply, hookimpl


class Text(BaseModel):
    """A text to count, as ``text`` or, for older clients, ``input_text``."""

    model_config = ConfigDict(extra="forbid")

    text: str | None = Field(default=None, description="The text.", examples=["Hello world this is a test"])
    input_text: str | None = Field(default=None, description="The text, by its older name.")

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.text is None) == (self.input_text is None):
            raise ValueError("give text or input_text, one of both")
        return self


class WordCount(BaseModel):
    """How many words there are, split at white space."""

    word_count: int = Field(default=..., ge=0, description="Number of words.", examples=[6])


async def generate(payload: Text, call: Call) -> Reply:
    """Count the words of a text."""
    words = (payload.text or payload.input_text or "").split()
    return Reply(f"{len(words)} words", WordCount(word_count=len(words)))


class SampleText:
    """Counts words."""

    intents = {
        "generate": Intent(
            Text, generate, output=WordCount, examples=[{"text": "Hello world this is a test"}]
        )
    }


@hookimpl
def register_agents(register: RegisterAgent) -> None:
    """Offer ``sample_text``."""
    register("sample_text", SampleText)
