"""Key phrases of a text, ranked by statistics of the text itself."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from agents.education.function_words import FUNCTION_WORDS, HAN_FUNCTION_SIGNS
from agents.education.sentences import flat
from agents.education.words import comparable, is_unspaced, words

# Shorter words are hardly ever what a text is about, in the languages that set spaces.
_SHORTEST = 4
# A word in more of the sentences than this belongs to the language, not to the subject.
_EVERYWHERE = 0.5
_ENOUGH_SENTENCES = 6
_SHORTEST_RUN, _LONGEST_RUN = 2, 6
_RUNS = re.compile(r"[\u30a0-\u30ff]{2,}|[\u3400-\u9fff]{2,}")


@dataclass(frozen=True, slots=True)
class Phrase:
    """A word or two that a text comes back to, as most often written, and how often they stand there."""

    text: str
    count: int
    weight: float


def key_phrases(sentences: list[str]) -> list[Phrase]:
    """Return the phrases, weightiest first; what stands there once comes last.

    The weight of a word is its count times its letters beyond the third; of two words that stand together at
    least twice, the sum of both with the count of the pair.  Scripts without spaces give the longest
    sequences of letters that come back.
    """
    plain = [flat(sentence) for sentence in sentences]
    if is_unspaced("".join(plain)):
        return _ranked(_repeated_runs(plain))
    told = [words(sentence) for sentence in plain]
    common = _everywhere(told)
    singles = [word for line in told for word in line if _has_content(word, common)]
    pairs = [
        f"{one} {other}"
        for line, sentence in zip(told, plain, strict=True)
        for one, other in pairwise(line)
        if _has_content(one, common) and _has_content(other, common) and f"{one} {other}" in sentence
    ]
    couples = list(_counted(pairs, fewest=2))
    # "carbon" says nothing more where it always stands in "carbon dioxide".
    parts = {(comparable(part), couple.count) for couple in couples for part in couple.text.split()}
    alone = [one for one in _counted(singles, fewest=1) if (comparable(one.text), one.count) not in parts]
    return _ranked([*couples, *alone])


def _everywhere(told: list[list[str]]) -> set[str]:
    if len(told) < _ENOUGH_SENTENCES:
        return set()
    spread = Counter(word for line in told for word in {word.casefold() for word in line})
    return {word for word, count in spread.items() if count > len(told) * _EVERYWHERE}


def _has_content(word: str, common: set[str]) -> bool:
    folded = word.casefold()
    return (
        len(word) >= _SHORTEST
        and folded not in FUNCTION_WORDS
        and folded not in common
        and not any(map(str.isdigit, word))
    )


def _counted(found: Iterable[str], *, fewest: int) -> Iterator[Phrase]:
    spellings: dict[str, Counter[str]] = {}
    for phrase in found:
        spellings.setdefault(comparable(phrase), Counter())[phrase] += 1
    for spelled in spellings.values():
        count = spelled.total()
        if count >= fewest:
            # A capital may come from a sentence's beginning only; the small letter is the word's own.
            text = max(spelled, key=lambda each: (each.islower(), spelled[each]))
            weight = sum(len(word) - _SHORTEST + 1 for word in text.split())
            yield Phrase(text, count, float(count * weight))


def _repeated_runs(plain: list[str]) -> Iterator[Phrase]:
    counts: Counter[str] = Counter()
    for sentence in plain:
        for run in _RUNS.findall(sentence):
            counts.update(_pieces(run))
    repeated = {piece: count for piece, count in counts.items() if count > 1}
    inside = {
        part
        for piece, count in repeated.items()
        for part in (piece[1:], piece[:-1])
        if repeated.get(part) == count
    }
    for piece, count in repeated.items():
        if piece not in inside:
            yield Phrase(piece, count, float(count * len(piece)))


def _pieces(run: str) -> Iterator[str]:
    if "\u30a0" <= run[0] <= "\u30ff":
        yield run
        return
    for length in range(_SHORTEST_RUN, _LONGEST_RUN + 1):
        for start in range(len(run) - length + 1):
            piece = run[start : start + length]
            if piece[0] not in HAN_FUNCTION_SIGNS and piece[-1] not in HAN_FUNCTION_SIGNS:
                yield piece


def _ranked(found: Iterable[Phrase]) -> list[Phrase]:
    # Stable: of equal weight, what stands earlier in the text comes first.
    return sorted(found, key=lambda phrase: (phrase.count == 1, -phrase.weight))
