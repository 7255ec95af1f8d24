"""Places under the sky."""

import math

import numpy as np

from services.text_to_video.film.canvas import Canvas, Point
from services.text_to_video.film.palette import Colour, mixed
from services.text_to_video.film.places.setting import (
    WHITE,
    Layers,
    Setting,
    firs,
    grass,
    heaven,
    stars,
    tree,
)


def space(layers: Layers, setting: Setting) -> None:
    """Paint stars, a nebula and planets over the ground of another world."""
    back, middle, front = layers
    colours = setting.colours
    back.sky(colours.sky, colours.horizon)
    for _ in range(7):
        tint = mixed(colours.horizon, colours.accent, setting.between(0, 0.5))
        back.glow((setting.between(0, 1), setting.between(0.1, 0.8)), 0.6, tint, 0.22)
    stars(back, setting, 420, 1.0)
    x, y = setting.between(0.68, 0.82), setting.between(0.3, 0.4)
    middle.glow((x, y), 0.36, colours.far, 0.55)
    middle.ball((x, y), 0.19, mixed(colours.far, WHITE, 0.3), mixed(colours.far, colours.sky, 0.75))
    ring = [
        (
            x + 0.3 * math.cos(t) * middle.shape_x,
            y + (0.06 * math.sin(t) - 0.07 * math.cos(t)) * middle.shape_y,
        )
        for t in np.linspace(-0.35, math.pi + 0.35, 60)
    ]
    middle.line(ring, mixed(colours.accent, WHITE, 0.3), 0.012, 170)
    middle.ball(
        (0.13, 0.55), 0.045, mixed(colours.middle, WHITE, 0.6), mixed(colours.middle, colours.sky, 0.5)
    )
    ground = mixed(colours.near, colours.far, 0.4)
    front.ridge(0.84, 0.02, ground, setting.dice, haze=colours.near)
    for _ in range(9):
        spot = (setting.between(0, 1), setting.between(0.9, 0.99))
        size = setting.between(0.02, 0.06)
        front.oval(spot, size, size * 0.3, mixed(ground, (0, 0, 0), 0.4))
        front.oval((spot[0], spot[1] + size * 0.05), size * 0.85, size * 0.22, mixed(ground, (0, 0, 0), 0.25))


def sea(layers: Layers, setting: Setting) -> None:
    """Paint a sun over waves."""
    back, middle, front = layers
    colours = setting.colours
    sun = setting.between(0.3, 0.7)
    heaven(back, setting, end=0.55, sun=sun, height=0.42, size=0.075)
    _waves(back, 0.55, colours.far, setting)
    for _ in range(70):
        y = setting.between(0.56, 0.72)
        width, x = setting.between(0.01, 0.05), sun + float(setting.dice.normal(0, 0.06))
        back.line([(x - width, y), (x + width, y)], mixed(colours.accent, WHITE, 0.5), 0.003, 120)
    _waves(middle, 0.7, colours.middle, setting)
    _waves(front, 0.87, colours.near, setting)


def beach(layers: Layers, setting: Setting) -> None:
    """Paint sand before the sea, a palm and a parasol."""
    back, middle, front = layers
    colours = setting.colours
    sun = setting.between(0.25, 0.75)
    heaven(back, setting, end=0.5, sun=sun, height=0.27, size=0.065)
    _waves(back, 0.5, colours.far, setting)
    _waves(back, 0.58, mixed(colours.far, WHITE, 0.18), setting)
    middle.ridge(0.68, 0.012, mixed(colours.middle, WHITE, 0.5), setting.dice)
    middle.ridge(0.7, 0.012, colours.middle, setting.dice, haze=mixed(colours.middle, colours.near, 0.3))
    side = 1.0 if setting.between(0, 1) < 0.5 else -1.0
    _palm(middle, (0.5 + side * 0.36, 0.78), side, setting)
    foot = (0.5 - side * 0.36, 0.82)
    for number in range(6):
        left, right = (math.pi * (1 + n / 6) for n in (number, number + 1))
        rim = [
            (foot[0] + 0.17 * math.cos(t) * middle.shape_x, foot[1] - 0.2 * middle.shape_y)
            for t in (left, right)
        ]
        tint = colours.accent if number % 2 else mixed(WHITE, colours.horizon, 0.15)
        middle.shape([(foot[0], foot[1] - 0.31 * middle.shape_y), *rim], tint)
    middle.line([(foot[0], foot[1] - 0.3 * middle.shape_y), foot], mixed(colours.near, WHITE, 0.4), 0.012)
    front.ridge(0.93, 0.01, colours.near, setting.dice)
    for _ in range(90):
        place = (setting.between(0, 1), setting.between(0.95, 1.0))
        front.disc(
            place, setting.between(0.001, 0.004), mixed(colours.near, WHITE, setting.between(0.1, 0.5))
        )


