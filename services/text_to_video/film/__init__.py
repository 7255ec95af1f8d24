"""Makes a film from a text: pictures chosen by its words, moving text, narration, captions, music."""

from services.text_to_video.film.lettering import check
from services.text_to_video.film.order import (
    ASPECTS,
    FPS,
    RESOLUTIONS,
    STYLES,
    Cancelled,
    FilmFacts,
    FilmOrder,
    UnsupportedScript,
)
from services.text_to_video.film.render import render

__all__ = [
    "ASPECTS",
    "FPS",
    "RESOLUTIONS",
    "STYLES",
    "Cancelled",
    "FilmFacts",
    "FilmOrder",
    "UnsupportedScript",
    "check",
    "render",
]
