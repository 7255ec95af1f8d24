"""How easily a text reads: lengths of words and sentences, and the Flesch reading ease of English."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from agents.creator.words import sentences, words

# Silent reading of English non-fiction: M. Brysbaert, Journal of Memory and Language 109 (2019).
WORDS_A_MINUTE = 238
_VOWELS = re.compile(r"[aeiouy]+")
_LATIN = re.compile(r"[a-z'’-]+", re.IGNORECASE)
_HARD_BELOW, _EASY_FROM = 50.0, 70.0


@dataclass(frozen=True, slots=True)
class Readability:
    """Counts and averages; ``reading_ease`` is none where the formula does not apply."""

    characters: int
    words: int
    sentences: int
    words_a_sentence: float
    longest_sentence: int
    reading_time_s: int
    reading_ease: float | None
    level: str | None


def readability(text: str) -> Readability:
    """Measure a text.

    Reading ease = 206.835 - 1.015 · words/sentence - 84.6 · syllables/word (R. Flesch, Journal of Applied
    Psychology 32, 1948), with syllables counted as groups of vowels; for texts in basic Latin letters only.
    """
    all_words, all_sentences = words(text), sentences(text)
    lengths = [len(words(sentence)) for sentence in all_sentences]
    ease = _ease(all_words, len(all_sentences))
    return Readability(
        characters=len(text),
        words=len(all_words),
        sentences=len(all_sentences),
        words_a_sentence=round(len(all_words) / max(1, len(all_sentences)), 1),
        longest_sentence=max(lengths, default=0),
        reading_time_s=round(len(all_words) / WORDS_A_MINUTE * 60),
        reading_ease=ease,
        level=None if ease is None else _level(ease),
    )


def syllables(word: str) -> int:
    """Count the syllables of an English word: groups of vowels, without a silent e at its end."""
    plain = word.lower()
    groups = len(_VOWELS.findall(plain))
    silent = plain.endswith("e") and not plain.endswith(("le", "ee")) and groups > 1
    return max(1, groups - silent)


def _ease(all_words: Sequence[str], sentence_count: int) -> float | None:
    latin = [word for word in all_words if _LATIN.fullmatch(word)]
    if not latin or len(latin) < 0.9 * len([word for word in all_words if not word.isdecimal()]):
        return None
    spoken = sum(map(syllables, latin)) / len(latin)
    return round(206.835 - 1.015 * len(latin) / max(1, sentence_count) - 84.6 * spoken, 1)


def _level(ease: float) -> str:
    if ease >= _EASY_FROM:
        return "easy"
    return "hard" if ease < _HARD_BELOW else "standard"
