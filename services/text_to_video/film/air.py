"""What floats or falls through a scene: dust, rain, snow, leaves, petals, bubbles, sparks."""

import math
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from services.text_to_video.film.order import FPS
from services.text_to_video.film.palette import Colour, Palette, mixed
from services.text_to_video.film.planes import Planes, from_rgba

WHITE = (255, 255, 255)
_FINE = 4


@dataclass(frozen=True, slots=True)
class _Kind:
    """How many, how large (shares of the short side), and how they move (shares a second)."""

    count: int
    small: float
    large: float
    fall: float
    drift: float
    sway: float
    alpha: int


_KINDS = {
    "dust": _Kind(22, 0.004, 0.009, -0.012, 0.012, 0.01, 110),
    "sparks": _Kind(30, 0.005, 0.012, -0.05, 0.01, 0.03, 190),
    "bubbles": _Kind(24, 0.008, 0.026, -0.14, 0.0, 0.02, 150),
    "petals": _Kind(18, 0.01, 0.016, 0.05, 0.05, 0.04, 220),
    "leaves": _Kind(22, 0.014, 0.024, 0.1, 0.04, 0.05, 235),
    "snow": _Kind(60, 0.005, 0.014, 0.12, 0.015, 0.03, 225),
    "rain": _Kind(60, 0.035, 0.06, 1.5, -0.28, 0.0, 120),
}


@dataclass(frozen=True, slots=True)
class _Mote:
    sprite: Planes
    x: float
    y: float
    pace: float
    phase: float


class Air:
    """The motes of one scene; their places are a pure function of the time."""

    def __init__(self, kind: str, colours: Palette, size: tuple[int, int], dice: np.random.Generator) -> None:
        self._size = size
        self._kind = _KINDS[kind]
        short = min(size)
        sprites = [_sprite(kind, self._kind, colours, share, short) for share in (0.0, 0.35, 0.7, 1.0)]
        self._motes = [
            _Mote(
                sprites[int(dice.integers(len(sprites)))],
                float(dice.uniform(0, 1)),
                float(dice.uniform(0, 1)),
                float(dice.uniform(0.7, 1.3)),
                float(dice.uniform(0, 2 * math.pi)),
            )
            for _ in range(self._kind.count)
        ]

    def fill(self, whole: Planes, frame: int) -> None:
        """Lay every mote where it is at a frame."""
        at_s, kind = frame / FPS, self._kind
        width, height = self._size
        short = min(width, height)
        for mote in self._motes:
            reach_x, reach_y = width + 2 * mote.sprite.size[0], height + 2 * mote.sprite.size[1]
            x = mote.x * reach_x + at_s * kind.drift * mote.pace * short
            x += kind.sway * short * math.sin(at_s * 1.4 * mote.pace + mote.phase)
            y = mote.y * reach_y + at_s * kind.fall * mote.pace * short
            place = (round(x % reach_x) - mote.sprite.size[0], round(y % reach_y) - mote.sprite.size[1])
            whole.put(mote.sprite, place)


def _sprite(kind: str, how: _Kind, colours: Palette, share: float, short: int) -> Planes:
    radius = (how.small + (how.large - how.small) * share) * short
    side = 2 * math.ceil(radius * 1.5 + 1)
    picture = Image.new("RGBA", (side * _FINE, side * _FINE), (0, 0, 0, 0))
    pen = ImageDraw.Draw(picture)
    middle, r = side * _FINE / 2, radius * _FINE
    tint = _tint(kind, colours, share)
    if kind == "rain":
        lean = r * 0.19
        pen.line(
            (middle + lean, middle - r, middle - lean, middle + r),
            (*tint, how.alpha),
            max(3, round(r * 0.05)),
        )
    elif kind == "bubbles":
        pen.ellipse(
            (middle - r, middle - r, middle + r, middle + r),
            (*tint, how.alpha // 4),
            (*WHITE, how.alpha),
            max(2, round(r * 0.14)),
        )
        pen.ellipse(
            (middle - r * 0.5, middle - r * 0.5, middle - r * 0.15, middle - r * 0.15), (*WHITE, how.alpha)
        )
    elif kind in {"leaves", "petals"}:
        pen.ellipse((middle - r, middle - r * 0.45, middle + r, middle + r * 0.45), (*tint, how.alpha))
        picture = picture.rotate(share * 150 - 60, Image.Resampling.BICUBIC)
    else:
        pen.ellipse((middle - r, middle - r, middle + r, middle + r), (*tint, how.alpha))
        soft = picture.getchannel("A").filter(ImageFilter.GaussianBlur(r * 0.3))
        picture = Image.new("RGBA", picture.size, (*tint, 0))
        picture.putalpha(soft)
    return from_rgba(picture.resize((side, side), Image.Resampling.BOX))


def _tint(kind: str, colours: Palette, share: float) -> Colour:
    if kind in {"snow", "rain", "bubbles"}:
        return mixed(WHITE, colours.horizon, 0.15)
    if kind == "leaves":
        return mixed((222, 120, 40), mixed((190, 50, 40), colours.accent, 0.3), share)
    if kind == "petals":
        return mixed((255, 214, 222), colours.accent, share * 0.6)
    return mixed(colours.accent, WHITE, 0.35 + 0.4 * share)
