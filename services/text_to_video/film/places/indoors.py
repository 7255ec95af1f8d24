"""Rooms, and things laid on tables."""

import math

import numpy as np

from services.text_to_video.film.canvas import Canvas
from services.text_to_video.film.palette import Colour, mixed
from services.text_to_video.film.places.setting import WHITE, Layers, Setting


def disco(layers: Layers, setting: Setting) -> None:
    """Paint a dance floor with a mirror ball and beams of light."""
    back, middle, _ = layers
    colours = setting.colours
    back.sky(colours.sky, colours.horizon, end=0.75)
    for number in range(7):
        x = 0.08 + number * 0.14
        tint = mixed(colours.accent, colours.far, setting.between(0, 0.9))
        foot = x + setting.between(-0.25, 0.25)
        back.shape([(x - 0.008, 0), (x + 0.008, 0), (foot + 0.09, 0.78), (foot - 0.09, 0.78)], tint, 70)
    for row in range(6):
        top, bottom = 0.7 + 0.05 * row**1.12, 0.7 + 0.05 * (row + 1) ** 1.12
        for column in range(-9, 10):
            near, far = 0.055 + 0.02 * (row + 1), 0.055 + 0.02 * row
            glow = setting.between(0, 0.85) if (row + column) % 2 else 0.12
            quad = [
                (0.5 + column * far, top),
                (0.5 + (column + 1) * far, top),
                (0.5 + (column + 1) * near, bottom),
                (0.5 + column * near, bottom),
            ]
            back.shape(quad, mixed(colours.near, colours.accent, glow))
    _mirror_ball(middle, (0.8, 0.24), setting)


def stage(layers: Layers, setting: Setting) -> None:
    """Paint a stage between curtains, under spotlights, before a crowd."""
    back, middle, front = layers
    colours = setting.colours
    back.sky(colours.sky, colours.horizon, end=0.85)
    for number, x in enumerate((0.2, 0.4, 0.6, 0.8)):
        foot = 0.5 + (number - 1.5) * 0.06
        wide = 0.13 * max(1.0, back.shape_x * 1.2)
        back.shape(
            [(x - 0.01, 0), (x + 0.01, 0), (foot + wide, 0.82), (foot - wide, 0.82)],
            mixed(colours.accent, WHITE, 0.3),
            34,
        )
        back.disc((x, 0.015), 0.022, mixed(colours.accent, WHITE, 0.6))
    back.box(-0.1, 0.8, 1.1, 1.1, mixed(colours.middle, (110, 70, 40), 0.45))
    back.oval((0.5, 0.84), 0.42, 0.05, mixed(colours.accent, WHITE, 0.4), 90)
    for side in (0, 1):
        for fold in range(6):
            left = fold * 0.034 if side == 0 else 1 - (fold + 1) * 0.034
            tint = mixed(colours.far, (170, 24, 44), 0.6)
            shade = mixed(tint, (0, 0, 0), 0.35 * (fold % 2))
            middle.shape(
                [
                    (left, -0.1),
                    (left + 0.036, -0.1),
                    (left + 0.036, 0.86 - 0.01 * fold),
                    (left, 0.86 - 0.01 * fold),
                ],
                shade,
            )
    for row, level in enumerate((0.985, 1.02)):
        for number in range(15):
            x = (number + 0.5 * (row % 2) + setting.between(-0.2, 0.2)) / 14.5
            head = (x, level - 0.035)
            front.disc(head, 0.036, colours.near)
            front.oval((x, level + 0.03), 0.062, 0.055, colours.near)
            if setting.between(0, 1) < 0.35:
                tip = (x + setting.between(-0.03, 0.03), level - setting.between(0.1, 0.16) * front.shape_y)
                front.line([(x + 0.03, level + 0.02), tip], colours.near, 0.02)


