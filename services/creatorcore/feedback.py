"""What a verdict on a text is worth."""

import re

from services.creatorcore.wire import Verdict

# Three stars are kept and move nothing.
OF_STARS = {5: 2.0, 4: 1.0, 3: 0.0, 2: -1.0, 1: -2.0}
PRAISE = frozenset({"good", "great", "excellent", "amazing", "love", "like", "perfect", "awesome"})
BLAME = frozenset({"bad", "terrible", "awful", "hate", "dislike", "poor", "worst", "horrible"})
PER_WORD = 0.5


def worth(verdict: Verdict) -> float:
    """Return by how much a verdict moves the score: the command's value, else the stars', else the words'.

    A text moves it by half a point for each of its words of praise or blame, counted as often as they stand.
    """
    if verdict.command is not None:
        return float(verdict.command)
    if verdict.rating is not None:
        return OF_STARS[verdict.rating]
    said = re.findall(r"\w+", f"{verdict.comment or ''} {verdict.feedback or ''}".casefold())
    return PER_WORD * sum((word in PRAISE) - (word in BLAME) for word in said)
