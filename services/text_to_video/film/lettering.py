"""Text as pictures: fonts, widths, and which letters can be drawn at all."""

import unicodedata
from functools import lru_cache
from pathlib import Path
from typing import Literal

from PIL import Image, ImageDraw, ImageFilter, ImageFont

from services.text_to_video.film.order import FilmOrder, UnsupportedScript

FOLDER = Path(__file__).parent / "fonts"
Face = Literal["text", "display"]
_FILES: dict[Face, str] = {"text": "Inter.ttf", "display": "BebasNeue.ttf"}
# The first word of a character's Unicode name is its script, but for these.
_SCRIPTS = {"CJK": "Chinese", "HIRAGANA": "Japanese", "KATAKANA": "Japanese", "HANGUL": "Korean"}


@lru_cache(maxsize=32)
def font(face: Face, size: int) -> ImageFont.FreeTypeFont:
    """Return a font at a size in pixels; the text face is bold."""
    loaded = ImageFont.truetype(str(FOLDER / _FILES[face]), size)
    if face == "text":
        loaded.set_variation_by_axes([14, 650])
    return loaded


def drawable(text: str) -> str:
    """Return the text without emoji and other pictures, which are neither drawn nor spoken."""
    kept = "".join(letter for letter in text if unicodedata.category(letter) not in {"So", "Cs", "Co", "Cn"})
    plain = "".join(letter for letter in kept if letter not in "\ufe0f\u200d")
    return " ".join(plain.split())


def check(order: FilmOrder) -> None:
    """Make sure that every letter of the text can be drawn.

    Raises:
        UnsupportedScript: A letter is in no font; or nothing is left to draw.
    """
    text = drawable(order.text)
    if not any(letter.isalnum() for letter in text):
        raise UnsupportedScript("the text holds no letters that can be drawn or spoken")
    for letter in dict.fromkeys(text):
        if not letter.isspace() and not _has_glyph(letter):
            first = unicodedata.name(letter, "UNKNOWN").split()[0].split("-")[0]
            script = _SCRIPTS.get(first, first.title())
            raise UnsupportedScript(f"the fonts here have no {script} letters (the first is {letter!r})")


def has_display_glyphs(word: str) -> bool:
    """Tell whether the display face can draw a word."""
    return all(_drawn("display", letter) for letter in word)


def width_of(text: str, face: Face, size: int) -> int:
    """Return a text's width in pixels."""
    return int(font(face, size).getlength(text))


def word_picture(word: str, face: Face, size: int, colour: tuple[int, int, int]) -> Image.Image:
    """Draw one word with a soft shadow of its own shape, as RGBA with a margin of a third of its size."""
    margin = max(4, size // 3)
    shape = font(face, size)
    box = (int(shape.getlength(word)) + 2 * margin, int(size * 1.3) + 2 * margin)
    mask = Image.new("L", box, 0)
    ImageDraw.Draw(mask).text((margin, margin), word, font=shape, fill=255)
    shadow = mask.filter(ImageFilter.GaussianBlur(size / 9)).point(lambda level: min(255, int(level * 1.7)))
    picture = Image.new("RGBA", box, (0, 0, 0, 0))
    picture.putalpha(shadow.point(lambda level: int(level * 0.8)))
    picture.alpha_composite(Image.merge("RGBA", (*_flat(box, colour), mask)))
    return picture


def _flat(box: tuple[int, int], colour: tuple[int, int, int]) -> list[Image.Image]:
    return [Image.new("L", box, channel) for channel in colour]


@lru_cache(maxsize=4096)
def _has_glyph(letter: str) -> bool:
    return _drawn("text", letter)


def _drawn(face: Face, letter: str) -> bool:
    # A missing letter is drawn as the font's placeholder, the same for all of them.
    probe = font(face, 24)
    return bytes(probe.getmask(letter)) != bytes(probe.getmask("\U0010fffd"))