def home(layers: Layers, setting: Setting) -> None:
    """Paint a room with a window, a lamp and a sofa."""
    back, middle, front = layers
    colours = setting.colours
    back.sky(colours.sky, mixed(colours.sky, colours.horizon, 0.5))
    day = (40, 54, 100) if setting.night else (150, 190, 225)
    back.box(0.1, 0.2, 0.42, 0.6, mixed(colours.near, WHITE, 0.7))
    back.box(0.113, 0.22, 0.407, 0.58, day)
    moon = (0.335, 0.3)
    back.disc(moon, 0.035, (246, 244, 226) if setting.night else mixed(colours.accent, WHITE, 0.6))
    hill = mixed((96, 140, 110), (20, 30, 60), 0.6 if setting.night else 0.0)
    back.shape(
        [(0.113, 0.58), (0.113, 0.5), (0.2, 0.44), (0.28, 0.52), (0.36, 0.46), (0.407, 0.52), (0.407, 0.58)],
        hill,
    )
    back.box(0.255, 0.22, 0.265, 0.58, mixed(colours.near, WHITE, 0.7))
    back.box(0.113, 0.39, 0.407, 0.4, mixed(colours.near, WHITE, 0.7))
    for left in (0.065, 0.4):
        back.box(left, 0.17, left + 0.055, 0.66, mixed(colours.accent, colours.far, 0.55))
    back.box(-0.1, 0.78, 1.1, 1.1, colours.middle)
    back.box(-0.1, 0.77, 1.1, 0.79, mixed(colours.near, WHITE, 0.35))
    for number in range(3):
        left = 0.54 + number * 0.1
        back.box(left, 0.26, left + 0.08, 0.4 + 0.02 * number, mixed(colours.near, WHITE, 0.5))
        back.box(
            left + 0.008,
            0.272,
            left + 0.072,
            0.388 + 0.02 * number,
            mixed(colours.far, colours.accent, 0.3 * number),
        )
    middle.oval((0.42, 0.9), 0.62, 0.06, mixed(colours.accent, colours.middle, 0.65))
    middle.glow((0.87, 0.42), 0.5, colours.accent, 0.55)
    middle.line([(0.87, 0.44), (0.87, 0.86)], colours.near, 0.01)
    wide = middle.shape_x
    middle.shape(
        [
            (0.87 - 0.08 * wide, 0.47),
            (0.87 + 0.08 * wide, 0.47),
            (0.87 + 0.05 * wide, 0.36),
            (0.87 - 0.05 * wide, 0.36),
        ],
        mixed(colours.accent, WHITE, 0.4),
    )
    middle.oval((0.87, 0.865), 0.05, 0.012, colours.near)
    middle.box(0.12, 0.58, 0.58, 0.82, colours.far)
    middle.box(0.14, 0.7, 0.345, 0.8, mixed(colours.far, WHITE, 0.14))
    middle.box(0.355, 0.7, 0.56, 0.8, mixed(colours.far, WHITE, 0.14))
    middle.box(0.09, 0.66, 0.15, 0.86, mixed(colours.far, colours.near, 0.35))
    middle.box(0.55, 0.66, 0.61, 0.86, mixed(colours.far, colours.near, 0.35))
    middle.box(0.12, 0.8, 0.58, 0.86, mixed(colours.far, colours.near, 0.2))
    front.oval((1.0, 0.9), 0.1, 0.14, mixed((70, 120, 70), colours.near, 0.35))
    front.box(0.955, 0.95, 1.05, 1.1, mixed(colours.far, (190, 110, 70), 0.5))


def food(layers: Layers, setting: Setting) -> None:
    """Paint a laid table in warm light."""
    back, middle, front = layers
    colours = setting.colours
    back.sky(colours.sky, colours.horizon, end=0.8)
    for _ in range(22):
        tint = mixed(colours.accent, colours.horizon, setting.between(0, 1))
        back.disc((setting.between(0, 1), setting.between(0, 0.6)), setting.between(0.02, 0.07), tint, 75)
    back.blurred(0.006)
    middle.box(-0.1, 0.7, 1.1, 1.1, colours.middle)
    for number in range(12):
        y = 0.73 + number * 0.026
        middle.line([(0, y), (1, y)], colours.near, 0.003, 90)
    middle.oval((0.5, 0.85), 0.66, 0.1, mixed(colours.horizon, WHITE, 0.55))
    middle.oval((0.5, 0.85), 0.6, 0.085, mixed(colours.accent, WHITE, 0.72))
    _bottle(middle, 0.12, 0.8, setting)
    _fruit_bowl(middle, 0.81, 0.8, setting)
    front.glow((0.1, 0.1), 0.6, colours.accent, 0.25)


