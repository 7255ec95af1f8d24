"""Where a request meets the earlier texts and becomes a text."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.creatorcore.writing import ad, article, figures, podcast, story
from services.creatorcore.writing.earlier import Earlier, borrowed
from services.creatorcore.writing.material import material
from services.creatorcore.writing.picks import Picks
from services.creatorcore.writing.request import Form, understood
from services.creatorcore.writing.words import tidy

MODEL = "reference-text-1"
_WRITERS = {"story": story.write, "ad": ad.write, "podcast": podcast.write, "article": article.write}

__all__ = ["MODEL", "Earlier", "Request", "write"]


@dataclass(frozen=True, slots=True)
class Request:
    """What to write: a prompt, or a topic with a goal and one of the three types."""

    prompt: str | None = None
    topic: str | None = None
    goal: str | None = None
    type: Form | None = None


def write(request: Request, earlier: Sequence[Earlier]) -> str:
    """Return the text: the same for the same request and earlier texts; no figure but the request's own."""
    if request.prompt is not None:
        asked = understood(request.prompt)
        form, topic, goal, source = asked.form, asked.topic, asked.goal, request.prompt
    else:
        topic, goal = tidy(request.topic or ""), tidy(request.goal or "")
        form, source = request.type or "article", topic
    # Foreign words among figures would read as facts about them.
    if form == "figures" and (told := figures.write(source, Picks(source))):
        return told
    form = "article" if form == "figures" else form
    borrowing = next((phrase for text in earlier if (phrase := borrowed(text, topic))), None)
    picks = Picks(f"{form}\n{source}\n{goal}\n{borrowing}")
    return _WRITERS[form](material(topic, goal, source, borrowing, picks))
