"""What a text offers for teaching: its sentences, what they define, the figures and the key phrases."""

import re
from dataclasses import dataclass

from agents.education.definitions import LONGEST, Definition, Figure, definitions, figures
from agents.education.phrases import Phrase, key_phrases
from agents.education.sentences import flat, is_terminated, sentences
from agents.education.words import comparable, size

_SHORTEST = 4
_FEWEST = 3
# "Lesson 1: Light and Leaves." is a heading, full stop or not.
_NUMBERED_HEADING = re.compile(r"\w+\s+\d+\s*[:.–—]")


@dataclass(frozen=True, slots=True)
class Material:
    """A text taken apart; ``sentences`` are verbatim pieces of it, each once."""

    sentences: list[str]
    definitions: list[Definition]
    figures: list[Figure]
    phrases: list[Phrase]


def taken_apart(text: str) -> Material:
    """Return what a text offers for teaching."""
    told = _telling(sentences(text))
    return Material(told, definitions(told), figures(told), key_phrases(told))


def _telling(found: list[str]) -> list[str]:
    """Return the sentences that say something; without enough of them, lines without a full stop as well."""
    told = list(
        {comparable(sentence): sentence for sentence in reversed(found) if _says_something(sentence)}.values()
    )
    told.reverse()
    whole = [sentence for sentence in told if is_terminated(sentence)]
    return whole if len(whole) >= _FEWEST else told


def _says_something(sentence: str) -> bool:
    plain = flat(sentence)
    return size(plain) >= _SHORTEST and len(plain) <= LONGEST and _NUMBERED_HEADING.match(plain) is None
