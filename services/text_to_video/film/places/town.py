"""Places that people built outside."""

import numpy as np

from services.text_to_video.film.canvas import Canvas
from services.text_to_video.film.palette import Colour, mixed
from services.text_to_video.film.places.setting import WHITE, Layers, Setting, heaven, stars, tree


def city(layers: Layers, setting: Setting) -> None:
    """Paint rows of buildings with lit windows, and a road."""
    back, middle, front = layers
    colours = setting.colours
    back.sky(colours.sky, colours.horizon, end=0.75)
    if setting.night:
        stars(back, setting, 150, 0.5)
    back.glow((setting.between(0.2, 0.8), 0.6), 0.7, colours.accent, 0.5)
    dark = max(colours.sky) < 140
    window = colours.accent if dark else mixed(colours.sky, WHITE, 0.55)
    _buildings(back, 0.42, colours.far, mixed(colours.far, window, 0.45), setting)
    _buildings(middle, 0.56, colours.middle, window, setting)
    middle.box(-0.1, 0.84, 1.1, 1.02, mixed(colours.middle, colours.near, 0.6))
    front.box(-0.1, 0.88, 1.1, 1.05, mixed(colours.near, (40, 42, 50), 0.3))
    for number in range(12):
        x = number / 11
        front.line([(x, 0.945), (x + 0.035, 0.945)], mixed(colours.near, WHITE, 0.6), 0.008)
    for x in (0.08, 0.5, 0.92):
        front.line([(x, 0.89), (x, 0.6)], colours.near, 0.008)
        front.line([(x, 0.6), (x + 0.04 * front.shape_x, 0.595)], colours.near, 0.008)
        if dark:
            front.glow((x + 0.04 * front.shape_x, 0.605), 0.1, mixed(colours.accent, WHITE, 0.3), 0.7)


def people(layers: Layers, setting: Setting) -> None:
    """Paint a square with houses, flags and people who stand together."""
    back, middle, front = layers
    colours = setting.colours
    heaven(back, setting, end=0.7, sun=setting.between(0.3, 0.7), height=0.26, size=0.06)
    x = -0.05
    while x < 1:
        wide, top = setting.between(0.1, 0.16) * max(1.0, back.shape_x), setting.between(0.4, 0.5)
        wall = mixed(
            colours.far, ((240, 214, 180), (214, 140, 110), (150, 170, 190))[int(setting.between(0, 3))], 0.5
        )
        back.box(x, top, x + wide, 0.82, wall)
        back.shape(
            [(x - 0.008, top), (x + wide / 2, top - 0.09), (x + wide + 0.008, top)],
            mixed(colours.middle, (150, 60, 50), 0.4),
        )
        for row in np.arange(top + 0.05, 0.72, 0.1).tolist():
            for share in (0.25, 0.65):
                left = x + wide * share - 0.012
                back.box(left, row, left + 0.03, row + 0.06, mixed(colours.sky, WHITE, 0.5))
        x += wide
    middle.box(-0.1, 0.76, 1.1, 1.1, mixed(colours.middle, colours.horizon, 0.35))
    cord = [(n / 24, 0.3 + 0.08 * (1 - (2 * ((n / 24 * 2) % 1) - 1) ** 2)) for n in range(25)]
    middle.line(cord, mixed(colours.near, WHITE, 0.2), 0.004)
    for number, (cx, cy) in enumerate(cord):
        tint = (colours.accent, (230, 90, 90), (90, 160, 210), (120, 190, 110))[number % 4]
        drop = 0.05 * middle.shape_y
        middle.shape([(cx - 0.012, cy), (cx + 0.012, cy), (cx, cy + drop)], tint)
    for number in range(11):
        _bystander(
            middle, (number + setting.between(0.2, 0.8)) / 11, 0.84, setting.between(0.17, 0.22), setting
        )
    tree(front, -0.01, 0.98, 0.5, mixed((70, 130, 70), colours.near, 0.35), setting)
    front.box(-0.1, 0.95, 1.1, 1.1, mixed(colours.near, colours.middle, 0.35))


