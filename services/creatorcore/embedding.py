"""The default embedding: words and their letters, hashed into a unit vector.  No model, no download."""

import math
import unicodedata
import zlib
from collections import Counter
from collections.abc import Iterator

import numpy as np

from services.creatorcore.ranking import Vector
from services.creatorcore.writing.lexicon import STOP_WORDS
from services.creatorcore.writing.words import words

MODEL = "reference-hashed-ngrams-1"
DIMENSIONS = 384
_WORD_WEIGHT = 2.0
_STOP_WORD_WEIGHT = 0.1
# The letters of a word weigh together as much as this, whatever its length.
_LETTERS_WEIGHT = 1.5
_SHORTEST, _LONGEST = 3, 5
# Knuth's multiplier: 2^32 divided by the golden ratio.
_SPREAD = 2_654_435_761


def embed(text: str) -> Vector:
    """Return the text's vector of length 1; the zero vector for a text without words.

    Feature hashing with signs (Weinberger et al. 2009) of words, and of their letter sequences
    of 3 to 5 with the word's boundaries (Bojanowski et al. 2017); n times the same word count 1 + ln(n).
    """
    counted = Counter(words(unicodedata.normalize("NFKC", text).casefold()))
    vector = np.zeros(DIMENSIONS, dtype=np.float64)
    for word, count in counted.items():
        weight = 1.0 + math.log(count)
        for feature, share in _features(word):
            _add(vector, feature, weight * share)
    length = float(np.linalg.norm(vector))
    return (vector / length if length else vector).astype(np.float32)


def _features(word: str) -> Iterator[tuple[str, float]]:
    if word in STOP_WORDS:
        yield f"w:{word}", _STOP_WORD_WEIGHT
        return
    yield f"w:{word}", _WORD_WEIGHT
    pieces = _pieces(word)
    # The squares of the shares add up to the weight's square: a long word does not drown a short one.
    share = _LETTERS_WEIGHT / math.sqrt(len(pieces))
    for piece in pieces:
        yield f"l:{piece}", share


def _pieces(word: str) -> list[str]:
    """Cut a word into its letter sequences; scripts that set no spaces get single letters and pairs."""
    if any("\u0e00" <= letter <= "\u0eff" or letter >= "\u2e80" for letter in word):
        return [*word, *(word[i : i + 2] for i in range(len(word) - 1))]
    framed = f"<{word}>"
    return [
        framed[i : i + length]
        for length in range(_SHORTEST, _LONGEST + 1)
        for i in range(max(1, len(framed) - length + 1))
    ]


def _add(vector: np.ndarray[tuple[int], np.dtype[np.float64]], feature: str, weight: float) -> None:
    # A check sum alone is linear: like words would fall into like places.
    digest = zlib.crc32(feature.encode()) * _SPREAD & 0xFFFF_FFFF
    # One half of the digest says where, the other with which sign, so that collisions cancel on average.
    vector[(digest >> 8 & 0xFFFF) % DIMENSIONS] += weight if digest >> 31 else -weight