def _palm(canvas: Canvas, foot: Point, side: float, setting: Setting) -> None:
    """Let a palm lean to the middle; its crown is two fifths of the short side above its foot."""
    wide, tall = canvas.shape_x, canvas.shape_y
    trunk = [(foot[0] - side * 0.1 * (n / 8) ** 2 * wide, foot[1] - 0.42 * n / 8 * tall) for n in range(9)]
    canvas.line(trunk, mixed((120, 84, 52), setting.colours.near, 0.3), 0.026)
    x, y = trunk[-1]
    leaf = mixed((40, 120, 70), setting.colours.near, 0.25)
    for number in range(8):
        turn = math.pi * (0.95 + 1.1 * number / 7)
        tip = (x + 0.21 * math.cos(turn) * wide, y + (0.1 * math.sin(turn) + 0.06) * tall)
        bend = (x + 0.12 * math.cos(turn) * wide, y + (0.16 * math.sin(turn) - 0.03) * tall)
        under = (bend[0], bend[1] + 0.035 * tall)
        canvas.shape([(x, y), bend, tip, under], mixed(leaf, WHITE, 0.06 * (number % 3)))


def underwater(layers: Layers, setting: Setting) -> None:
    """Paint light that falls through water on coral and weed."""
    back, middle, front = layers
    colours = setting.colours
    back.sky(mixed(colours.sky, WHITE, 0.25), colours.horizon)
    for _ in range(8):
        x, lean = setting.between(-0.1, 1), setting.between(0.05, 0.2)
        wide = setting.between(0.02, 0.07)
        back.shape([(x, -0.05), (x + wide, -0.05), (x + wide * 3 + lean, 1), (x + lean, 1)], WHITE, 22)
    back.ridge(0.8, 0.05, colours.far, setting.dice, haze=colours.horizon)
    middle.ridge(0.86, 0.03, colours.middle, setting.dice)
    for _ in range(7):
        x, tint = setting.between(0, 1), mixed(colours.accent, (255, 90, 120), setting.between(0, 1))
        _coral(middle, (x, 0.88), 0.13, -math.pi / 2, 0, mixed(tint, colours.middle, 0.25), setting)
    for _ in range(16):
        x, tall = setting.between(0, 1), setting.between(0.1, 0.3)
        bend = [
            (x + 0.012 * math.sin(n * 0.9 + x * 9) * front.shape_x, 1 - n / 12 * tall * front.shape_y)
            for n in range(13)
        ]
        front.line(bend, mixed(colours.near, (40, 120, 70), 0.45), 0.014)


def forest(layers: Layers, setting: Setting) -> None:
    """Paint trees in the haze."""
    back, middle, front = layers
    colours = setting.colours
    back.sky(colours.sky, colours.horizon, end=0.8)
    if setting.night:
        stars(back, setting, 120, 0.6)
    back.glow((setting.between(0.3, 0.7), 0.3), 0.7, mixed(colours.horizon, WHITE, 0.4), 0.7)
    firs(back, setting, 0.76, 0.3, mixed(colours.far, colours.horizon, 0.35), 24)
    back.ridge(0.74, 0.02, mixed(colours.far, colours.horizon, 0.2), setting.dice)
    firs(middle, setting, 0.86, 0.48, colours.middle, 11)
    middle.ridge(0.83, 0.015, mixed(colours.middle, WHITE, 0.05), setting.dice)
    front.ridge(0.94, 0.012, colours.near, setting.dice)
    grass(front, setting, 0.95, 0.06, colours.near, 160)
    for x in (0.015, 0.975):
        front.shape([(x - 0.05, 1.0), (x - 0.022, -0.1), (x + 0.022, -0.1), (x + 0.05, 1.0)], colours.near)