def castle(layers: Layers, setting: Setting) -> None:
    """Paint a castle on a hill."""
    back, middle, front = layers
    colours = setting.colours
    heaven(back, setting, end=0.75, sun=0.2, height=0.3, size=0.06)
    back.ridge(0.68, 0.06, mixed(colours.far, colours.horizon, 0.4), setting.dice, haze=colours.horizon)
    middle.oval((0.62, 0.98), 0.75, 0.3, mixed(colours.middle, (60, 100, 60), 0.35))
    stone, roof = mixed(colours.far, WHITE, 0.12), mixed((150, 50, 60), colours.near, 0.25)
    wide, tall = middle.shape_x, middle.shape_y
    for shift, half, high in (
        (-0.28, 0.06, 0.4),
        (0.3, 0.06, 0.36),
        (-0.13, 0.05, 0.5),
        (0.15, 0.05, 0.54),
        (0.0, 0.09, 0.62),
    ):
        _tower(middle, 0.64 + shift * wide, half * wide, 0.76, high * tall, stone, roof, setting)
    middle.box(0.64 - 0.3 * wide, 0.76 - 0.2 * tall, 0.64 + 0.32 * wide, 0.8, stone)
    for number in range(14):
        left = 0.64 - 0.3 * wide + number * 0.0445 * wide
        middle.box(left, 0.76 - 0.225 * tall, left + 0.025 * wide, 0.76 - 0.19 * tall, stone)
    gate = mixed(colours.near, (70, 45, 30), 0.5)
    middle.oval((0.64, 0.76 - 0.08 * tall), 0.05, 0.05, gate)
    middle.box(0.64 - 0.05 * wide, 0.76 - 0.08 * tall, 0.64 + 0.05 * wide, 0.8, gate)
    front.ridge(0.9, 0.02, colours.near, setting.dice)


def _buildings(layer: Canvas, level: float, wall: Colour, window: Colour, setting: Setting) -> None:
    step_x, step_y = 0.026 * layer.shape_x, 0.036 * layer.shape_y
    x = -0.02
    while x < 1:
        width = setting.between(0.1, 0.21) * layer.shape_x
        top = level + setting.between(-0.2, 0.16)
        face = mixed(wall, WHITE, setting.between(0, 0.07))
        layer.box(x, top, x + width - 0.004, 1.02, face)
        if setting.between(0, 1) < 0.3:
            middle = x + width / 2
            layer.line([(middle, top), (middle, top - 0.07 * layer.shape_y)], face, 0.006)
        for row in np.arange(top + step_y * 0.8, 0.95, step_y).tolist():
            for column in np.arange(x + step_x * 0.5, x + width - step_x, step_x).tolist():
                lit = setting.between(0, 1)
                if lit < 0.5:
                    layer.box(
                        column, row, column + step_x * 0.55, row + step_y * 0.55, window, int(90 + 280 * lit)
                    )
        x += width


def _bystander(layer: Canvas, x: float, foot: float, high: float, setting: Setting) -> None:
    tall, wide = high * layer.shape_y, high * layer.shape_x
    shirts = ((196, 92, 84), (84, 126, 176), (226, 178, 92), (112, 152, 116), (150, 112, 168))
    skins = ((240, 204, 176), (206, 156, 120), (142, 98, 70), (96, 64, 48))
    shirt = mixed(shirts[int(setting.between(0, 5))], setting.colours.middle, 0.35)
    skin = mixed(skins[int(setting.between(0, 4))], setting.colours.middle, 0.25)
    legs = mixed((50, 54, 74), setting.colours.middle, 0.3)
    for side in (-1, 1):
        layer.line(
            [(x + side * 0.07 * wide, foot - tall * 0.45), (x + side * 0.08 * wide, foot)], legs, high * 0.11
        )
    layer.line([(x, foot - tall * 0.68), (x, foot - tall * 0.5)], shirt, high * 0.28)
    layer.disc((x, foot - tall * 0.9), high * 0.11, skin)


def _tower(
    layer: Canvas,
    x: float,
    half: float,
    foot: float,
    high: float,
    stone: Colour,
    roof: Colour,
    setting: Setting,
) -> None:
    layer.box(x - half, foot - high, x + half, foot + 0.03, stone)
    layer.box(x + half * 0.3, foot - high, x + half, foot + 0.03, mixed(stone, (0, 0, 0), 0.15), 140)
    layer.shape(
        [(x - half * 1.25, foot - high), (x + half * 1.25, foot - high), (x, foot - high * 1.32)], roof
    )
    slit = setting.colours.accent
    layer.box(x - half * 0.2, foot - high * 0.8, x + half * 0.2, foot - high * 0.68, slit)
    layer.line([(x, foot - high * 1.32), (x, foot - high * 1.42)], roof, 0.004)
