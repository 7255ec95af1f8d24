"""Painters of places: each draws a back, a middle and a front, from far to near."""

import math
from collections.abc import Callable, Sequence

import numpy as np

from services.text_to_video.film.canvas import Canvas, ring
from services.text_to_video.film.palette import Palette, mixed

Layers = Sequence[Canvas]
Painter = Callable[[Layers, Palette, np.random.Generator], None]
WHITE = (255, 255, 255)


def disco(layers: Layers, colours: Palette, dice: np.random.Generator) -> None:
    """Paint a dance floor with a mirror ball and beams of light."""
    back, middle, front = layers
    back.sky(colours.sky, colours.horizon, end=0.75)
    for number in range(7):
        x = 0.08 + number * 0.14
        tint = mixed(colours.accent, colours.far, dice.uniform(0, 0.9))
        foot = x + dice.uniform(-0.25, 0.25)
        back.shape([(x - 0.008, 0), (x + 0.008, 0), (foot + 0.09, 0.78), (foot - 0.09, 0.78)], tint, 85)
    for row in range(6):
        top, bottom = 0.7 + 0.05 * row**1.12, 0.7 + 0.05 * (row + 1) ** 1.12
        for column in range(-8, 9):
            near, far = 0.055 + 0.02 * (row + 1), 0.055 + 0.02 * row
            tint = mixed(
                colours.near, colours.accent, float(dice.uniform(0, 0.85)) if (row + column) % 2 else 0.12
            )
            quad = [
                (0.5 + column * far, top),
                (0.5 + (column + 1) * far, top),
                (0.5 + (column + 1) * near, bottom),
                (0.5 + column * near, bottom),
            ]
            back.shape(quad, tint, 190)
    middle.line([(0.8, 0), (0.8, 0.15)], colours.near, 0.004)
    middle.glow((0.8, 0.24), 0.3, colours.accent, 0.4)
    middle.disc((0.8, 0.24), 0.095, mixed(colours.far, WHITE, 0.3))
    aspect = middle.width / middle.height
    for latitude in np.linspace(-1.3, 1.3, 11):
        for longitude in np.linspace(-1.3, 1.3, 11):
            x = 0.8 + 0.09 * math.sin(longitude) * math.cos(latitude) / aspect
            y = 0.24 + 0.09 * math.sin(latitude)
            size = 0.0065 * max(0.35, math.cos(longitude))
            middle.box(
                x - size / aspect,
                y - 0.0065,
                x + size / aspect,
                y + 0.0065,
                mixed(colours.accent, WHITE, float(dice.uniform(0, 1))),
                235,
            )
    for _ in range(46):
        front.disc(
            (float(dice.uniform(0, 1)), float(dice.uniform(0.1, 0.95))),
            float(dice.uniform(0.002, 0.008)),
            mixed(colours.accent, WHITE, 0.4),
            120,
        )


def space(layers: Layers, colours: Palette, dice: np.random.Generator) -> None:
    """Paint stars, a nebula and planets."""
    back, middle, front = layers
    back.sky(colours.sky, colours.horizon)
    for _ in range(6):
        back.glow(
            (float(dice.uniform(0, 1)), float(dice.uniform(0.1, 0.8))),
            0.5,
            mixed(colours.horizon, colours.accent, float(dice.uniform(0, 0.5))),
            0.22,
        )
    for _ in range(420):
        back.disc(
            (float(dice.uniform(0, 1)), float(dice.uniform(0, 1))),
            float(dice.exponential(0.0011)),
            WHITE,
            int(dice.integers(90, 255)),
        )
    x, y = float(dice.uniform(0.62, 0.8)), float(dice.uniform(0.3, 0.42))
    middle.glow((x, y), 0.36, colours.far, 0.5)
    middle.disc((x, y), 0.2, colours.far)
    for number in range(9):
        middle.disc(
            (x - 0.006 * number, y - 0.007 * number),
            0.2 - 0.021 * number,
            mixed(colours.far, WHITE, 0.035 * number),
        )
    middle.disc((0.12, 0.6), 0.04, mixed(colours.middle, WHITE, 0.35))
    front.ridge(0.86, 0.035, mixed(colours.near, colours.far, 0.3), dice, haze=colours.near)


