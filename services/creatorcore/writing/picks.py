"""Choices that look free and are not: the same words always lead to the same ones."""

import hashlib
from collections.abc import Sequence
from typing import TypeVar

Option = TypeVar("Option")


class Picks:
    """Chooses by a hash of the seed and of how many choices went before."""

    def __init__(self, seed: str) -> None:
        self._seed = hashlib.blake2b(seed.encode(), digest_size=32).digest()
        self._made = 0

    def one(self, options: Sequence[Option]) -> Option:
        """Return one of the options."""
        self._made += 1
        digest = hashlib.blake2b(self._made.to_bytes(4), key=self._seed, digest_size=8).digest()
        return options[int.from_bytes(digest) % len(options)]
