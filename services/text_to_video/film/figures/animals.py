"""Animals, and a dragon."""

import math
from dataclasses import dataclass

from services.text_to_video.film.canvas import Canvas, Point
from services.text_to_video.film.palette import Colour, Palette, mixed

WHITE = (255, 255, 255)
DARK = (24, 24, 32)


@dataclass(frozen=True, slots=True)
class _Beast:
    """A body on four legs, looking to the right."""

    coat: Colour
    middle: Point
    wide: float
    high: float
    leg: float
    thick: float
    stride: float = 0.05


def lion(canvas: Canvas, colours: Palette, beat: float, _: bool) -> None:
    """Draw a lion that walks."""
    fur, mane = mixed((222, 168, 88), colours.accent, 0.12), mixed((146, 82, 34), colours.near, 0.15)
    _four_legs(canvas, _Beast(fur, (0.46, 0.6), 0.27, 0.13, 0.34, 0.062), beat)
    tail = 0.05 * math.sin(beat)
    canvas.line([(0.21, 0.56), (0.12, 0.5 + tail), (0.08, 0.38 + tail)], fur, 0.026)
    canvas.disc((0.08, 0.37 + tail), 0.034, mane)
    nod = 0.012 * math.sin(beat * 2)
    for turn in range(16):
        angle = turn * math.pi / 8
        spot = (0.74 + 0.13 * math.cos(angle), 0.44 + nod + 0.14 * math.sin(angle))
        canvas.disc(spot, 0.064, mixed(mane, fur, 0.15 * (turn % 2)))
    canvas.disc((0.75, 0.44 + nod), 0.12, fur)
    canvas.oval((0.785, 0.495 + nod), 0.066, 0.052, mixed(fur, WHITE, 0.45))
    canvas.shape([(0.79, 0.45 + nod), (0.84, 0.45 + nod), (0.815, 0.48 + nod)], (70, 40, 34))
    canvas.line([(0.815, 0.48 + nod), (0.812, 0.51 + nod), (0.785, 0.515 + nod)], (70, 40, 34), 0.008)
    for side in (-1, 1):
        canvas.oval((0.77 + side * 0.045, 0.405 + nod), 0.013, 0.017, DARK)
        canvas.disc((0.74 + side * 0.09, 0.335 + nod), 0.032, mixed(mane, fur, 0.4))


def cat(canvas: Canvas, colours: Palette, beat: float, _: bool) -> None:
    """Draw a cat that walks with its tail up."""
    coat = mixed((70, 66, 78), colours.far, 0.15)
    _four_legs(canvas, _Beast(coat, (0.46, 0.64), 0.24, 0.1, 0.3, 0.045, 0.045), beat)
    wag = 0.05 * math.sin(beat)
    canvas.line([(0.24, 0.6), (0.15, 0.52), (0.15 + wag, 0.36), (0.2 + wag * 1.6, 0.27)], coat, 0.036)
    nod = 0.01 * math.sin(beat * 2)
    for side in (-1, 1):
        x = 0.73 + side * 0.07
        canvas.shape([(x - 0.05, 0.45 + nod), (x + 0.05, 0.45 + nod), (x + side * 0.028, 0.33 + nod)], coat)
        canvas.shape(
            [(x - 0.022, 0.43 + nod), (x + 0.022, 0.43 + nod), (x + side * 0.02, 0.37 + nod)], (226, 160, 160)
        )
    canvas.oval((0.73, 0.5 + nod), 0.125, 0.105, coat)
    canvas.oval((0.76, 0.545 + nod), 0.06, 0.042, mixed(coat, WHITE, 0.75))
    for side in (-1, 1):
        canvas.oval((0.745 + side * 0.052, 0.485 + nod), 0.026, 0.028, (196, 226, 110))
        canvas.oval((0.75 + side * 0.052, 0.485 + nod), 0.009, 0.023, DARK)
        for lift in (-0.012, 0.012):
            canvas.line(
                [(0.765 + side * 0.035, 0.548 + nod), (0.765 + side * 0.13, 0.548 + lift * 2 + nod)],
                WHITE,
                0.005,
                190,
            )
    canvas.shape([(0.745, 0.525 + nod), (0.785, 0.525 + nod), (0.765, 0.545 + nod)], (226, 140, 140))


