"""Words, sentences and the phrases that carry a text, in any script."""

import re
import unicodedata
from collections import Counter
from collections.abc import Collection

from services.creatorcore.writing.lexicon import BEFORE_VERBS, REQUEST_WORDS, STOP_WORDS

_PUNCTUATION = r"\s!-&(-,./:-@\[-^`{-~…«»“”„¡¿、。，！？；：（）「」『』【】《》—–·।؟،؛"
_CLAUSE_END = re.compile(rf"[{_PUNCTUATION.removeprefix(chr(92) + 's')}\n]")
_WORD = re.compile(rf"[^{_PUNCTUATION}]+")
_SENTENCE_END = re.compile(r"(?<=[.!?…])\s+|(?<=[。！？।؟])|\n")
_MOST_PHRASE_WORDS = 4
_LONGEST_PHRASE = 48


def words(text: str) -> list[str]:
    """Return the words as written, without what stands around them."""
    return [word for found in _WORD.findall(text) if (word := found.strip("'’-_"))]


def sentences(text: str) -> list[str]:
    """Return the sentences; a line break ends one too."""
    return [part.strip() for part in _SENTENCE_END.split(text) if part and part.strip()]


def tidy(text: str) -> str:
    """Return the text on one line, without control characters and marks that turn its direction."""
    plain = "".join(" " if unicodedata.category(letter) in {"Cc", "Zl", "Zp"} else letter for letter in text)
    return " ".join(re.sub(r"[\u202a-\u202e\u2066-\u2069]", "", plain).split())


def phrases(text: str, most: int, *, without: Collection[str] = ()) -> list[str]:
    """Return the phrases that the text speaks of most: runs of words between its small words and signs.

    A run is ranked by how often its words stand in the text (RAKE, Rose et al. 2010, with frequencies alone),
    equals in the order of the text.  Runs that say nothing beyond ``without`` are left out.
    """
    known = {word.casefold() for phrase in without for word in words(phrase)}
    runs = [run for sentence in _CLAUSE_END.split(text) for run in _runs(sentence)]
    counted = Counter(word.casefold() for run in runs for word in run)
    best: dict[str, tuple[float, str]] = {}
    for run in runs:
        said = {word.casefold() for word in run}
        phrase = " ".join(run)
        if said <= known or len(phrase) > _LONGEST_PHRASE:
            continue
        weight = sum(counted[word] for word in said) / len(said) + len(said)
        best.setdefault(phrase.casefold(), (-weight, phrase))
    return [phrase for _, phrase in sorted(best.values(), key=lambda one: one[0])[:most]]


def _runs(sentence: str) -> list[list[str]]:
    runs: list[list[str]] = [[]]
    before = ""
    for word in words(sentence):
        folded = word.casefold()
        if folded in STOP_WORDS or folded in REQUEST_WORDS or before in BEFORE_VERBS or _is_no_thing(word):
            runs.append([])
        else:
            runs[-1].append(word)
        before = folded
    return [run for run in runs if 0 < len(run) <= _MOST_PHRASE_WORDS]


def _is_no_thing(word: str) -> bool:
    return any(letter.isnumeric() for letter in word) or len(word) < 2 or word.endswith("ly")
