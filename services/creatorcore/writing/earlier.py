"""What a new text may borrow from an earlier one."""

import re
from dataclasses import dataclass

from services.creatorcore.writing.lexicon import STOP_WORDS
from services.creatorcore.writing.words import sentences, tidy, words

_HEADING = re.compile(r"^[A-Z][a-z ]{2,20}:$")
_FEWEST, _MOST = 5, 18


@dataclass(frozen=True, slots=True)
class Earlier:
    """A text that was made before, with what it is about."""

    topic: str
    output_text: str


def borrowed(text: Earlier, topic: str) -> str | None:
    """Return a sentence of an earlier text that speaks of the new topic or of its own; none if none is fit.

    What holds a figure or a quotation stays where it is: the one could pass for a fact of the new text, the
    other would be the words of a third.
    """
    wanted, own = _said(topic), _said(text.topic)
    fit = [tidy(sentence) for sentence in sentences(text.output_text[:20_000]) if _is_fit(sentence)]
    ranked = [(len(_said(sentence) & wanted), len(_said(sentence) & own), sentence) for sentence in fit]
    best = max(ranked, key=lambda one: one[:2], default=(0, 0, ""))
    return best[2].rstrip(".!?…。！？।؟") if best[0] or best[1] else None


def _is_fit(sentence: str) -> bool:
    if _HEADING.match(sentence) or any(letter.isnumeric() for letter in sentence):
        return False
    if any(mark in sentence for mark in '“”"«»„:'):
        return False
    return _FEWEST <= len(words(sentence)) <= _MOST or (
        len(words(sentence)) < _FEWEST and 12 <= len(sentence) <= 60
    )


def _said(text: str) -> set[str]:
    return {word.casefold() for word in words(text)} - STOP_WORDS