def school(layers: Layers, setting: Setting) -> None:
    """Paint a classroom with a board; the drawings on it teach nothing in particular."""
    back, middle, front = layers
    colours = setting.colours
    back.sky(colours.sky, colours.horizon)
    back.box(0.12, 0.2, 0.88, 0.66, mixed(colours.near, (140, 96, 56), 0.5))
    back.box(0.135, 0.22, 0.865, 0.64, colours.far)
    chalk = mixed(colours.far, WHITE, 0.75)
    wave = [(0.5 + n / 90, 0.47 - 0.06 * math.sin(n / 4)) for n in range(28)]
    back.line(wave, chalk, 0.006)
    back.line([(0.5, 0.56), (0.5, 0.34)], chalk, 0.004)
    back.line([(0.49, 0.48), (0.83, 0.48)], chalk, 0.004)
    ring = [
        (0.24 + 0.08 * back.shape_x * math.cos(t), 0.4 + 0.08 * back.shape_y * math.sin(t))
        for t in np.linspace(0, 2 * math.pi, 40)
    ]
    back.line(ring, chalk, 0.005)
    back.line([(0.18, 0.57), (0.3, 0.57), (0.24, 0.5), (0.18, 0.57)], chalk, 0.005)
    back.box(-0.1, 0.8, 1.1, 1.1, mixed(colours.middle, colours.horizon, 0.3))
    middle.box(0.66, 0.66, 0.96, 0.7, mixed(colours.middle, WHITE, 0.08))
    for x in (0.68, 0.93):
        middle.box(x, 0.7, x + 0.015, 0.86, colours.middle)
    for number, tint in enumerate(((190, 70, 70), (70, 110, 170), (220, 180, 80))):
        middle.box(
            0.72,
            0.635 - number * 0.024,
            0.82 - 0.01 * number,
            0.658 - number * 0.024,
            mixed(tint, colours.middle, 0.2),
        )
    middle.disc((0.9, 0.635), 0.025, (200, 60, 60))
    for number in range(6):
        x = (number + 0.5) / 6
        front.disc((x, 0.955), 0.045, mixed(colours.near, (40, 26, 20), 0.5))
        front.oval(
            (x, 1.03),
            0.09,
            0.08,
            mixed(((120, 60, 60), (60, 80, 120), (90, 110, 70))[number % 3], colours.near, 0.4),
        )


def hospital(layers: Layers, setting: Setting) -> None:
    """Paint a bright ward with a bed and a monitor."""
    back, middle, front = layers
    colours = setting.colours
    back.sky(colours.sky, colours.horizon)
    back.box(0.62, 0.2, 0.94, 0.56, mixed(colours.horizon, WHITE, 0.7))
    back.box(0.635, 0.22, 0.925, 0.54, mixed(colours.sky, (150, 200, 240), 0.5))
    back.box(0.775, 0.22, 0.785, 0.54, mixed(colours.horizon, WHITE, 0.7))
    wide, tall = back.shape_x, back.shape_y
    back.disc((0.16, 0.34), 0.085, WHITE)
    back.box(0.16 - 0.05 * wide, 0.34 - 0.017 * tall, 0.16 + 0.05 * wide, 0.34 + 0.017 * tall, colours.accent)
    back.box(0.16 - 0.017 * wide, 0.34 - 0.05 * tall, 0.16 + 0.017 * wide, 0.34 + 0.05 * tall, colours.accent)
    back.box(-0.1, 0.79, 1.1, 1.1, mixed(colours.middle, WHITE, 0.4))
    middle.box(0.3, 0.3, 0.44, 0.46, mixed(colours.near, (20, 30, 40), 0.5))
    beat = [(0.31, 0.39), (0.34, 0.39), (0.35, 0.34), (0.365, 0.43), (0.375, 0.39), (0.43, 0.39)]
    middle.line(beat, (110, 240, 150), 0.006)
    middle.line([(0.37, 0.46), (0.37, 0.82)], colours.middle, 0.012)
    middle.box(0.56, 0.64, 0.98, 0.72, WHITE)
    middle.box(0.7, 0.63, 0.98, 0.75, mixed(colours.far, WHITE, 0.25))
    middle.box(0.555, 0.52, 0.57, 0.86, colours.middle)
    middle.box(0.97, 0.6, 0.985, 0.86, colours.middle)
    middle.oval((0.61, 0.625), 0.06, 0.025, mixed(WHITE, colours.far, 0.1))
    front.box(-0.1, 0.96, 1.1, 1.1, mixed(colours.middle, WHITE, 0.2))


def lab(layers: Layers, setting: Setting) -> None:
    """Paint a wall of machines with lights and wheels."""
    back, middle, front = layers
    colours = setting.colours
    back.sky(colours.sky, colours.horizon)
    step_x, step_y = 0.05 * back.shape_x, 0.062 * back.shape_y
    wide = 5 * step_x
    left = -0.05
    while left < 1:
        back.box(left, 0.16, left + wide * 0.88, 0.82, colours.far)
        for y in np.arange(0.2, 0.78, step_y).tolist():
            for column in range(4):
                tint = colours.accent if setting.between(0, 1) < 0.4 else colours.middle
                back.disc((left + step_x * (column + 0.7), y), 0.011, tint)
        left += wide
    for x, y, radius in ((0.14, 0.62, 0.16), (0.88, 0.36, 0.13)):
        _wheel(middle, (x, y), radius, setting)
    for x in (0.32, 0.7):
        _flask(middle, x, 0.84, 0.14, setting)
    middle.box(-0.1, 0.84, 1.1, 0.88, mixed(colours.middle, WHITE, 0.18))
    front.box(-0.1, 0.88, 1.1, 1.1, mixed(colours.near, colours.middle, 0.25))


