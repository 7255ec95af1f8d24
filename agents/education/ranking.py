"""Which sentences of a text matter most, and for whom."""

import math
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Literal

from agents.education.material import Material
from agents.education.sentences import flat
from agents.education.words import comparable, size, words

Level = Literal["beginner", "intermediate", "advanced"]
# What a sentence is worth for defining a term and for naming the topic, beside its phrases (about 0 to 1).
_DEFINING = 0.5
_ON_TOPIC = 0.3


def ranked_sentences(material: Material, topic: str, level: Level) -> list[str]:
    """Return the sentences, those worth most for a topic at a level first.

    Worth is what a sentence defines and how many key phrases it holds; beginners get easy ones, the advanced
    hard ones.
    """
    worth = _scaled(material.sentences, _worth(material, topic))
    hardness = _hardness(material)
    fit: dict[Level, Callable[[float], float]] = {
        "beginner": lambda hard: 1 - hard,
        "intermediate": lambda hard: 1 - 2 * abs(hard - 0.5),
        "advanced": lambda hard: hard,
    }
    return sorted(
        material.sentences,
        key=lambda sentence: worth[sentence] + fit[level](hardness[sentence]),
        reverse=True,
    )


def _worth(material: Material, topic: str) -> Callable[[str], float]:
    asked = {comparable(word) for word in words(topic)}
    weights = {comparable(phrase.text): phrase.weight for phrase in material.phrases if phrase.count > 1}
    heaviest = max(weights.values(), default=1.0)
    defining = {defined.sentence for defined in material.definitions}

    def worth(sentence: str) -> float:
        told = [comparable(word) for word in words(sentence)]
        known = {*told, *(f"{one} {other}" for one, other in pairwise(told))} & weights.keys()
        density = sum(weights[phrase] for phrase in known) / heaviest / math.sqrt(max(1, len(told)))
        named = len(asked.intersection(told)) / max(1, len(asked))
        return density + _ON_TOPIC * named + (_DEFINING if flat(sentence) in defining else 0.0)

    return worth


def _hardness(material: Material) -> dict[str, float]:
    """Return how hard each sentence is in this text: the mean of its ranks by length and by rare words."""
    counts = {comparable(phrase.text): phrase.count for phrase in material.phrases}

    def rare(sentence: str) -> float:
        told = [comparable(word) for word in words(sentence)]
        return sum(counts.get(word) == 1 for word in told) / max(1, len(told))

    length, rarity = (_ranks(material.sentences, measure) for measure in (size, rare))
    return {sentence: (length[sentence] + rarity[sentence]) / 2 for sentence in material.sentences}


def _ranks(sentences: Sequence[str], measure: Callable[[str], float]) -> dict[str, float]:
    """Return each sentence's rank by a measure, 0 for the least and 1 for the greatest."""
    ordered = sorted(sentences, key=measure)
    return {sentence: place / max(1, len(ordered) - 1) for place, sentence in enumerate(ordered)}


def _scaled(sentences: Sequence[str], measure: Callable[[str], float]) -> dict[str, float]:
    measured = {sentence: measure(sentence) for sentence in sentences}
    greatest = max(measured.values(), default=0.0) or 1.0
    return {sentence: value / greatest for sentence, value in measured.items()}
