"""Places for what has none: products, figures, thoughts."""

import math

import numpy as np

from services.text_to_video.film.palette import mixed
from services.text_to_video.film.places.setting import WHITE, Layers, Setting


def product(layers: Layers, setting: Setting) -> None:
    """Paint a stand for one thing, in the light of a studio."""
    back, middle, _ = layers
    colours = setting.colours
    back.sky(colours.sky, colours.horizon, end=0.8)
    back.glow((0.5, 0.45), 0.75, WHITE, 0.5)
    for radius in (0.36, 0.47):
        ring = [
            (0.5 + radius * math.cos(t) * back.shape_x, 0.5 + radius * math.sin(t) * back.shape_y)
            for t in np.linspace(0, 2 * math.pi, 90)
        ]
        back.line(ring, mixed(colours.horizon, WHITE, 0.5), 0.004, 110)
    back.box(-0.1, 0.79, 1.1, 1.1, colours.middle)
    middle.oval((0.5, 0.87), 0.43, 0.06, mixed(colours.near, colours.middle, 0.3))
    middle.oval((0.5, 0.845), 0.43, 0.06, mixed(colours.far, WHITE, 0.35))
    middle.oval((0.5, 0.843), 0.38, 0.05, mixed(colours.far, WHITE, 0.5))


def data(layers: Layers, setting: Setting) -> None:
    """Paint bars and a line that rise; without numbers, because they assert nothing."""
    back, middle, front = layers
    colours = setting.colours
    back.sky(colours.sky, colours.horizon)
    for number in range(1, 9):
        back.line([(0, number / 9), (1, number / 9)], colours.middle, 0.002, 70)
        back.line([(number / 9, 0), (number / 9, 1)], colours.middle, 0.002, 50)
    count = 9 if middle.width >= middle.height else 6
    heights = np.cumsum(setting.dice.uniform(0.02, 0.1, count) * 9 / count)
    heights = 0.08 + heights * (0.5 / heights[-1])
    points = []
    step = 0.8 / count
    for number, high in enumerate(heights.tolist()):
        left, top = 0.11 + number * step, 0.84 - high
        tint = mixed(colours.far, colours.accent, number / count)
        middle.box(left, top, left + step * 0.66, 0.84, tint)
        middle.box(left, top, left + step * 0.2, 0.84, mixed(tint, WHITE, 0.18), 120)
        points.append((left + step * 0.33, top - 0.06 - 0.02 * math.sin(number * 2.1)))
    middle.line([(0.08, 0.845), (0.94, 0.845)], mixed(colours.middle, WHITE, 0.5), 0.005)
    front.line(points, WHITE, 0.007)
    for point in points:
        front.disc(point, 0.016, WHITE)
        front.disc(point, 0.011, colours.accent)


def abstract(layers: Layers, setting: Setting) -> None:
    """Paint light, ribbons and drifting spheres."""
    back, middle, front = layers
    colours = setting.colours
    back.sky(colours.sky, colours.horizon)
    for tint in (colours.far, colours.middle, colours.accent, colours.far):
        place = (setting.between(0.1, 0.9), setting.between(0.15, 0.85))
        back.glow(place, setting.between(0.5, 0.9), tint, 0.6)
    for layer, count, thick in ((back, 4, 0.16), (middle, 4, 0.05)):
        for number in range(count):
            phase, level = setting.between(0, 6), 0.3 + 0.45 * number / count
            points = [
                (x / 48, level + 0.13 * math.sin(x / 11 + phase) + 0.04 * math.sin(x / 5 + phase))
                for x in range(-4, 53)
            ]
            tint = mixed(colours.accent, (colours.far, colours.middle)[number % 2], setting.between(0.2, 0.9))
            layer.line(points, tint, thick, 70 if layer is back else 120)
    for layer, count, size in ((middle, 5, 0.07), (front, 5, 0.03)):
        for _ in range(count):
            tint = (colours.accent, colours.far, colours.horizon)[int(setting.between(0, 3))]
            place = (setting.between(0.05, 0.95), setting.between(0.3, 0.9))
            layer.ball(
                place,
                setting.between(0.5, 1) * size,
                mixed(tint, WHITE, 0.35),
                mixed(tint, colours.near, 0.6),
            )
