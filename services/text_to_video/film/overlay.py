"""Words over the picture: a headline that rises in, and captions with the spoken word lit."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from services.text_to_video.film.lettering import Face, has_display_glyphs, width_of, word_picture
from services.text_to_video.film.order import FPS, FilmOrder
from services.text_to_video.film.palette import Colour, Palette, readable
from services.text_to_video.film.plan import Scene, Word
from services.text_to_video.film.planes import Planes, even, from_rgba
from services.text_to_video.film.stage import SQUARE

WHITE = (255, 255, 255)
# So many words stand together, in a wide picture and in others: one line, that hides nobody's feet.
CUE_WORDS = {"16:9": 7, "9:16": 4, "1:1": 4}
BAND_ALPHA = 105
SAFE_X, SAFE_Y, FOOT_Y = 0.07, 0.075, 0.035
RISE_S, STAGGER_S = 0.55, 0.12


@dataclass(frozen=True, slots=True)
class Cue:
    """Words that stand under the picture together."""

    words: Sequence[Word]

    @property
    def start_s(self) -> float:
        """When it appears."""
        return self.words[0].start_s

    @property
    def end_s(self) -> float:
        """When its last word ends."""
        return self.words[-1].end_s


def cues(scenes: Sequence[Scene], aspect: str) -> list[Cue]:
    """Cut every scene's words into cues of even length that fit into a line."""
    found: list[Cue] = []
    for scene in scenes:
        count = math.ceil(len(scene.words) / CUE_WORDS[aspect])
        size = math.ceil(len(scene.words) / max(1, count))
        found += [Cue(scene.words[n : n + size]) for n in range(0, len(scene.words), max(1, size))]
    return found


def webvtt(all_cues: Sequence[Cue]) -> str:
    """Write the cues as WebVTT (W3C)."""
    lines = ["WEBVTT", ""]
    for cue in all_cues:
        lines += [f"{_clock(cue.start_s)} --> {_clock(max(cue.end_s, cue.start_s + 0.2))}"]
        lines += [" ".join(word.text for word in cue.words).replace("-->", "→"), ""]
    return "\n".join(lines)


class Captions:
    """Draws the cue of the moment at the foot of the picture."""

    def __init__(self, order: FilmOrder, all_cues: Sequence[Cue], accent: Colour) -> None:
        self._size = order.size
        self._cues = all_cues
        self._accent = readable(accent)
        self._letters = round(min(order.size) * 0.052)

    def write(self, whole: Planes, frame: int) -> None:
        """Lay the words of the moment over the picture."""
        at_s = frame / FPS
        number = next((n for n, cue in enumerate(self._cues) if at_s < cue.end_s + 0.25), None)
        if number is None or at_s < self._cues[number].start_s - 0.1:
            return
        words = self._cues[number].words
        current = max((n for n, word in enumerate(words) if word.start_s <= at_s), default=-1)
        texts = tuple(word.text for word in words)
        strip = _strip(texts, current, self._letters, self._accent, round(self._size[0] * (1 - 2 * SAFE_X)))
        x = (self._size[0] - strip.size[0]) // 2
        y = round(self._size[1] * (1 - FOOT_Y)) - strip.size[1]
        whole.put(strip, (x, y))


