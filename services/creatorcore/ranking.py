"""Which of the earlier texts are related to a new one."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

OF_SIMILARITY = 0.7
OF_SCORE = 0.3
DIGITS = 6

Vector = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Candidates:
    """Earlier texts of one owner under one embedding model: numbers, unit vectors (rows), feedback scores."""

    numbers: Sequence[int]
    vectors: Vector
    scores: Sequence[float]


@dataclass(frozen=True, slots=True)
class Rank:
    """How near a candidate comes: cosine similarity clipped to 0-1, feedback score, and both as one."""

    number: int
    similarity: float
    feedback_score: float
    combined: float


def nearest(query: Vector, candidates: Candidates, most: int) -> list[Rank]:
    """Return the candidates that come nearest, the best first; of equals, the newer.

    combined = 0.7 · similarity + 0.3 · (score − least) / (greatest − least), the least and greatest
    taken over all candidates, and 0.5 for the fraction when all scores are equal.  Vectors have the
    length 1, so that their dot product is the cosine.
    """
    if not candidates.numbers:
        return []
    similarities = np.clip(np.nan_to_num(candidates.vectors @ query), 0.0, 1.0).astype(np.float64)
    similarities = similarities.round(DIGITS)
    scores = np.asarray(candidates.scores, dtype=np.float64)
    combined = (OF_SIMILARITY * similarities + OF_SCORE * _scaled(scores)).round(DIGITS)
    order = np.lexsort((-np.asarray(candidates.numbers), -combined))[:most]
    return [
        Rank(candidates.numbers[i], float(similarities[i]), float(scores[i]), float(combined[i]))
        for i in order
    ]


def _scaled(scores: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    least, greatest = scores.min(), scores.max()
    if least == greatest:
        return np.full_like(scores, 0.5)
    scaled: npt.NDArray[np.float64] = (scores - least) / (greatest - least)
    return scaled