def sea(layers: Layers, colours: Palette, dice: np.random.Generator) -> None:
    """Paint a sun over waves."""
    back, middle, front = layers
    back.sky(colours.sky, colours.horizon, end=0.55)
    sun = float(dice.uniform(0.3, 0.7))
    back.glow((sun, 0.46), 0.5, colours.accent, 0.75)
    back.disc((sun, 0.46), 0.075, mixed(colours.accent, WHITE, 0.55))
    _clouds(back, colours, dice, 0.3)
    _waves(back, 0.55, colours.far, colours, dice)
    for _ in range(60):
        y = float(dice.uniform(0.56, 0.72))
        width = float(dice.uniform(0.01, 0.05))
        x = sun + float(dice.normal(0, 0.07))
        back.line([(x - width, y), (x + width, y)], mixed(colours.accent, WHITE, 0.5), 0.003, 120)
    _waves(middle, 0.7, colours.middle, colours, dice)
    _waves(front, 0.86, colours.near, colours, dice)


def city(layers: Layers, colours: Palette, dice: np.random.Generator) -> None:
    """Paint rows of buildings with lit windows."""
    back, middle, front = layers
    back.sky(colours.sky, colours.horizon, end=0.75)
    back.glow((float(dice.uniform(0.2, 0.8)), 0.6), 0.5, colours.accent, 0.5)
    _buildings(back, 0.42, colours.far, mixed(colours.far, colours.accent, 0.35), dice)
    _buildings(middle, 0.56, colours.middle, colours.accent, dice)
    front.box(0, 0.87, 1, 1.02, colours.near)
    for number in range(14):
        x = number / 13
        front.line([(x, 0.93), (x + 0.03, 0.93)], mixed(colours.near, WHITE, 0.6), 0.006)


def forest(layers: Layers, colours: Palette, dice: np.random.Generator) -> None:
    """Paint trees in the haze, and leaves in the air."""
    back, middle, front = layers
    back.sky(colours.sky, colours.horizon, end=0.8)
    back.glow((float(dice.uniform(0.3, 0.7)), 0.3), 0.6, mixed(colours.horizon, WHITE, 0.4), 0.7)
    _trees(back, 0.74, 0.26, mixed(colours.far, colours.horizon, 0.35), dice, 26)
    back.ridge(0.76, 0.02, mixed(colours.far, colours.horizon, 0.2), dice)
    _trees(middle, 0.84, 0.42, colours.middle, dice, 13)
    middle.ridge(0.85, 0.02, colours.middle, dice)
    front.ridge(0.93, 0.015, colours.near, dice)
    for x in (0.02, 0.96):
        front.line([(x, 1.0), (x + 0.012, 0.0)], colours.near, 0.06)
    for _ in range(50):
        front.disc(
            (float(dice.uniform(0, 1)), float(dice.uniform(0, 0.95))),
            float(dice.uniform(0.003, 0.007)),
            mixed(colours.accent, colours.horizon, float(dice.uniform(0, 0.6))),
            215,
        )


def mountains(layers: Layers, colours: Palette, dice: np.random.Generator) -> None:
    """Paint ridges behind ridges."""
    back, middle, front = layers
    back.sky(colours.sky, colours.horizon, end=0.7)
    back.glow((float(dice.uniform(0.25, 0.75)), 0.42), 0.5, colours.accent, 0.6)
    back.disc((0.68, 0.3), 0.05, mixed(colours.accent, WHITE, 0.65))
    _clouds(back, colours, dice, 0.2)
    back.ridge(0.46, 0.24, colours.far, dice, haze=colours.horizon)
    middle.ridge(0.62, 0.18, colours.middle, dice, haze=mixed(colours.middle, colours.horizon, 0.4))
    front.ridge(0.84, 0.1, colours.near, dice)
    _trees(front, 0.93, 0.14, mixed(colours.near, (0, 0, 0), 0.2), dice, 18)