def dog(canvas: Canvas, colours: Palette, beat: float, _: bool) -> None:
    """Draw a dog that trots and wags its tail."""
    coat, patch = mixed((206, 150, 92), colours.accent, 0.08), (120, 76, 44)
    _four_legs(canvas, _Beast(coat, (0.46, 0.62), 0.25, 0.115, 0.32, 0.055, 0.07), beat)
    canvas.oval((0.4, 0.58), 0.1, 0.07, patch)
    wag = 0.07 * math.sin(beat * 2)
    canvas.line([(0.22, 0.56), (0.13 + wag, 0.4)], coat, 0.04)
    nod = 0.014 * math.sin(beat * 2)
    canvas.disc((0.72, 0.45 + nod), 0.115, coat)
    canvas.oval((0.81, 0.485 + nod), 0.085, 0.055, mixed(coat, WHITE, 0.45))
    canvas.oval((0.88, 0.465 + nod), 0.026, 0.022, DARK)
    canvas.line([(0.86, 0.515 + nod), (0.79, 0.522 + nod)], (110, 50, 50), 0.01)
    canvas.oval((0.81, 0.55 + nod), 0.022, 0.036, (232, 110, 120))
    canvas.oval((0.63, 0.45 + nod), 0.048, 0.105, patch)
    canvas.disc((0.745, 0.425 + nod), 0.018, DARK)
    canvas.disc((0.75, 0.42 + nod), 0.006, WHITE)
    canvas.line([(0.64, 0.56), (0.76, 0.575)], (200, 60, 60), 0.026)


def horse(canvas: Canvas, colours: Palette, beat: float, _: bool) -> None:
    """Draw a horse that trots."""
    coat, mane = mixed((150, 92, 56), colours.near, 0.1), (58, 34, 24)
    _four_legs(canvas, _Beast(coat, (0.43, 0.54), 0.25, 0.12, 0.42, 0.052, 0.08), beat)
    wave = 0.03 * math.sin(beat)
    canvas.line([(0.19, 0.5), (0.11, 0.56 + wave), (0.09, 0.72 + wave)], mane, 0.05)
    nod = 0.016 * math.sin(beat)
    canvas.shape([(0.55, 0.5), (0.68, 0.58), (0.83, 0.26 + nod), (0.7, 0.2 + nod)], coat)
    canvas.shape(
        [(0.68, 0.19 + nod), (0.84, 0.24 + nod), (0.94, 0.37 + nod), (0.88, 0.42 + nod), (0.74, 0.36 + nod)],
        coat,
    )
    canvas.line([(0.56, 0.46), (0.63, 0.34), (0.7, 0.2 + nod)], mane, 0.05)
    canvas.shape([(0.7, 0.21 + nod), (0.75, 0.21 + nod), (0.73, 0.12 + nod)], coat)
    canvas.disc((0.8, 0.28 + nod), 0.014, DARK)
    canvas.disc((0.9, 0.37 + nod), 0.009, DARK)


def elephant(canvas: Canvas, colours: Palette, beat: float, _: bool) -> None:
    """Draw an elephant that swings its trunk."""
    skin = mixed((140, 142, 156), colours.far, 0.15)
    _four_legs(canvas, _Beast(skin, (0.42, 0.52), 0.28, 0.2, 0.42, 0.1, 0.035), beat)
    canvas.line([(0.15, 0.5), (0.1, 0.66 + 0.02 * math.sin(beat))], skin, 0.018)
    sway = 0.05 * math.sin(beat)
    canvas.line([(0.83, 0.48), (0.9, 0.62), (0.89 + sway, 0.76), (0.93 + sway * 1.6, 0.83)], skin, 0.07)
    canvas.disc((0.73, 0.4), 0.155, skin)
    canvas.line([(0.8, 0.53), (0.88, 0.57), (0.94, 0.53)], (246, 240, 222), 0.026)
    flap = 0.02 * math.sin(beat)
    canvas.oval((0.63 - flap, 0.4), 0.1 + flap, 0.15, mixed(skin, DARK, 0.16))
    canvas.oval((0.64 - flap, 0.41), 0.066 + flap, 0.11, mixed(skin, (220, 150, 150), 0.3))
    canvas.disc((0.79, 0.36), 0.016, DARK)