class Headline:
    """The big words of one scene; they rise one after the other and leave before the scene does."""

    def __init__(self, order: FilmOrder, scene: Scene, colours: Palette, busy: NDArray[np.float32]) -> None:
        self._scene = scene
        width, height = order.size
        room = round(width * (1 - 2 * SAFE_X))
        self._rise = height * 0.05
        self._words: list[tuple[Planes, int, int]] = []
        size, face = self._fitting(scene.headline, room, round(min(width, height) * 0.135))
        texts = _shown(scene.headline, face)
        lines = _lines(texts, [width_of(text, face, size) for text in texts], round(size * 0.28), room)
        high = round(size * 1.02)
        block = (max(line.width for line in lines), high * len(lines))
        left, top, share = _clear_place(order.size, block, busy)
        margin = max(4, size // 3)
        for row, line in enumerate(lines):
            indent = round((block[0] - line.width) * share)
            for number, x in zip(line.numbers, line.places, strict=True):
                tint = readable(colours.accent) if number == len(texts) - 1 else WHITE
                picture = from_rgba(even(word_picture(texts[number], face, size, tint)))
                self._words.append((picture, left + indent + x - margin, top + row * high - margin))

    def write(self, whole: Planes, frame: int) -> None:
        """Lay the words over the picture, as far as they have risen."""
        since_s = (frame - self._scene.first) / FPS - 0.2
        left_s = (self._scene.end - frame) / FPS
        leaving = min(1.0, max(0.0, (left_s - 0.15) / 0.35))
        for number, (picture, x, y) in enumerate(self._words):
            share = min(1.0, max(0.0, (since_s - number * STAGGER_S) / RISE_S))
            if share <= 0 or leaving <= 0:
                continue
            eased = 1 - (1 - share) ** 3
            whole.put(picture, (x, round(y + self._rise * (1 - eased))), eased * leaving)

    def _fitting(self, words: Sequence[str], room: int, size: int) -> tuple[int, Face]:
        face: Face = "display" if all(has_display_glyphs(word.upper()) for word in words) else "text"
        widest = max((width_of(text, face, size) for text in _shown(words, face)), default=1)
        return (size if widest <= room else max(12, int(size * room / widest))), face


@dataclass(frozen=True, slots=True)
class _Line:
    """Words side by side: their numbers, where each begins, and how wide they are together."""

    numbers: list[int]
    places: list[int]
    width: int


def _lines(texts: Sequence[str], widths: Sequence[int], gap: int, room: int) -> list[_Line]:
    lines: list[_Line] = []
    for number in range(len(texts)):
        if lines and lines[-1].width + gap + widths[number] <= room:
            last = lines[-1]
            places = [*last.places, last.width + gap]
            lines[-1] = _Line([*last.numbers, number], places, last.width + gap + widths[number])
        else:
            lines.append(_Line([number], [0], widths[number]))
    return lines


def _clear_place(
    size: tuple[int, int], block: tuple[int, int], busy: NDArray[np.float32]
) -> tuple[int, int, float]:
    """Return the left and top of a block of words where least stands, and its alignment (0 left, 1 right)."""
    width, height = size
    best = (math.inf, 0, 0, 0.0)
    for fall in (SAFE_Y, 0.13, 0.2, 0.28):
        for share in (0.0, 0.5, 1.0):
            left = round(width * SAFE_X + (width * (1 - 2 * SAFE_X) - block[0]) * share)
            top = round(height * fall)
            rows = slice(top // SQUARE, -(-(top + block[1]) // SQUARE))
            columns = slice(left // SQUARE, -(-(left + block[0]) // SQUARE))
            # The upper left is where a reader looks first; elsewhere has to be worth it.
            cost = (
                float(np.sqrt(np.mean(busy[rows, columns] ** 2))) + 0.5 * (share > 0) + 20 * (fall - SAFE_Y)
            )
            best = min(best, (cost, left, top, share))
    return best[1:]


def _shown(words: Sequence[str], face: Face) -> list[str]:
    return [word.upper() for word in words] if face == "display" else list(words)


@lru_cache(maxsize=4)
def _strip(texts: tuple[str, ...], current: int, letters: int, accent: Colour, room: int) -> Planes:
    gap = round(letters * 0.3)
    lines: list[list[int]] = [[]]
    used = 0
    for number, text in enumerate(texts):
        width = width_of(text, "text", letters)
        if lines[-1] and used + gap + width > room:
            lines.append([])
            used = 0
        used += width + (gap if lines[-1] else 0)
        lines[-1].append(number)
    picture = Image.new(
        "RGBA", (room + 2 * letters, round(letters * (1.35 * len(lines) + 0.9))), (0, 0, 0, 0)
    )
    widest = max(sum(width_of(texts[n], "text", letters) + gap for n in line) for line in lines)
    edge = (picture.width - widest) / 2 - letters * 0.45
    band = (edge, letters * 0.12, picture.width - edge, picture.height - letters * 0.12)
    ImageDraw.Draw(picture).rounded_rectangle(band, letters * 0.35, (0, 0, 0, BAND_ALPHA))
    for row, line in enumerate(lines):
        _write_line(picture, [texts[n] for n in line], line[0], current, letters, accent, row, gap)
    return from_rgba(even(picture))


def _write_line(
    picture: Image.Image,
    texts: Sequence[str],
    first: int,
    current: int,
    letters: int,
    accent: Colour,
    row: int,
    gap: int,
) -> None:
    widths = [width_of(text, "text", letters) for text in texts]
    margin = max(4, letters // 3)
    x = (picture.width - sum(widths) - gap * (len(texts) - 1)) // 2
    y = round(letters * (0.3 + 1.35 * row))
    for number, (text, width) in enumerate(zip(texts, widths, strict=True), start=first):
        tint = accent if number == current else WHITE
        word = word_picture(text, "text", letters, tint)
        if number > current:
            word.putalpha(word.getchannel("A").point(lambda level: int(level * 0.7)))
        place = (x - margin, y - margin)
        picture.alpha_composite(word, (max(0, place[0]), max(0, place[1])))
        x += width + gap


def _clock(seconds: float) -> str:
    whole, milliseconds = divmod(round(max(0.0, seconds) * 1000), 1000)
    minutes, second = divmod(whole, 60)
    return f"{minutes // 60:02d}:{minutes % 60:02d}:{second:02d}.{milliseconds:03d}"
