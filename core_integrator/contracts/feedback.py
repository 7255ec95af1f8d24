"""What a user may say about a generation, and what the hub answers."""

from typing import Annotated, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from core_integrator.contracts.envelope import UserId

Command = Literal["+2", "+1", "-1", "-2"]
COMMAND_SCORES: dict[Command, int] = {"+2": 2, "+1": 1, "-1": -1, "-2": -2}
RATING_COMMANDS: dict[int, Command] = {5: "+2", 4: "+1", 2: "-1", 1: "-2"}


def _as_text(value: object) -> object:
    """Accept the integer ids of older clients."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


GenerationId = Annotated[str, BeforeValidator(_as_text), Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
Rating = Annotated[int, Field(ge=1, le=5, strict=True)]
Comment = Annotated[str, Field(max_length=500)]


class Verdict(BaseModel):
    """A command (+2 excellent … -2 terrible), a rating of one to five stars, or both."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    generation_id: GenerationId = Field(
        default=..., description="What is judged.", examples=["vid_01JABCDEFGHJKMNPQRSTVWXYZ0"]
    )
    command: Command | None = Field(default=None, description="+2 excellent, +1 good, -1 poor, -2 terrible.")
    rating: Rating | None = Field(default=None, description="Stars, 1 to 5.")
    comment: Comment | None = Field(default=None, description="Free words, at most 500 characters.")

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.command is None and self.rating is None:
            raise ValueError("give a command, a rating, or both")
        return self

    def score(self) -> int:
        """Return what this verdict adds to the generation's score: 5→+2, 4→+1, 3→0, 2→−1, 1→−2."""
        command = self.command or RATING_COMMANDS.get(self.rating or 0)
        return COMMAND_SCORES[command] if command else 0


class FeedbackRequest(Verdict):
    """The body of ``POST /feedback``."""

    user_id: UserId = Field(default=..., description="Who judges; only the owner may.")