def meadow(layers: Layers, setting: Setting) -> None:
    """Paint hills, a tree and flowers."""
    back, middle, front = layers
    colours = setting.colours
    heaven(back, setting, end=0.7, sun=setting.between(0.55, 0.85), height=0.26, size=0.07)
    back.ridge(0.62, 0.05, mixed(colours.far, colours.horizon, 0.3), setting.dice, haze=colours.far)
    middle.ridge(0.74, 0.025, colours.middle, setting.dice, haze=mixed(colours.middle, WHITE, 0.1))
    side = 0.14 if setting.between(0, 1) < 0.5 else 0.86
    tree(middle, side, 0.78, 0.42, mixed(colours.middle, (20, 70, 30), 0.3), setting)
    tree(middle, 1 - side * 0.95, 0.76, 0.2, colours.middle, setting)
    front.ridge(0.92, 0.01, colours.near, setting.dice)
    grass(front, setting, 0.94, 0.06, colours.near, 220)
    for _ in range(34):
        x, y = setting.between(0, 1), setting.between(0.9, 0.99)
        petal = mixed(
            colours.accent,
            ((255, 255, 255), (255, 210, 60), (190, 120, 255))[int(setting.between(0, 3))],
            0.7,
        )
        front.line([(x, y), (x, y + 0.03)], colours.near, 0.004)
        for turn in range(5):
            angle = turn * 2 * math.pi / 5
            front.disc(
                (x + 0.009 * math.cos(angle) * front.shape_x, y + 0.009 * math.sin(angle) * front.shape_y),
                0.0065,
                petal,
            )
        front.disc((x, y), 0.005, (250, 200, 60))


def mountains(layers: Layers, setting: Setting) -> None:
    """Paint peaks behind ridges behind firs."""
    back, middle, front = layers
    colours = setting.colours
    heaven(back, setting, end=0.7, sun=setting.between(0.25, 0.75), height=0.3, size=0.05)
    for number in range(4):
        x = (number + setting.between(0.2, 0.8)) / 4
        _peak(
            back,
            x,
            0.7,
            setting.between(0.3, 0.46),
            mixed(colours.far, colours.horizon, 0.15 * (number % 2)),
            setting,
        )
    middle.ridge(0.66, 0.1, colours.middle, setting.dice, haze=mixed(colours.middle, colours.horizon, 0.4))
    firs(middle, setting, 0.79, 0.1, mixed(colours.middle, colours.near, 0.5), 34)
    middle.ridge(0.78, 0.01, mixed(colours.middle, colours.near, 0.35), setting.dice)
    front.ridge(0.9, 0.03, colours.near, setting.dice)
    firs(front, setting, 0.95, 0.2, mixed(colours.near, (0, 0, 0), 0.2), 12)


def savanna(layers: Layers, setting: Setting) -> None:
    """Paint a low sun, flat-topped trees and grass."""
    back, middle, front = layers
    colours = setting.colours
    heaven(back, setting, end=0.7, sun=0.62, height=0.55, size=0.14)
    back.ridge(0.68, 0.03, colours.far, setting.dice, haze=colours.horizon)
    middle.ridge(0.77, 0.02, colours.middle, setting.dice)
    for x in (setting.between(0.08, 0.2), setting.between(0.78, 0.9)):
        _acacia(middle, x, 0.78, setting.between(0.26, 0.36), mixed(colours.near, colours.middle, 0.2))
    front.ridge(0.94, 0.01, colours.near, setting.dice)
    grass(front, setting, 0.95, 0.11, colours.near, 240)


def desert(layers: Layers, setting: Setting) -> None:
    """Paint dunes, lit on one side, and cactuses."""
    back, middle, front = layers
    colours = setting.colours
    heaven(back, setting, end=0.65, sun=setting.between(0.3, 0.7), height=0.24, size=0.08)
    _dune(back, 0.6, colours.far, setting)
    _dune(middle, 0.72, colours.middle, setting)
    for x in (setting.between(0.06, 0.2), setting.between(0.8, 0.94)):
        _cactus(middle, x, 0.8, setting.between(0.2, 0.28), mixed((70, 120, 70), colours.near, 0.45))
    _dune(front, 0.9, mixed(colours.near, colours.middle, 0.4), setting)


