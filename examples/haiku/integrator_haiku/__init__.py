"""A third party's module: tells whether a text has the three lines of a haiku."""

import re

from pydantic import BaseModel, Field

from core_integrator import Call, Intent, InvalidArgument, RegisterAgent, Reply, hookimpl

FORM = [5, 7, 5]


class Poem(BaseModel):
    """A text of three lines."""

    text: str = Field(default=..., min_length=1, max_length=500, description="The lines of the poem.")


class Verdict(BaseModel):
    """How the lines count, and whether that is a haiku."""

    syllables: list[int] = Field(default=..., description="Syllables of each line, by its groups of vowels.")
    haiku: bool = Field(default=..., description="Whether they are 5, 7 and 5.")


def check(poem: Poem, call: Call) -> Reply:
    """Count the syllables of each line."""
    lines = [line for line in poem.text.splitlines() if line.strip()]
    if len(lines) != len(FORM):
        raise InvalidArgument(f"a haiku has three lines, this text has {len(lines)}")
    counted = [len(re.findall(r"[aeiouy]+", line.lower())) for line in lines]
    return Reply(
        "a haiku" if counted == FORM else "no haiku", Verdict(syllables=counted, haiku=counted == FORM)
    )


class Haiku:
    """Checks poems."""

    intents = {
        "check": Intent(
            Poem,
            check,
            output=Verdict,
            examples=[{"text": "An old silent pond\nA frog jumps into the pond\nSplash! Silence again"}],
        )
    }


@hookimpl
def register_agents(register: RegisterAgent) -> None:
    """Offer ``haiku``."""
    register("haiku", Haiku)
