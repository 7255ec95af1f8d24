"""How much of a text was said before."""

from collections.abc import Mapping
from dataclasses import dataclass

from agents.creator.words import words

# So many words in a row count as the same.
RUN = 4


@dataclass(frozen=True, slots=True)
class Overlap:
    """The earlier text that shares most, and the share 0..1 of the new one's runs of words that it holds."""

    generation_id: str
    share: float


def overlap(text: str, earlier: Mapping[str, str]) -> Overlap | None:
    """Return the earlier text that holds most of this one; none if nothing is shared or it is too short.

    The measure is containment of word shingles (A. Broder, Compression and Complexity of Sequences, 1997).
    """
    own = _runs(text)
    if not own:
        return None
    shares = {
        generation_id: round(len(own & _runs(other)) / len(own), 3)
        for generation_id, other in earlier.items()
    }
    most = max(shares, key=lambda generation_id: shares[generation_id], default=None)
    return None if most is None or shares[most] == 0 else Overlap(most, shares[most])


def _runs(text: str) -> set[tuple[str, ...]]:
    plain = [word.lower() for word in words(text)]
    return {tuple(plain[start : start + RUN]) for start in range(len(plain) - RUN + 1)}