def bird(canvas: Canvas, colours: Palette, beat: float, _: bool) -> None:
    """Draw a bird that beats its wings."""
    wing, body = 0.26 * math.sin(beat * 2), mixed((244, 244, 248), colours.horizon, 0.12)
    far = mixed(body, DARK, 0.2)
    canvas.shape([(0.42, 0.5), (0.56, 0.49), (0.44, 0.42 - wing), (0.28, 0.4 - wing * 1.5)], far)
    canvas.shape([(0.34, 0.5), (0.2, 0.46), (0.2, 0.56)], far)
    canvas.oval((0.5, 0.51), 0.17, 0.07, body)
    canvas.shape(
        [(0.44, 0.5), (0.6, 0.5), (0.52, 0.43 - wing), (0.36, 0.36 - wing * 1.6)], mixed(body, DARK, 0.07)
    )
    canvas.disc((0.66, 0.47), 0.06, body)
    canvas.shape([(0.71, 0.455), (0.71, 0.495), (0.8, 0.48)], (240, 160, 40))
    canvas.disc((0.68, 0.46), 0.012, DARK)


def owl(canvas: Canvas, colours: Palette, beat: float, _: bool) -> None:
    """Draw an owl on a branch that turns its head and blinks."""
    brown = mixed((134, 94, 62), colours.accent, 0.1)
    canvas.line([(0.05, 0.86), (0.95, 0.84)], mixed((74, 50, 34), colours.near, 0.3), 0.06)
    canvas.oval((0.5, 0.6), 0.22, 0.27, brown)
    canvas.oval((0.5, 0.66), 0.15, 0.19, mixed(brown, WHITE, 0.5))
    for row in range(3):
        for column in range(3 - row % 2):
            spot = (0.43 + 0.07 * column + 0.035 * (row % 2), 0.6 + row * 0.065)
            canvas.shape(
                [(spot[0] - 0.02, spot[1]), (spot[0] + 0.02, spot[1]), (spot[0], spot[1] + 0.03)], brown
            )
    for side in (-1, 1):
        canvas.oval((0.5 + side * 0.19, 0.62), 0.07, 0.2, mixed(brown, DARK, 0.25))
        canvas.line([(0.5 + side * 0.07, 0.85), (0.5 + side * 0.07, 0.88)], (236, 160, 60), 0.04)
    turn = 0.03 * math.sin(beat)
    canvas.oval((0.5 + turn, 0.34), 0.2, 0.17, brown)
    blink = 0.25 if math.cos(beat) > 0.93 else 1.0
    for side in (-1, 1):
        canvas.shape(
            [
                (0.5 + turn + side * 0.06, 0.21),
                (0.5 + turn + side * 0.19, 0.27),
                (0.5 + turn + side * 0.19, 0.12),
            ],
            brown,
        )
        eye = (0.5 + turn * 1.6 + side * 0.085, 0.34)
        canvas.disc(eye, 0.08, mixed(brown, WHITE, 0.6))
        canvas.oval(eye, 0.055, 0.055 * blink, (250, 200, 70))
        canvas.oval(eye, 0.028, 0.03 * blink, DARK)
    canvas.shape(
        [(0.47 + turn * 1.6, 0.38), (0.53 + turn * 1.6, 0.38), (0.5 + turn * 1.6, 0.44)], (236, 160, 60)
    )


