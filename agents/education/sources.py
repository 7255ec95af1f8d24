"""Where the text of a lesson or a quiz comes from: the caller, an earlier lesson, or CreatorCore."""

import hashlib
from dataclasses import dataclass

from agents.education.results import Source
from agents.education.shelves import Shelves
from bridges.creatorcore import CreatorCoreBridgeClient, TextOrder
from core_integrator import BridgeProtocolError, BridgeUnavailable, Call, InvalidPayload


@dataclass(frozen=True, slots=True)
class SourceFound:
    """A text to teach from, and whose it is."""

    text: str
    source: Source
    model: str | None = None
    note: str | None = None


async def from_lesson(topic: str, shelves: Shelves) -> SourceFound | None:
    """Return what the user's newest lesson on a topic was made from; none if there is none."""
    lesson = await shelves.newest_lesson(topic)
    return None if lesson is None else SourceFound(lesson.material, "lesson", lesson.model, lesson.note)


def prompt(topic: str, *, level: str | None = None, language: str | None = None) -> str:
    """Return what CreatorCore is asked to write about a topic."""
    what = f"{level} lesson" if level else "lesson"
    tongue = f" in the language {language}" if language else ""
    return f"Write one {what} about {topic}{tongue}."


async def from_creatorcore(bridge: CreatorCoreBridgeClient, prompt: str, call: Call) -> SourceFound:
    """Have CreatorCore write a text; a repeated request never orders a second one.

    Raises:
        BridgeError: It cannot be had; the error says that a ``source_text`` would do.
    """
    # The service relates only the user's own texts and never learns who that is.
    owner = hashlib.sha256(call.user_id.encode()).hexdigest()[:32]
    try:
        made = await bridge.generate(TextOrder(prompt=prompt, owner=owner), key=call.idempotency_key)
    except (BridgeUnavailable, BridgeProtocolError) as error:
        raise type(error)(
            f"{error.message}; without it, give data.source_text",
            details={**error.details, "needs": "data.source_text"},
            retry_after_s=error.retry_after_s,
        ) from error
    told = {name: value for name, value in made.metadata.items() if isinstance(value, str)}
    return SourceFound(made.generated_text, "creatorcore", told.get("model"), told.get("note"))


def too_little(found: SourceFound, reason: str) -> InvalidPayload:
    """Return the error for a text that holds too little, naming the field that would mend it."""
    whose = {"text": "", "lesson": "the lesson's text: ", "creatorcore": "what CreatorCore wrote: "}
    return InvalidPayload([{"path": "data.source_text", "reason": whose[found.source] + reason}])