def _mirror_ball(layer: Canvas, centre: tuple[float, float], setting: Setting) -> None:
    colours = setting.colours
    radius = 0.095
    layer.line([(centre[0], 0), centre], colours.near, 0.005)
    layer.glow(centre, 0.34, colours.accent, 0.45)
    layer.ball(centre, radius, mixed(colours.far, WHITE, 0.45), mixed(colours.far, (0, 0, 0), 0.4))
    for latitude in np.linspace(-1.3, 1.3, 11):
        for longitude in np.linspace(-1.3, 1.3, 11):
            across = math.sin(longitude) * math.cos(latitude)
            x = centre[0] + radius * 0.95 * across * layer.shape_x
            y = centre[1] + radius * 0.95 * math.sin(latitude) * layer.shape_y
            half = 0.0072 * max(0.3, math.cos(longitude)) * layer.shape_x
            tall = 0.0072 * layer.shape_y
            bright = mixed(colours.accent, WHITE, setting.between(0, 1))
            layer.box(x - half, y - tall, x + half, y + tall, bright, int(setting.between(90, 250)))


def _bottle(layer: Canvas, x: float, foot: float, setting: Setting) -> None:
    glass = mixed((60, 96, 70), setting.colours.near, 0.3)
    wide, tall = layer.shape_x, layer.shape_y
    layer.box(x - 0.035 * wide, foot - 0.2 * tall, x + 0.035 * wide, foot, glass)
    layer.oval((x, foot - 0.2 * tall), 0.035, 0.05, glass)
    layer.box(x - 0.013 * wide, foot - 0.33 * tall, x + 0.013 * wide, foot - 0.2 * tall, glass)
    layer.box(
        x - 0.035 * wide,
        foot - 0.15 * tall,
        x + 0.035 * wide,
        foot - 0.06 * tall,
        mixed((244, 232, 206), setting.colours.horizon, 0.2),
    )


def _fruit_bowl(layer: Canvas, x: float, foot: float, setting: Setting) -> None:
    wide, tall = layer.shape_x, layer.shape_y
    for shift, lift, light, dark in (
        (-0.06, 0.1, (240, 90, 70), (130, 20, 30)),
        (0.05, 0.105, (250, 200, 80), (190, 110, 20)),
        (0.0, 0.14, (150, 200, 90), (60, 110, 40)),
    ):
        layer.ball((x + shift * wide, foot - lift * tall), 0.045, light, dark)
    bowl = mixed(setting.colours.horizon, WHITE, 0.5)
    layer.shape(
        [
            (x - 0.13 * wide, foot - 0.08 * tall),
            (x + 0.13 * wide, foot - 0.08 * tall),
            (x + 0.06 * wide, foot),
            (x - 0.06 * wide, foot),
        ],
        bowl,
    )


def _wheel(layer: Canvas, centre: tuple[float, float], radius: float, setting: Setting) -> None:
    colours = setting.colours
    for turn in range(10):
        angle = turn * math.pi / 5
        tip = (
            centre[0] + radius * 1.12 * math.cos(angle) * layer.shape_x,
            centre[1] + radius * 1.12 * math.sin(angle) * layer.shape_y,
        )
        layer.line([centre, tip], colours.middle, radius * 0.34)
    layer.disc(centre, radius, colours.middle)
    layer.disc(centre, radius * 0.72, mixed(colours.middle, WHITE, 0.1))
    layer.disc(centre, radius * 0.35, mixed(colours.middle, colours.accent, 0.5))


def _flask(layer: Canvas, x: float, foot: float, high: float, setting: Setting) -> None:
    tall, wide = high * layer.shape_y, high * layer.shape_x
    glass: Colour = mixed(setting.colours.horizon, WHITE, 0.55)
    layer.shape(
        [
            (x - 0.12 * wide, foot - tall),
            (x + 0.12 * wide, foot - tall),
            (x + 0.12 * wide, foot - tall * 0.6),
            (x + 0.45 * wide, foot),
            (x - 0.45 * wide, foot),
            (x - 0.12 * wide, foot - tall * 0.6),
        ],
        glass,
        130,
    )
    layer.shape(
        [
            (x - 0.28 * wide, foot - tall * 0.34),
            (x + 0.28 * wide, foot - tall * 0.34),
            (x + 0.43 * wide, foot),
            (x - 0.43 * wide, foot),
        ],
        setting.colours.accent,
    )