def butterfly(canvas: Canvas, colours: Palette, beat: float, _: bool) -> None:
    """Draw a butterfly that opens and closes its wings."""
    open_share = 0.35 + 0.65 * abs(math.cos(beat * 2))
    tint, edge = mixed(colours.accent, (255, 120, 60), 0.35), mixed(colours.near, (60, 20, 60), 0.5)
    for side in (-1, 1):
        for y, wide, high in ((0.38, 0.19, 0.17), (0.64, 0.14, 0.13)):
            spot = (0.5 + side * wide * open_share * 1.05, y)
            canvas.oval(spot, wide * open_share, high, edge)
            canvas.oval(spot, wide * open_share * 0.82, high * 0.82, tint)
            canvas.oval(spot, wide * open_share * 0.4, high * 0.4, mixed(tint, WHITE, 0.55))
        canvas.line([(0.5, 0.3), (0.5 + side * 0.08, 0.16)], DARK, 0.012)
    canvas.line([(0.5, 0.3), (0.5, 0.74)], DARK, 0.045)


def fish(canvas: Canvas, colours: Palette, beat: float, _: bool) -> None:
    """Draw three fish that swim together."""
    for x, y, size, lead in ((0.62, 0.4, 1.0, 0.0), (0.3, 0.66, 0.66, 1.2), (0.26, 0.26, 0.5, 2.3)):
        tint = mixed((255, 140, 50), colours.accent, 0.3 * lead / 2.3)
        wag = 0.06 * size * math.sin(beat * 2 + lead)
        lift = y + 0.02 * math.sin(beat + lead)
        tail = x - 0.17 * size
        canvas.shape(
            [
                (tail, lift),
                (tail - 0.12 * size, lift - 0.1 * size + wag),
                (tail - 0.12 * size, lift + 0.1 * size + wag),
            ],
            mixed(tint, DARK, 0.12),
        )
        canvas.shape(
            [
                (x - 0.08 * size, lift - 0.07 * size),
                (x + 0.06 * size, lift - 0.08 * size),
                (x - 0.05 * size, lift - 0.19 * size),
            ],
            mixed(tint, DARK, 0.18),
        )
        canvas.oval((x, lift), 0.2 * size, 0.115 * size, tint)
        for stripe in (-0.03, 0.085):
            canvas.line(
                [(x + stripe * size, lift - 0.09 * size), (x + stripe * size, lift + 0.09 * size)],
                mixed(WHITE, tint, 0.1),
                0.03 * size,
            )
        canvas.disc((x + 0.135 * size, lift - 0.025 * size), 0.026 * size, WHITE)
        canvas.disc((x + 0.14 * size, lift - 0.025 * size), 0.014 * size, DARK)


def whale(canvas: Canvas, colours: Palette, beat: float, _: bool) -> None:
    """Draw a whale whose fluke beats slowly."""
    skin = mixed((62, 92, 132), colours.far, 0.2)
    beat_y = 0.05 * math.sin(beat)
    canvas.shape([(0.2, 0.5), (0.02, 0.36 + beat_y), (0.1, 0.52), (0.03, 0.62 + beat_y), (0.22, 0.58)], skin)
    canvas.shape([(0.12, 0.48), (0.42, 0.36), (0.42, 0.7), (0.18, 0.58)], skin)
    canvas.oval((0.6, 0.52), 0.34, 0.2, skin)
    canvas.oval((0.63, 0.62), 0.27, 0.095, mixed(skin, (235, 240, 245), 0.7))
    for number in range(4):
        y = 0.59 + number * 0.025
        canvas.line([(0.66, y), (0.86 - number * 0.03, y - 0.005)], skin, 0.006, 150)
    canvas.line([(0.8, 0.545), (0.9, 0.53)], mixed(skin, (10, 14, 24), 0.5), 0.01)
    canvas.shape([(0.5, 0.6), (0.62, 0.62), (0.48, 0.76 + beat_y)], mixed(skin, (10, 14, 24), 0.2))
    canvas.disc((0.8, 0.475), 0.022, (245, 248, 250))
    canvas.disc((0.806, 0.478), 0.012, (14, 16, 24))


