"""What a painter is given, and the parts that many places share: skies, trees, grass."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from services.text_to_video.film.canvas import Canvas
from services.text_to_video.film.palette import Colour, Palette, mixed

WHITE = (255, 255, 255)
Layers = Sequence[Canvas]


@dataclass(frozen=True, slots=True)
class Setting:
    """The colours of a scene, its dice, and whether it is night."""

    colours: Palette
    dice: np.random.Generator
    night: bool = False

    def between(self, low: float, high: float) -> float:
        """Return a number the dice choose."""
        return float(self.dice.uniform(low, high))


Painter = Callable[[Layers, Setting], None]


def heaven(back: Canvas, setting: Setting, *, end: float, sun: float, height: float, size: float) -> None:
    """Paint the sky: sun and clouds by day, moon and stars by night; ``sun`` is its place from the left."""
    colours = setting.colours
    back.sky(colours.sky, colours.horizon, end=end)
    if setting.night:
        stars(back, setting, 170, end)
        back.glow((sun, height * 0.6), size * 5, mixed(colours.accent, WHITE, 0.6), 0.4)
        back.ball((sun, height * 0.6), size * 0.8, (250, 246, 230), (196, 196, 190))
        return
    back.glow((sun, height), size * 7, colours.accent, 0.75)
    back.disc((sun, height), size, mixed(colours.accent, WHITE, 0.5))
    for number in range(4):
        place = ((number + setting.between(0.1, 0.9)) / 4, height * setting.between(0.35, 0.85))
        tint = mixed(colours.horizon, WHITE, 0.75)
        back.cloud(place, setting.between(0.06, 0.13), tint, setting.dice)


def stars(canvas: Canvas, setting: Setting, count: int, end: float) -> None:
    """Scatter stars down to ``end``."""
    for _ in range(count):
        place = (setting.between(0, 1), setting.between(0, 1) ** 1.3 * end)
        canvas.disc(
            place, 0.0006 + float(setting.dice.exponential(0.001)), WHITE, int(setting.between(90, 254))
        )


def firs(canvas: Canvas, setting: Setting, level: float, high: float, tint: Colour, count: int) -> None:
    """Plant firs whose feet stand at ``level``; ``high`` is a share of the shorter side."""
    for place in range(count):
        x = (place + setting.between(0.1, 0.9)) / count
        tall = high * setting.between(0.65, 1.2) * canvas.shape_y
        trunk = mixed(tint, (40, 25, 15), 0.5)
        canvas.line([(x, level + 0.02), (x, level - tall * 0.3)], trunk, high * 0.04)
        for tier in range(4):
            base = level - tall * (0.08 + 0.2 * tier)
            wide = tall / canvas.shape_y * canvas.shape_x * (0.27 - 0.055 * tier)
            tip = base - tall * 0.34
            canvas.shape([(x - wide, base), (x + wide, base), (x, tip)], mixed(tint, WHITE, 0.035 * tier))
            canvas.shape([(x, base), (x + wide, base), (x, tip)], mixed(tint, (0, 0, 0), 0.1), 120)


def tree(canvas: Canvas, x: float, level: float, high: float, leaf: Colour, setting: Setting) -> None:
    """Plant one round tree; ``high`` is a share of the shorter side."""
    trunk = mixed((94, 64, 42), setting.colours.near, 0.35)
    tall, wide = high * canvas.shape_y, high * canvas.shape_x
    canvas.line([(x, level + 0.01), (x, level - tall * 0.55)], trunk, high * 0.08)
    canvas.line([(x, level - tall * 0.35), (x + wide * 0.16, level - tall * 0.55)], trunk, high * 0.04)
    for dx, dy, r in (
        (-0.2, 0.56, 0.2),
        (0.2, 0.56, 0.2),
        (0.0, 0.74, 0.26),
        (-0.1, 0.62, 0.2),
        (0.13, 0.7, 0.2),
    ):
        canvas.disc((x + dx * wide, level - dy * tall), r * high, mixed(leaf, (0, 0, 0), 0.06))
    for dx, dy, r in ((-0.12, 0.68, 0.13), (0.04, 0.82, 0.15), (0.16, 0.62, 0.09)):
        canvas.disc((x + dx * wide, level - dy * tall), r * high, mixed(leaf, WHITE, 0.14))


def grass(canvas: Canvas, setting: Setting, level: float, high: float, tint: Colour, count: int) -> None:
    """Let grass grow at ``level``."""
    for _ in range(count):
        x, tall = setting.between(0, 1), setting.between(0.3, 1) * high * canvas.shape_y
        lean = float(setting.dice.normal(0, 0.014)) * canvas.shape_x
        shade = mixed(tint, WHITE, setting.between(0, 0.12))
        canvas.line(
            [(x, level + 0.01), (x + lean * 0.4, level - tall * 0.6), (x + lean, level - tall)], shade, 0.004
        )
