"""What is ordered, and what is delivered."""

import hashlib
from dataclasses import dataclass

import numpy as np

FPS = 24
STYLES = ("default", "cinematic", "noir", "neon", "watercolor", "retro", "minimal", "playful")
ASPECTS = ("16:9", "9:16", "1:1")
# What can be ordered; ``preview`` is for those who call the renderer themselves.
RESOLUTIONS = ("480p", "720p", "1080p")

# Multiples of four on both sides, so that the half-size colour planes have whole rows.
_SIDES = {"480p": (848, 480), "720p": (1280, 720), "1080p": (1920, 1080), "preview": (256, 144)}


class UnsupportedScript(ValueError):
    """The text holds letters that no font here can draw; the message names the script."""


class Cancelled(Exception):
    """The film was given up before it was finished; nothing of it was left."""


@dataclass(frozen=True, slots=True)
class FilmOrder:
    """One film: its text, look, length in seconds, shape and seed."""

    text: str
    topic: str
    style: str
    duration_s: float
    language: str
    aspect: str
    resolution: str
    seed: int

    @property
    def frames(self) -> int:
        """How many frames the film has at 24 a second."""
        return max(1, round(self.duration_s * FPS))

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        long, short = _SIDES[self.resolution]
        return {"16:9": (long, short), "9:16": (short, long), "1:1": (short, short)}[self.aspect]

    def dice(self, *purpose: object) -> np.random.Generator:
        """Return a random generator that depends on the order and the purpose alone."""
        parts = (self.text, self.topic, self.style, self.seed, *purpose)
        digest = hashlib.blake2b("|".join(map(str, parts)).encode(), digest_size=8).digest()
        return np.random.Generator(np.random.PCG64(int.from_bytes(digest)))


@dataclass(frozen=True, slots=True)
class FilmFacts:
    """What was made; ``words_spoken`` of ``words_given`` fitted into the asked length."""

    duration_s: float
    width: int
    height: int
    fps: int
    frames: int
    size_bytes: int
    sha256: str
    spoken: bool
    words_spoken: int
    words_given: int