def savanna(layers: Layers, colours: Palette, dice: np.random.Generator) -> None:
    """Paint a low sun, flat-topped trees and grass."""
    back, middle, front = layers
    back.sky(colours.sky, colours.horizon, end=0.7)
    back.glow((0.62, 0.58), 0.6, colours.accent, 0.8)
    back.disc((0.62, 0.56), 0.13, mixed(colours.accent, WHITE, 0.45))
    back.ridge(0.68, 0.03, colours.far, dice, haze=colours.horizon)
    middle.ridge(0.77, 0.02, colours.middle, dice)
    for x in (float(dice.uniform(0.08, 0.2)), float(dice.uniform(0.78, 0.9))):
        _acacia(middle, x, 0.78, float(dice.uniform(0.26, 0.36)), mixed(colours.near, colours.middle, 0.2))
    front.ridge(0.93, 0.012, colours.near, dice)
    for _ in range(240):
        x, high = float(dice.uniform(0, 1)), float(dice.uniform(0.03, 0.1))
        front.line([(x, 0.95), (x + float(dice.normal(0, 0.012)), 0.95 - high)], colours.near, 0.003)


def home(layers: Layers, colours: Palette, dice: np.random.Generator) -> None:
    """Paint a room with a window, a lamp and a sofa."""
    back, middle, front = layers
    back.sky(colours.sky, mixed(colours.sky, colours.horizon, 0.5))
    back.box(0.12, 0.14, 0.42, 0.58, mixed(colours.near, WHITE, 0.7))
    back.box(0.13, 0.16, 0.41, 0.56, (150, 190, 225))
    back.disc((0.34, 0.25), 0.05, mixed(colours.accent, WHITE, 0.6))
    back.shape([(0.13, 0.56), (0.2, 0.4), (0.28, 0.5), (0.36, 0.42), (0.41, 0.56)], (96, 140, 110))
    back.box(0.265, 0.16, 0.275, 0.56, mixed(colours.near, WHITE, 0.7))
    back.box(0, 0.78, 1, 1, colours.middle)
    for number in range(3):
        left = 0.56 + number * 0.13
        back.box(
            left, 0.2, left + 0.1, 0.36 + 0.02 * number, mixed(colours.far, colours.accent, 0.2 * number)
        )
    middle.glow((0.82, 0.42), 0.45, colours.accent, 0.55)
    middle.line([(0.82, 0.44), (0.82, 0.82)], colours.near, 0.01)
    middle.shape([(0.78, 0.46), (0.86, 0.46), (0.84, 0.36), (0.8, 0.36)], mixed(colours.accent, WHITE, 0.4))
    middle.box(0.12, 0.6, 0.56, 0.84, colours.far)
    middle.box(0.09, 0.66, 0.16, 0.86, mixed(colours.far, colours.near, 0.35))
    middle.box(0.52, 0.66, 0.59, 0.86, mixed(colours.far, colours.near, 0.35))
    middle.box(0.14, 0.72, 0.54, 0.82, mixed(colours.far, WHITE, 0.14))
    front.box(0.0, 0.93, 1.0, 1.0, mixed(colours.near, colours.middle, 0.4))


def food(layers: Layers, colours: Palette, dice: np.random.Generator) -> None:
    """Paint a laid table in warm light."""
    back, middle, front = layers
    back.sky(colours.sky, colours.horizon, end=0.8)
    for _ in range(16):
        back.disc(
            (float(dice.uniform(0, 1)), float(dice.uniform(0, 0.55))),
            float(dice.uniform(0.02, 0.06)),
            mixed(colours.accent, colours.horizon, float(dice.uniform(0, 1))),
            70,
        )
    back.blurred(0.006)
    middle.box(-0.1, 0.7, 1.1, 1.1, colours.middle)
    for number in range(12):
        middle.line([(0, 0.73 + number * 0.026), (1, 0.73 + number * 0.026)], colours.near, 0.002, 90)
    aspect = middle.width / middle.height
    middle.draw.ellipse(
        [0.56 * middle.width, 0.74 * middle.height, 0.92 * middle.width, 0.86 * middle.height],
        fill=(245, 240, 232, 255),
    )
    layers_of_cake = (colours.far, (250, 236, 214), colours.accent, (250, 236, 214), colours.far)
    for number, tint in enumerate(layers_of_cake):
        middle.shape(
            [
                (0.64, 0.79 - number * 0.035),
                (0.85, 0.79 - number * 0.035),
                (0.85, 0.755 - number * 0.035),
                (0.64, 0.755 - number * 0.035),
            ],
            tint,
        )
    middle.disc((0.745, 0.59), 0.025, (200, 40, 50))
    for corner in ring((0.745, 0.6), 0.05, 5, aspect):
        middle.disc(corner, 0.01, (255, 250, 245))
    front.glow((0.1, 0.1), 0.5, colours.accent, 0.25)


