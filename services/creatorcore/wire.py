"""What callers send."""

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints
from pydantic_core import PydanticCustomError

from services.creatorcore.errors import invalid
from services.creatorcore.writing.words import tidy

LONGEST_PROMPT = 100_000
OWNER = r"^[A-Za-z0-9_-]{1,64}$"
TextType = Literal["story", "ad", "podcast"]
Command = Literal["+2", "+1", "-1", "-2"]


def _visible(text: str) -> str:
    if not tidy(text):
        raise PydanticCustomError("invisible", "Text should hold something that can be seen")
    return text


_Prompt = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST_PROMPT),
    AfterValidator(_visible),
]
_Words = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000), AfterValidator(_visible)
]
_Comment = Annotated[str, StringConstraints(max_length=500)]


class Order(BaseModel):
    """The body of ``POST /generate``: a prompt, or a topic with a goal and a type."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    prompt: _Prompt | None = None
    topic: _Words | None = None
    goal: _Words | None = None
    type: TextType | None = None
    owner: str | None = Field(default=None, pattern=OWNER)

    def refuse_gaps(self) -> None:
        """Make sure that it is one of the two forms.

        Raises:
            ServiceError: 400, naming the first field that is missing or too many.
        """
        form = {"topic": self.topic, "goal": self.goal, "type": self.type}
        if self.prompt is None:
            if not any(form.values()):
                raise invalid("prompt", "give a prompt, or a topic with a goal and a type")
            for name, value in form.items():
                if value is None:
                    raise invalid(name, "a topic, a goal and a type go together")
            return
        for name, value in form.items():
            if value is not None:
                raise invalid(name, "give a prompt or a topic with its goal and type, not both")


class Verdict(BaseModel):
    """The body of ``POST /feedback``: a command, stars, or words; the first that is there counts."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    generation_id: Annotated[str, StringConstraints(min_length=1, max_length=64)]
    command: Command | None = None
    rating: Annotated[int, Field(ge=1, le=5, strict=True)] | None = None
    comment: _Comment | None = None
    feedback: _Comment | None = None

    def refuse_silence(self) -> None:
        """Make sure that it says something.

        Raises:
            ServiceError: 400, it does not.
        """
        if self.command is None and self.rating is None and not (self.comment or self.feedback or "").strip():
            raise invalid("command", "give a command, a rating or a comment")


class ClockOrder(BaseModel):
    """The body of ``POST /test/clock``."""

    model_config = ConfigDict(extra="forbid")

    now: float | None = Field(default=None, ge=0, le=4e9)
    advance_s: float | None = Field(default=None, ge=-1e9, le=1e9)


class Fault(BaseModel):
    """The body of ``POST /test/faults``."""

    model_config = ConfigDict(extra="forbid")

    operation: Literal["generate", "feedback", "history", "health"]
    calls: list[int] | Literal["all"] = "all"
    kind: Literal["fail", "slow", "cut"]
    status: int = Field(default=503, ge=400, le=599)
    delay_s: float = Field(default=1.0, ge=0, le=600)
