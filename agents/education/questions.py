"""Makes quiz questions from what a text says; wrong options come from the same text."""

import hashlib
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from agents.education.definitions import Definition, Figure
from agents.education.lesson import with_gap
from agents.education.material import Material
from agents.education.wording import GAP, Wording
from agents.education.words import comparable

Kind = Literal["cloze", "multiple_choice"]
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_DISTRACTORS = 3
# More facts than the longest quiz takes, so that long texts cost no more.
_MOST_FACTS = 60
# A word that stands in the text once is a guess, not a key phrase.
_FEWEST_MENTIONS = 2


@dataclass(frozen=True, slots=True)
class Question:
    """A question with its key.  Without options, the answer is to be written."""

    kind: Kind
    question: str
    options: list[str]
    answer: str
    explanation: str


def questions(material: Material, count: int, seed: str, wording: Wording) -> list[Question]:
    """Return up to ``count`` questions; the same text and seed give the same.

    Each sentence is asked about once before one is asked about again in another way.
    """
    rounds: dict[str, list[Question]] = {}
    for question in sorted(_all(material, seed, wording), key=lambda each: _lot(seed, each.question)):
        rounds.setdefault(question.explanation, []).append(question)
    deepest = max(map(len, rounds.values()), default=0)
    in_turn = [asked[n] for n in range(deepest) for asked in rounds.values() if n < len(asked)]
    return in_turn[:count]


def is_right(question: Question, given: str | int) -> bool:
    """Tell whether an answer is right: the text, or an option's index from 0 or letter from A.

    Texts are compared without case, outer punctuation and differences of Unicode form.
    """
    return comparable(_meant(question.options, given)) == comparable(question.answer)


def _meant(options: Sequence[str], given: str | int) -> str:
    if isinstance(given, int):
        return options[given] if 0 <= given < len(options) else str(given)
    if comparable(given) in map(comparable, options):
        return given
    place = LETTERS.find(given.strip().upper()) if len(given.strip()) == 1 else -1
    return options[place] if 0 <= place < len(options) else given


def _all(material: Material, seed: str, wording: Wording) -> Iterator[Question]:
    facts = sorted(material.definitions, key=lambda each: _lot(seed, each.term))[:_MOST_FACTS]
    terms = [each.term for each in facts]
    phrases = [each.text for each in material.phrases if each.count >= _FEWEST_MENTIONS][:_MOST_FACTS]
    for defined in facts:
        yield from _which_term(defined, [*terms, *phrases], seed, wording)
        yield from _what_is(defined, facts, seed, wording)
        yield from _gap(defined.sentence, defined.term, [*terms, *phrases], seed, wording)
    for figure in material.figures[:_MOST_FACTS]:
        yield from _gap(figure.sentence, figure.number, _alike(figure, material.figures), seed, wording)
    for phrase, sentence in _said(phrases, material, {each.sentence for each in facts}):
        yield from _gap(sentence, phrase, [*phrases, *terms], seed, wording)


def _which_term(defined: Definition, terms: Sequence[str], seed: str, wording: Wording) -> Iterator[Question]:
    # The meaning may name the term again.
    asked = wording.which_term.format(meaning=with_gap(defined.meaning, defined.term))
    options = _options(asked, defined.term, terms, seed, apart_from=defined.meaning)
    # Without others it would be the gap's question once more.
    if options:
        yield Question("multiple_choice", asked, options, defined.term, defined.sentence)


def _what_is(
    defined: Definition, others: Sequence[Definition], seed: str, wording: Wording
) -> Iterator[Question]:
    asked = wording.what_is.format(term=defined.term)
    meanings = [each.meaning for each in others if not _names(each.meaning, defined.term)]
    options = _options(asked, defined.meaning, meanings, seed)
    # Nobody could be expected to write it word for word.
    if options:
        yield Question("multiple_choice", asked, options, defined.meaning, defined.sentence)


def _gap(
    sentence: str, answer: str, candidates: Sequence[str], seed: str, wording: Wording
) -> Iterator[Question]:
    pierced = with_gap(sentence, answer)
    if GAP in pierced:
        asked = wording.fill.format(sentence=pierced)
        options = _options(asked, answer, candidates, seed, apart_from=sentence)
        yield Question("cloze", asked, options, answer, sentence)


def _said(phrases: Sequence[str], material: Material, taken: set[str]) -> Iterator[tuple[str, str]]:
    """Yield the key phrases, each with a sentence that no definition was asked about."""
    free = [" ".join(sentence.split()) for sentence in material.sentences]
    free = [sentence for sentence in free if sentence not in taken]
    for phrase in phrases:
        found = next((sentence for sentence in free if _names(sentence, phrase)), None)
        if found is not None:
            yield phrase, found


def _options(
    asked: str, answer: str, candidates: Sequence[str], seed: str, *, apart_from: str = ""
) -> list[str]:
    """Return the answer among up to three others in an order of the seed's; nothing without any other."""
    fit: dict[str, str] = {}
    for each in candidates:
        if not _overlap(comparable(each), comparable(answer)) and not _names(apart_from, each):
            fit.setdefault(comparable(each), each)
    # The order of the candidates is one of likelihood: the first are the best, the lot decides among a few.
    best = list(fit.values())[: 2 * _DISTRACTORS]
    chosen = sorted(best, key=lambda each: _lot(seed, asked + each))[:_DISTRACTORS]
    if not chosen:
        return []
    return sorted([answer, *chosen], key=lambda each: _lot(f"{seed}/order", asked + each))


def _alike(figure: Figure, others: Iterable[Figure]) -> list[str]:
    """Return the text's other numbers, nearest in size first, with a per cent sign or without as this one."""
    size = _size(figure.number)
    percent = "%" in figure.number
    fit = [each.number for each in others if ("%" in each.number) == percent]
    return sorted(fit, key=lambda number: abs(_size(number) - size))


def _size(number: str) -> float:
    digits = "".join(char for char in number if char.isdecimal())
    return math.log10(1 + int(digits[:15]))


def _overlap(one: str, other: str) -> bool:
    return one in other or other in one


def _names(text: str, phrase: str) -> bool:
    return comparable(phrase) in comparable(text)


def _lot(seed: str, what: str) -> bytes:
    """Return what sorts things in an order that looks drawn, and is the same for the same seed."""
    return hashlib.sha256(f"{seed}\x00{what}".encode()).digest()