def _waves(layer: Canvas, level: float, tint: Colour, setting: Setting) -> None:
    phase = setting.between(0, 6)
    steps = round(40 / layer.shape_x)
    crest = [
        (
            x / steps,
            level + (0.02 * math.sin(x / 2.6 + phase) + 0.009 * math.sin(x / 1.1)) * layer.shape_y * 0.7,
        )
        for x in range(steps + 1)
    ]
    layer.shape([*crest, (1, 1), (0, 1)], tint)
    layer.line(crest, mixed(tint, WHITE, 0.45), 0.005, 170)
    for _ in range(36):
        x, y = setting.between(0, 1), level + setting.between(0.02, 0.14)
        wide = setting.between(0.01, 0.05)
        layer.line([(x, y), (x + wide, y)], mixed(tint, WHITE, 0.3), 0.003, 110)


def _coral(
    layer: Canvas,
    foot: tuple[float, float],
    length: float,
    angle: float,
    depth: int,
    tint: Colour,
    setting: Setting,
) -> None:
    tip = (
        foot[0] + length * math.cos(angle) * layer.shape_x,
        foot[1] + length * math.sin(angle) * layer.shape_y,
    )
    layer.line([foot, tip], tint, 0.02 * 0.75**depth)
    if depth < 3:
        for turn in (-0.5, 0.45):
            _coral(
                layer, tip, length * 0.66, angle + turn * setting.between(0.7, 1.3), depth + 1, tint, setting
            )


def _peak(layer: Canvas, x: float, foot: float, high: float, tint: Colour, setting: Setting) -> None:
    tall, wide = high * min(1.5, 1 / layer.shape_x) ** 0.3, high * 0.9
    top = foot - tall
    left, right = x - wide * setting.between(0.7, 1), x + wide * setting.between(0.7, 1)
    layer.shape([(left, foot + 0.05), (x, top), (right, foot + 0.05)], tint)
    layer.shape(
        [(x, top), (right, foot + 0.05), (x + wide * 0.12, foot + 0.05), (x - wide * 0.05, top + tall * 0.5)],
        mixed(tint, (0, 0, 0), 0.13),
    )
    snow = mixed(WHITE, tint, 0.12)
    share = 0.3
    edge = [
        (x + (left - x) * share, top + tall * share),
        (x + (left - x) * share * 0.5, top + tall * share * 0.8),
        (x, top + tall * share * 1.15),
        (x + (right - x) * share * 0.5, top + tall * share * 0.75),
        (x + (right - x) * share, top + tall * share),
    ]
    layer.shape([(x, top), *edge], snow)


def _acacia(layer: Canvas, x: float, level: float, high: float, tint: Colour) -> None:
    tall, wide = high * layer.shape_y, high * layer.shape_x
    layer.line([(x, level + 0.02), (x + 0.03 * wide, level - tall * 0.75)], tint, 0.018)
    layer.line([(x + 0.02 * wide, level - tall * 0.4), (x - 0.26 * wide, level - tall * 0.8)], tint, 0.01)
    layer.line([(x + 0.02 * wide, level - tall * 0.45), (x + 0.36 * wide, level - tall * 0.8)], tint, 0.01)
    for shift, drop in ((-0.3, 0.06), (0.0, 0.0), (0.36, 0.045)):
        layer.oval((x + shift * wide, level - tall * (0.93 - drop)), 0.38 * high, 0.1 * high, tint)


def _dune(layer: Canvas, level: float, tint: Colour, setting: Setting) -> None:
    phase, steps = setting.between(0, 6), 80
    crest = [
        (x / steps, level + 0.045 * math.sin(x / 13 + phase) + 0.02 * math.sin(x / 7 + phase * 2))
        for x in range(steps + 1)
    ]
    layer.shape([*crest, (1, 1), (0, 1)], tint)
    for number in range(steps):
        (x, y), (x2, y2) = crest[number], crest[number + 1]
        if y2 > y:
            layer.shape([(x, y), (x2, y2), (x2 - 0.03, 1), (x - 0.03, 1)], mixed(tint, (60, 20, 10), 0.3), 90)
    layer.line(crest, mixed(tint, WHITE, 0.35), 0.004, 150)


def _cactus(layer: Canvas, x: float, level: float, high: float, tint: Colour) -> None:
    tall, wide = high * layer.shape_y, high * layer.shape_x
    layer.line([(x, level), (x, level - tall)], tint, high * 0.2)
    for side, low, top in ((-1, 0.35, 0.7), (1, 0.5, 0.85)):
        arm = [
            (x, level - low * tall),
            (x + side * 0.3 * wide, level - low * tall),
            (x + side * 0.3 * wide, level - top * tall),
        ]
        layer.line(arm, tint, high * 0.12)
