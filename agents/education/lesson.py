"""Makes a lesson from what a text says, and from nothing else."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from agents.education.material import Material
from agents.education.ranking import Level, ranked_sentences
from agents.education.sentences import flat
from agents.education.wording import GAP, Wording
from agents.education.words import comparable, mention

ExerciseKind = Literal["explain", "compare", "gap"]
FEWEST_OBJECTIVES, FEWEST_KEY_POINTS = 2, 3
_OBJECTIVES: dict[Level, int] = {"beginner": 2, "intermediate": 3, "advanced": 4}
_KEY_POINTS: dict[Level, int] = {"beginner": 3, "intermediate": 4, "advanced": 5}
_EXAMPLES = 3
_FIGURES = 2
_EXERCISES: dict[Level, int] = {"beginner": 3, "intermediate": 4, "advanced": 5}
# More than any level takes, so that long texts cost no more.
_MOST_TERMS = 12
_PHRASES_LOOKED_AT = 50
_EXAMPLE = re.compile(
    r"for (?:example|instance)|such as|\be\.g\.|zum Beispiel|\bz\. ?B\.|par exemple|por ejemplo|ad esempio"
    r"|например|наприклад|उदाहरण|مثال|例如|比如|例えば|예를 들",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Exercise:
    """Something to do, and the sentence of the text that settles it."""

    kind: ExerciseKind
    task: str
    solution: str


@dataclass(frozen=True, slots=True)
class Lesson:
    """What to reach, what to keep, where it shows, and what to practise."""

    objectives: list[str]
    key_points: list[str]
    examples: list[str]
    exercises: list[Exercise]


class TextTooShort(Exception):
    """A text gives no lesson; the message says what it lacks."""


def lesson(material: Material, topic: str, level: Level, wording: Wording) -> Lesson:
    """Return the lesson that a text gives about a topic at a level.

    Beginners get the short sentences in the text's commonest words; the advanced the long ones in rare words,
    more of them, and comparisons.

    Raises:
        TextTooShort: There are fewer than two terms or three sentences to teach.
    """
    ranked = ranked_sentences(material, topic, level)
    terms = _terms(material, ranked)
    objectives = _objectives(material, terms, level, wording)
    if len(objectives) < FEWEST_OBJECTIVES or len(ranked) < FEWEST_KEY_POINTS:
        raise TextTooShort(
            f"a lesson needs {FEWEST_OBJECTIVES} terms that the text defines or comes back to, and "
            f"{FEWEST_KEY_POINTS} whole sentences; there are {len(objectives)} and {len(ranked)}"
        )
    chosen = set(ranked[: _KEY_POINTS[level]])
    key_points = [sentence for sentence in material.sentences if sentence in chosen]
    return Lesson(
        objectives,
        key_points,
        _examples(material, terms, chosen),
        _exercises(material, terms, level, wording),
    )


def _terms(material: Material, ranked: Sequence[str]) -> list[tuple[str, str]]:
    """Return the terms to teach, each with its sentence: defined ones in rank, then what comes back."""
    place = {flat(sentence): n for n, sentence in enumerate(ranked)}
    defined = sorted(material.definitions, key=lambda each: place[each.sentence])[:_MOST_TERMS]
    terms = {comparable(each.term): (each.term, each.sentence) for each in defined}
    for phrase in [each for each in material.phrases if each.count > 1][:_PHRASES_LOOKED_AT]:
        named = comparable(phrase.text)
        if len(terms) < _MOST_TERMS and not any(_overlap(named, term) for term in terms):
            said = mention(phrase.text)
            found = next((sentence for sentence in ranked if said.search(sentence)), None)
            if found:
                terms[named] = (phrase.text, flat(found))
    return list(terms.values())


def _overlap(one: str, other: str) -> bool:
    return one in other or other in one


def _objectives(
    material: Material, terms: Sequence[tuple[str, str]], level: Level, wording: Wording
) -> list[str]:
    defined = {each.term for each in material.definitions}
    objectives = [
        (wording.explain if term in defined else wording.describe).format(term=term) for term, _ in terms
    ]
    if level == "advanced" and len(defined) > 1:
        (one, _), (other, _) = terms[:2]
        objectives.insert(2, wording.compare.format(term=one, other=other))
    return objectives[: _OBJECTIVES[level]]


def _examples(material: Material, terms: Sequence[tuple[str, str]], taken: set[str]) -> list[str]:
    """Return sentences that are marked as examples, state figures, or use a term told elsewhere."""
    marked = [sentence for sentence in material.sentences if _EXAMPLE.search(sentence)]
    figured = {figure.sentence for figure in material.figures}
    counted = [sentence for sentence in material.sentences if flat(sentence) in figured]
    applied = [
        sentence
        for term, told in terms
        for sentence in material.sentences
        if flat(sentence) != told and term.casefold() in sentence.casefold()
    ]
    left = [flat(sentence) for sentence in [*marked, *counted, *applied] if sentence not in taken]
    return list(dict.fromkeys(left))[:_EXAMPLES]


def _exercises(
    material: Material, terms: Sequence[tuple[str, str]], level: Level, wording: Wording
) -> list[Exercise]:
    """Return gaps for figures, a term to explain, two to tell apart, gaps for terms, in this order."""
    gaps = [
        Exercise("gap", wording.fill.format(sentence=with_gap(each.sentence, each.number)), each.sentence)
        for each in material.figures[:_FIGURES]
    ]
    defined = {each.term: each for each in material.definitions}
    explained = [
        Exercise("explain", wording.explain.format(term=term), sentence)
        for term, sentence in terms
        if term in defined
    ]
    compared = [
        Exercise("compare", wording.compare.format(term=one, other=other), f"{first} {second}")
        for (one, first), (other, second) in pairwise(terms)
        if one in defined and other in defined
    ]
    filled = [
        Exercise("gap", wording.fill.format(sentence=with_gap(sentence, term)), sentence)
        for term, sentence in terms
        if GAP in with_gap(sentence, term)
    ]
    chosen = [*gaps, *explained[:1], *compared[:1], *reversed(filled), *explained[1:]]
    return chosen[: _EXERCISES[level]]


def with_gap(sentence: str, answer: str) -> str:
    """Return a sentence with every mention of the answer replaced by a gap, whatever its case."""
    return mention(answer).sub(GAP, sentence)