def dragon(canvas: Canvas, colours: Palette, beat: float, _: bool) -> None:
    """Draw a dragon that beats its wings and breathes fire."""
    skin, wing = mixed((66, 140, 92), colours.near, 0.15), mixed((150, 60, 70), colours.accent, 0.15)
    lift, beatup = 0.02 * math.sin(beat), 0.16 * math.sin(beat)
    body = [(0.08, 0.72), (0.2, 0.76), (0.34, 0.66), (0.48, 0.58), (0.6, 0.52), (0.68, 0.4), (0.74, 0.32)]
    canvas.shape(
        [
            (0.36, 0.58 + lift),
            (0.56, 0.54 + lift),
            (0.5, 0.26 - beatup + lift),
            (0.34, 0.2 - beatup + lift),
            (0.24, 0.34 - beatup + lift),
        ],
        mixed(wing, DARK, 0.3),
    )
    for number, (x, y) in enumerate(body[:-1]):
        canvas.line(
            [(x, y + lift), (body[number + 1][0], body[number + 1][1] + lift)],
            skin,
            0.03 + 0.03 * min(number, 3.4),
        )
    canvas.oval((0.47, 0.6 + lift), 0.16, 0.1, skin)
    canvas.oval((0.49, 0.635 + lift), 0.11, 0.055, mixed(skin, (240, 220, 150), 0.6))
    canvas.shape([(0.04, 0.74 + lift), (0.13, 0.66 + lift), (0.13, 0.8 + lift)], skin)
    for x in (0.42, 0.56):
        canvas.line([(x, 0.66 + lift), (x - 0.01, 0.78 + lift), (x + 0.04, 0.8 + lift)], skin, 0.05)
    canvas.shape(
        [
            (0.4, 0.58 + lift),
            (0.58, 0.55 + lift),
            (0.56, 0.3 - beatup + lift),
            (0.44, 0.16 - beatup + lift),
            (0.3, 0.26 - beatup + lift),
        ],
        wing,
    )
    canvas.oval((0.78, 0.3 + lift), 0.1, 0.075, skin)
    canvas.shape([(0.82, 0.25 + lift), (0.93, 0.3 + lift), (0.92, 0.36 + lift), (0.8, 0.36 + lift)], skin)
    canvas.shape([(0.7, 0.26 + lift), (0.76, 0.24 + lift), (0.66, 0.14 + lift)], (240, 220, 160))
    canvas.disc((0.8, 0.27 + lift), 0.02, (250, 220, 80))
    canvas.disc((0.805, 0.27 + lift), 0.008, DARK)
    flame = 0.5 + 0.5 * math.sin(beat * 2)
    if flame > 0.3:
        canvas.shape(
            [(0.92, 0.33 + lift), (1.0, 0.3 + lift), (0.99, 0.36 + lift + 0.05 * flame)], (255, 160, 50)
        )


def _four_legs(canvas: Canvas, beast: _Beast, beat: float) -> None:
    x, y = beast.middle
    for number, share in enumerate((-0.72, 0.55, -0.5, 0.78)):
        top = (x + share * beast.wide, y + beast.high * 0.5)
        step = beast.stride * math.sin(beat + number * math.pi / 2 + (math.pi if number > 1 else 0))
        raised = 0.03 * max(0.0, math.cos(beat + number * math.pi / 2 + (math.pi if number > 1 else 0)))
        foot = (top[0] + step * 1.5, y + beast.leg - raised)
        knee = (top[0] + step * 0.4, (top[1] + foot[1]) / 2)
        tint = mixed(beast.coat, DARK, 0.22 if number < 2 else 0.06)
        canvas.line([top, knee, foot], tint, beast.thick)
        canvas.line([foot, (foot[0] + beast.thick * 0.4, foot[1])], tint, beast.thick * 0.8)
    canvas.oval(beast.middle, beast.wide, beast.high, beast.coat)
    canvas.oval(
        (x, y + beast.high * 0.45), beast.wide * 0.7, beast.high * 0.45, mixed(beast.coat, WHITE, 0.1), 130
    )