def data(layers: Layers, colours: Palette, dice: np.random.Generator) -> None:
    """Paint bars and a line that rise; without numbers, because they assert nothing."""
    back, middle, front = layers
    back.sky(colours.sky, colours.horizon)
    for number in range(1, 9):
        back.line([(0, number / 9), (1, number / 9)], colours.middle, 0.0012, 70)
        back.line([(number / 9, 0), (number / 9, 1)], colours.middle, 0.0012, 50)
    heights = np.cumsum(dice.uniform(0.01, 0.085, 9)) + 0.08
    points = []
    for number, high in enumerate(heights.tolist()):
        left = 0.12 + number * 0.087
        top = 0.84 - high
        middle.box(left, top, left + 0.058, 0.84, mixed(colours.far, colours.accent, number / 9))
        points.append((left + 0.029, top - 0.06 - 0.02 * math.sin(number * 2.1)))
    middle.line([(0.08, 0.845), (0.94, 0.845)], mixed(colours.middle, WHITE, 0.5), 0.004)
    front.line(points, WHITE, 0.006)
    for point in points:
        front.disc(point, 0.012, colours.accent)


def product(layers: Layers, colours: Palette, dice: np.random.Generator) -> None:
    """Paint a stage for one thing."""
    back, middle, front = layers
    back.sky(colours.sky, colours.horizon, end=0.8)
    back.glow((0.5, 0.45), 0.6, WHITE, 0.5)
    back.box(-0.1, 0.78, 1.1, 1.1, colours.middle)
    middle.draw.ellipse(
        [0.26 * middle.width, 0.78 * middle.height, 0.74 * middle.width, 0.9 * middle.height],
        fill=(*colours.near, 255),
    )
    middle.draw.ellipse(
        [0.26 * middle.width, 0.755 * middle.height, 0.74 * middle.width, 0.875 * middle.height],
        fill=(*mixed(colours.far, WHITE, 0.35), 255),
    )
    for _ in range(30):
        front.disc(
            (float(dice.uniform(0, 1)), float(dice.uniform(0, 0.9))),
            float(dice.uniform(0.002, 0.006)),
            colours.accent,
            130,
        )


def lab(layers: Layers, colours: Palette, dice: np.random.Generator) -> None:
    """Paint a wall of machines with lights and wheels."""
    back, middle, front = layers
    back.sky(colours.sky, colours.horizon)
    aspect = back.width / back.height
    for number in range(6):
        left = 0.02 + number * 0.165
        back.box(left, 0.16, left + 0.14, 0.8, colours.far)
        for row in range(9):
            for column in range(4):
                tint = colours.accent if dice.uniform() < 0.45 else colours.middle
                back.disc((left + 0.025 + column * 0.03, 0.22 + row * 0.062), 0.009, tint, 235)
    for x, y, radius in ((0.16, 0.62, 0.15), (0.86, 0.3, 0.12)):
        for turn in range(10):
            angle = turn * math.pi / 5
            middle.shape(
                ring(
                    (x + radius * math.cos(angle) / aspect, y + radius * math.sin(angle)),
                    0.035,
                    4,
                    aspect,
                    angle,
                ),
                colours.middle,
            )
        middle.disc((x, y), radius, colours.middle)
        middle.disc((x, y), radius * 0.4, mixed(colours.middle, colours.accent, 0.5))
    front.box(-0.1, 0.88, 1.1, 1.1, colours.near)


def abstract(layers: Layers, colours: Palette, dice: np.random.Generator) -> None:
    """Paint drifting discs and ribbons."""
    back, middle, front = layers
    back.sky(colours.sky, colours.horizon)
    tints = (colours.far, colours.middle, colours.accent, colours.horizon)
    for layer, count, size in ((back, 9, 0.3), (middle, 9, 0.16), (front, 14, 0.035)):
        for _ in range(count):
            tint = tints[int(dice.integers(len(tints)))]
            centre = (float(dice.uniform(0, 1)), float(dice.uniform(0, 1)))
            layer.disc(centre, float(dice.uniform(0.3, 1)) * size, tint, int(dice.integers(60, 150)))
    for number in range(4):
        phase = float(dice.uniform(0, 6))
        points = [(x / 40, 0.35 + 0.1 * number + 0.09 * math.sin(x / 6 + phase)) for x in range(-2, 43)]
        middle.line(points, mixed(colours.accent, WHITE, 0.15 * number), 0.012, 150)


def _clouds(layer: Canvas, colours: Palette, dice: np.random.Generator, level: float) -> None:
    for _ in range(5):
        x, y = float(dice.uniform(0, 1)), level + float(dice.uniform(-0.12, 0.12))
        for _ in range(9):
            spot = (x + float(dice.normal(0, 0.05)), y + float(dice.normal(0, 0.008)))
            layer.disc(spot, float(dice.uniform(0.015, 0.04)), mixed(colours.horizon, WHITE, 0.55), 70)


def _waves(
    layer: Canvas, level: float, tint: tuple[int, int, int], colours: Palette, dice: np.random.Generator
) -> None:
    phase = float(dice.uniform(0, 6))
    crest = [
        (x / 120, level + 0.012 * math.sin(x / 3 + phase) + 0.006 * math.sin(x / 1.3)) for x in range(121)
    ]
    layer.shape([*crest, (1, 1), (0, 1)], tint)
    layer.line(crest, mixed(tint, WHITE, 0.45), 0.004, 170)
    for _ in range(36):
        x, y = float(dice.uniform(0, 1)), level + float(dice.uniform(0.02, 0.14))
        layer.line([(x, y), (x + float(dice.uniform(0.01, 0.05)), y)], mixed(tint, WHITE, 0.3), 0.003, 110)


def _buildings(
    layer: Canvas,
    level: float,
    wall: tuple[int, int, int],
    window: tuple[int, int, int],
    dice: np.random.Generator,
) -> None:
    x = -0.02
    while x < 1:
        width, top = float(dice.uniform(0.055, 0.12)), level + float(dice.uniform(-0.2, 0.16))
        layer.box(x, top, x + width - 0.006, 1.02, mixed(wall, WHITE, float(dice.uniform(0, 0.07))))
        for row in np.arange(top + 0.03, 0.95, 0.035).tolist():
            for column in np.arange(x + 0.01, x + width - 0.02, 0.015).tolist():
                if dice.uniform() < 0.42:
                    layer.box(column, row, column + 0.008, row + 0.018, window, int(dice.integers(110, 240)))
        x += width


def _trees(
    layer: Canvas,
    level: float,
    high: float,
    tint: tuple[int, int, int],
    dice: np.random.Generator,
    count: int,
) -> None:
    aspect = layer.width / layer.height
    for place in range(count):
        x = (place + float(dice.uniform(0.1, 0.9))) / count
        tall = high * float(dice.uniform(0.7, 1.15))
        layer.line([(x, level + 0.03), (x, level - tall * 0.3)], mixed(tint, (40, 25, 15), 0.5), 0.012)
        for tier in range(4):
            base, wide = level - tall * (0.1 + 0.2 * tier), tall * (0.3 - 0.06 * tier) / aspect
            layer.shape(
                [(x - wide, base), (x + wide, base), (x, base - tall * 0.36)], mixed(tint, WHITE, 0.03 * tier)
            )


def _acacia(layer: Canvas, x: float, level: float, high: float, tint: tuple[int, int, int]) -> None:
    layer.line([(x, level + 0.02), (x + 0.01, level - high * 0.75)], tint, 0.014)
    layer.line([(x + 0.006, level - high * 0.4), (x - 0.045, level - high * 0.8)], tint, 0.008)
    layer.line([(x + 0.006, level - high * 0.45), (x + 0.06, level - high * 0.8)], tint, 0.008)
    for shift, drop in ((-0.05, 0.02), (0.0, 0.0), (0.06, 0.015)):
        box = [
            (x + shift - 0.075) * layer.width,
            (level - high - 0.02 + drop) * layer.height,
            (x + shift + 0.075) * layer.width,
            (level - high + 0.055 + drop) * layer.height,
        ]
        layer.draw.ellipse(box, fill=(*tint, 255))


PAINTERS: dict[str, Painter] = {
    "disco": disco,
    "space": space,
    "sea": sea,
    "city": city,
    "forest": forest,
    "mountains": mountains,
    "savanna": savanna,
    "home": home,
    "food": food,
    "data": data,
    "product": product,
    "lab": lab,
    "abstract": abstract,
}
