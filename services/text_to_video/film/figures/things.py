"""Vehicles and things."""

import math

from services.text_to_video.film.canvas import Canvas
from services.text_to_video.film.palette import Palette, mixed

WHITE = (255, 255, 255)
DARK = (24, 24, 32)


def ship(canvas: Canvas, colours: Palette, beat: float, _: bool) -> None:
    """Draw a sailing ship that rolls."""
    roll = 0.05 * math.sin(beat)
    hull, sail = mixed((110, 62, 36), colours.near, 0.25), mixed((250, 244, 230), colours.horizon, 0.15)

    def at(x: float, y: float) -> tuple[float, float]:
        return 0.5 + (x - 0.5) - (y - 0.75) * roll, y + (x - 0.5) * roll

    canvas.line([at(0.5, 0.75), at(0.5, 0.12)], hull, 0.02)
    canvas.line([at(0.34, 0.75), at(0.34, 0.3)], hull, 0.016)
    canvas.shape([at(0.52, 0.14), at(0.52, 0.66), at(0.84, 0.66)], sail)
    canvas.shape([at(0.48, 0.2), at(0.48, 0.66), at(0.37, 0.66)], mixed(sail, colours.far, 0.18))
    canvas.shape([at(0.33, 0.32), at(0.33, 0.66), at(0.14, 0.66)], mixed(sail, colours.far, 0.1))
    canvas.shape([at(0.5, 0.12), at(0.5, 0.06), at(0.6, 0.09)], colours.accent)
    canvas.shape([at(0.1, 0.7), at(0.92, 0.7), at(0.8, 0.86), at(0.2, 0.86)], hull)
    canvas.line([at(0.12, 0.74), at(0.9, 0.74)], colours.accent, 0.014)


def rocket(canvas: Canvas, colours: Palette, beat: float, _: bool) -> None:
    """Draw a rocket with a flickering flame."""
    body, drift = mixed((235, 238, 245), colours.horizon, 0.1), 0.012 * math.sin(beat)
    flame = 0.1 + 0.05 * abs(math.sin(beat * 3))
    canvas.shape([(0.43, 0.76 + drift), (0.57, 0.76 + drift), (0.5, 0.8 + flame + drift)], (255, 150, 40))
    canvas.shape(
        [(0.46, 0.76 + drift), (0.54, 0.76 + drift), (0.5, 0.78 + flame * 0.6 + drift)], (255, 235, 150)
    )
    for side in (-1, 1):
        canvas.shape(
            [
                (0.5 + side * 0.1, 0.55 + drift),
                (0.5 + side * 0.22, 0.8 + drift),
                (0.5 + side * 0.09, 0.74 + drift),
            ],
            colours.accent,
        )
    canvas.shape(
        [
            (0.39, 0.76 + drift),
            (0.39, 0.38 + drift),
            (0.43, 0.22 + drift),
            (0.5, 0.1 + drift),
            (0.57, 0.22 + drift),
            (0.61, 0.38 + drift),
            (0.61, 0.76 + drift),
        ],
        body,
    )
    canvas.shape([(0.43, 0.22 + drift), (0.5, 0.1 + drift), (0.57, 0.22 + drift)], colours.accent)
    canvas.disc((0.5, 0.4 + drift), 0.065, mixed(colours.near, body, 0.3))
    canvas.disc((0.5, 0.4 + drift), 0.048, (120, 200, 240))


def cup(canvas: Canvas, colours: Palette, beat: float, _: bool) -> None:
    """Draw a steaming cup."""
    china = mixed((248, 246, 240), colours.horizon, 0.1)
    for number in range(3):
        x = 0.4 + number * 0.1
        points = [(x + 0.022 * math.sin(beat + y * 0.9 + number), 0.4 - y * 0.035) for y in range(9)]
        canvas.line(points, WHITE, 0.016, 120)
    canvas.oval((0.5, 0.87), 0.36, 0.07, mixed(china, DARK, 0.12))
    handle = [(0.7 + 0.12 * math.sin(t / 5), 0.63 - 0.12 * math.cos(t / 5)) for t in range(17)]
    canvas.line(handle, china, 0.04)
    canvas.shape([(0.24, 0.46), (0.74, 0.46), (0.66, 0.86), (0.32, 0.86)], china)
    canvas.oval((0.49, 0.465), 0.25, 0.055, china)
    canvas.oval((0.49, 0.465), 0.22, 0.04, (84, 48, 28))
    canvas.line([(0.265, 0.6), (0.715, 0.6)], colours.accent, 0.025)


def phone(canvas: Canvas, colours: Palette, beat: float, _: bool) -> None:
    """Draw a phone with a moving picture."""
    float_up = 0.015 * math.sin(beat)
    canvas.box(0.33, 0.14 + float_up, 0.67, 0.88 + float_up, DARK)
    canvas.box(0.35, 0.17 + float_up, 0.65, 0.85 + float_up, mixed(colours.sky, colours.horizon, 0.4))
    for number in range(5):
        wide = 0.12 + 0.1 * abs(math.sin(beat + number))
        canvas.box(
            0.38,
            0.5 + number * 0.062 + float_up,
            0.38 + wide,
            0.53 + number * 0.062 + float_up,
            mixed(colours.accent, WHITE, 0.15 * number),
        )
    canvas.disc((0.5, 0.34 + float_up), 0.09, colours.accent)
    canvas.shape([(0.47, 0.29 + float_up), (0.47, 0.39 + float_up), (0.56, 0.34 + float_up)], WHITE)


def lamp(canvas: Canvas, colours: Palette, beat: float, _: bool) -> None:
    """Draw a lamp that glows."""
    canvas.glow((0.5, 0.4), 0.36 + 0.03 * math.sin(beat), mixed(colours.accent, WHITE, 0.4), 0.75)
    canvas.shape([(0.36, 0.46), (0.64, 0.46), (0.58, 0.26), (0.42, 0.26)], mixed(colours.accent, WHITE, 0.3))
    canvas.line([(0.5, 0.46), (0.5, 0.84)], mixed(DARK, colours.far, 0.3), 0.03)
    canvas.box(0.36, 0.83, 0.64, 0.88, DARK)
    canvas.box(0.4, 0.17, 0.6, 0.2, mixed(DARK, (60, 90, 160), 0.6))


def car(canvas: Canvas, colours: Palette, beat: float, _: bool) -> None:
    """Draw a car with turning wheels."""
    bump = 0.006 * math.sin(beat * 2)
    canvas.shape(
        [(0.24, 0.62 + bump), (0.34, 0.46 + bump), (0.64, 0.46 + bump), (0.76, 0.62 + bump)],
        mixed(colours.accent, DARK, 0.2),
    )
    canvas.shape(
        [(0.29, 0.61 + bump), (0.36, 0.49 + bump), (0.49, 0.49 + bump), (0.49, 0.61 + bump)], (170, 215, 240)
    )
    canvas.shape(
        [(0.52, 0.61 + bump), (0.52, 0.49 + bump), (0.62, 0.49 + bump), (0.7, 0.61 + bump)], (170, 215, 240)
    )
    canvas.box(0.08, 0.6 + bump, 0.92, 0.8 + bump, colours.accent)
    for x in (0.25, 0.75):
        canvas.disc((x, 0.81), 0.095, DARK)
        canvas.disc((x, 0.81), 0.05, (190, 195, 205))
        canvas.disc((x + 0.03 * math.cos(beat), 0.81 + 0.03 * math.sin(beat)), 0.012, DARK)
    canvas.disc((0.9, 0.66 + bump), 0.025, (255, 245, 190))


def plane(canvas: Canvas, colours: Palette, beat: float, _: bool) -> None:
    """Draw an aeroplane."""
    body, lift = mixed((240, 243, 248), colours.horizon, 0.08), 0.012 * math.sin(beat)
    canvas.shape(
        [(0.42, 0.48 + lift), (0.56, 0.48 + lift), (0.44, 0.28 + lift), (0.38, 0.28 + lift)],
        mixed(body, DARK, 0.2),
    )
    canvas.shape(
        [(0.12, 0.46 + lift), (0.22, 0.48 + lift), (0.14, 0.3 + lift), (0.08, 0.3 + lift)], colours.accent
    )
    canvas.oval((0.5, 0.52 + lift), 0.42, 0.075, body)
    canvas.oval((0.5, 0.555 + lift), 0.36, 0.035, colours.accent)
    for number in range(9):
        canvas.disc((0.28 + number * 0.055, 0.5 + lift), 0.016, (90, 130, 170))
    canvas.shape([(0.82, 0.47 + lift), (0.89, 0.5 + lift), (0.8, 0.505 + lift)], (90, 130, 170))
    canvas.shape(
        [(0.4, 0.54 + lift), (0.58, 0.54 + lift), (0.36, 0.74 + lift), (0.28, 0.74 + lift)],
        mixed(body, DARK, 0.1),
    )


def balloon(canvas: Canvas, colours: Palette, beat: float, _: bool) -> None:
    """Draw a hot-air balloon."""
    sway = 0.012 * math.sin(beat)
    for number in range(7):
        share = (number - 3) / 3.5
        tint = colours.accent if number % 2 else mixed(colours.accent, WHITE, 0.75)
        canvas.oval(
            (0.5 + sway + share * 0.17, 0.36),
            0.32 * math.sqrt(1 - share * share) * 0.42,
            0.31 * math.sqrt(1 - (share * 0.8) ** 2),
            tint,
        )
    for side in (-1, 1):
        canvas.line([(0.5 + sway + side * 0.16, 0.6), (0.5 + side * 0.055, 0.82)], (90, 66, 44), 0.008)
    canvas.box(0.435, 0.82, 0.565, 0.93, (150, 104, 62))
    canvas.line([(0.435, 0.83), (0.565, 0.83)], (100, 66, 38), 0.016)


def train(canvas: Canvas, colours: Palette, beat: float, _: bool) -> None:
    """Draw a steam locomotive."""
    body, bump = mixed((60, 70, 90), colours.near, 0.25), 0.005 * math.sin(beat * 2)
    for number in range(5):
        age = (beat / (2 * math.pi) + number / 5) % 1
        canvas.disc((0.76 - age * 0.6, 0.3 - age * 0.16), 0.035 + age * 0.07, WHITE, int(170 * (1 - age)))
    canvas.line([(0.0, 0.945), (1.0, 0.945)], mixed(DARK, colours.near, 0.4), 0.016)
    canvas.box(0.1, 0.42 + bump, 0.38, 0.82 + bump, colours.accent)
    canvas.box(0.07, 0.39 + bump, 0.41, 0.44 + bump, body)
    canvas.box(0.16, 0.49 + bump, 0.32, 0.62 + bump, (180, 215, 235))
    canvas.box(0.36, 0.54 + bump, 0.86, 0.8 + bump, body)
    canvas.oval((0.86, 0.67 + bump), 0.05, 0.13, mixed(body, WHITE, 0.2))
    for x in (0.48, 0.6, 0.72):
        canvas.line([(x, 0.54 + bump), (x, 0.8 + bump)], colours.accent, 0.012)
    canvas.box(0.73, 0.36 + bump, 0.79, 0.55 + bump, body)
    canvas.box(0.71, 0.33 + bump, 0.81, 0.38 + bump, colours.accent)
    canvas.shape([(0.84, 0.8), (0.97, 0.94), (0.84, 0.94)], mixed(body, DARK, 0.3))
    for x in (0.22, 0.46, 0.64):
        canvas.disc((x, 0.84), 0.1, DARK)
        canvas.disc((x, 0.84), 0.075, (176, 66, 60))
        for turn in range(3):
            angle = beat * 2 + turn * math.pi / 3
            dx, dy = 0.072 * math.cos(angle), 0.072 * math.sin(angle)
            canvas.line([(x - dx, 0.84 - dy), (x + dx, 0.84 + dy)], DARK, 0.012)
    pin = (0.045 * math.cos(beat * 2), 0.045 * math.sin(beat * 2))
    canvas.line([(0.22 + pin[0], 0.84 + pin[1]), (0.64 + pin[0], 0.84 + pin[1])], (200, 204, 212), 0.022)


def cake(canvas: Canvas, colours: Palette, beat: float, _: bool) -> None:
    """Draw a slice of cake with a berry and a candle."""
    cream, sponge = (252, 240, 222), (150, 96, 58)
    canvas.oval((0.5, 0.88), 0.42, 0.07, (246, 244, 240))
    canvas.oval((0.5, 0.87), 0.34, 0.05, (226, 222, 216))
    for number, tint in enumerate((sponge, cream, colours.accent, cream, sponge)):
        canvas.box(0.24, 0.76 - number * 0.068, 0.76, 0.85 - number * 0.068, tint)
    canvas.oval((0.5, 0.49), 0.27, 0.055, cream)
    for x, drop in ((0.28, 0.1), (0.42, 0.06), (0.57, 0.12), (0.7, 0.07)):
        canvas.line([(x, 0.5), (x, 0.5 + drop)], cream, 0.05)
    canvas.ball((0.62, 0.42), 0.06, (255, 110, 110), (150, 10, 30))
    canvas.line([(0.62, 0.37), (0.65, 0.31)], (90, 130, 60), 0.014)
    canvas.box(0.4, 0.28, 0.435, 0.48, mixed(colours.accent, WHITE, 0.6))
    flicker = 0.008 * math.sin(beat * 3)
    canvas.glow((0.418, 0.23), 0.16, (255, 210, 110), 0.7)
    canvas.oval((0.418 + flicker, 0.235), 0.02, 0.042, (255, 190, 70))
    canvas.oval((0.418 + flicker, 0.245), 0.01, 0.022, (255, 246, 210))


def book(canvas: Canvas, colours: Palette, beat: float, _: bool) -> None:
    """Draw an open book whose page turns."""
    cover, page = mixed(colours.accent, (120, 30, 40), 0.5), (250, 244, 228)
    canvas.shape([(0.06, 0.5), (0.5, 0.6), (0.94, 0.5), (0.94, 0.86), (0.5, 0.95), (0.06, 0.86)], cover)
    for side in (-1, 1):
        canvas.shape(
            [(0.5, 0.57), (0.5 + side * 0.41, 0.47), (0.5 + side * 0.41, 0.82), (0.5, 0.92)],
            mixed(page, DARK, 0.05 * (side > 0)),
        )
        for number in range(5):
            y = 0.58 + number * 0.055
            canvas.line(
                [(0.5 + side * 0.06, y + 0.02), (0.5 + side * 0.35, y - 0.045)], (168, 156, 140), 0.01
            )
    turn = math.cos(beat)
    canvas.shape(
        [
            (0.5, 0.57),
            (0.5 + turn * 0.38, 0.44 - 0.1 * abs(math.sin(beat))),
            (0.5 + turn * 0.38, 0.79 - 0.1 * abs(math.sin(beat))),
            (0.5, 0.92),
        ],
        mixed(page, WHITE, 0.5),
    )
    for number in range(5):
        age = (beat / (2 * math.pi) + number / 5) % 1
        spot = (0.3 + 0.1 * number + 0.04 * math.sin(age * 6 + number), 0.5 - age * 0.42)
        canvas.disc(spot, 0.016 * (1 - age) + 0.004, mixed(colours.accent, WHITE, 0.4), int(220 * (1 - age)))


def flower(canvas: Canvas, colours: Palette, beat: float, _: bool) -> None:
    """Draw a flower that sways."""
    sway = 0.035 * math.sin(beat)
    green = (70, 140, 70)
    stem = [(0.5, 0.96), (0.5 + sway * 0.3, 0.75), (0.5 + sway, 0.42)]
    canvas.line(stem, green, 0.035)
    canvas.oval((0.6 + sway * 0.3, 0.76), 0.1, 0.035, green)
    canvas.oval((0.41 + sway * 0.2, 0.82), 0.09, 0.032, mixed(green, DARK, 0.15))
    for turn in range(9):
        angle = turn * 2 * math.pi / 9 + sway
        petal = (0.5 + sway + 0.14 * math.cos(angle), 0.36 + 0.14 * math.sin(angle))
        canvas.disc(petal, 0.082, mixed(colours.accent, WHITE, 0.25 * (turn % 2)))
    canvas.ball((0.5 + sway, 0.36), 0.085, (255, 226, 110), (190, 120, 30))


def ball(canvas: Canvas, colours: Palette, beat: float, _: bool) -> None:
    """Draw a ball that bounces and turns."""
    y = 0.72 - 0.4 * abs(math.sin(beat))
    canvas.ball((0.5, y), 0.22, mixed(colours.accent, WHITE, 0.55), mixed(colours.accent, DARK, 0.45))
    turn = 0.1 * math.cos(beat * 2)
    canvas.line(
        [(0.5 + turn - 0.06, y - 0.19), (0.5 + turn, y), (0.5 + turn - 0.06, y + 0.19)], WHITE, 0.03, 200
    )


def heart(canvas: Canvas, colours: Palette, beat: float, _: bool) -> None:
    """Draw a heart that beats."""
    size = 0.021 * (1 + 0.08 * abs(math.sin(beat * 2)))
    outline = []
    for step in range(60):
        t = step * 2 * math.pi / 60
        outline.append(
            (
                0.5 + size * 16 * math.sin(t) ** 3,
                0.48
                - size * (13 * math.cos(t) - 5 * math.cos(2 * t) - 2 * math.cos(3 * t) - math.cos(4 * t)),
            )
        )
    canvas.glow((0.5, 0.5), 0.5, mixed(colours.accent, (255, 90, 110), 0.5), 0.6)
    canvas.shape(outline, mixed((226, 56, 82), colours.accent, 0.12))
    canvas.oval((0.37, 0.35), 0.06, 0.04, WHITE, 110)


def shoe(canvas: Canvas, colours: Palette, beat: float, _: bool) -> None:
    """Draw a running shoe that taps."""
    tip = 0.03 * max(0.0, math.sin(beat))
    body, sole = mixed(colours.accent, WHITE, 0.1), mixed(WHITE, colours.horizon, 0.12)
    upper = [
        *((0.12, 0.78), (0.13, 0.5), (0.2, 0.46), (0.27, 0.52), (0.38, 0.5)),
        *((0.46, 0.42), (0.62, 0.58 - tip / 2), (0.84, 0.64 - tip), (0.9, 0.78 - tip)),
    ]
    canvas.shape(upper, body)
    canvas.shape(
        [(0.66, 0.78), (0.7, 0.61 - tip / 2), (0.84, 0.64 - tip), (0.9, 0.78 - tip)], mixed(body, DARK, 0.18)
    )
    canvas.shape([(0.12, 0.78), (0.13, 0.5), (0.2, 0.46), (0.24, 0.78)], mixed(body, DARK, 0.18))
    canvas.shape([(0.3, 0.76), (0.42, 0.56), (0.48, 0.6), (0.44, 0.76)], WHITE, 220)
    for number in range(4):
        x, y = 0.47 + number * 0.045, 0.47 + number * 0.042
        canvas.line([(x - 0.045, y + 0.05), (x + 0.02, y)], WHITE, 0.016)
    canvas.shape([(0.1, 0.77), (0.92, 0.77 - tip), (0.9, 0.86 - tip / 2), (0.12, 0.87)], sole)
    canvas.line([(0.11, 0.82), (0.91, 0.815 - tip)], mixed(colours.accent, DARK, 0.2), 0.014)


def parcel(canvas: Canvas, colours: Palette, beat: float, _: bool) -> None:
    """Draw a present whose lid lifts a little."""
    lift = 0.035 * (0.5 + 0.5 * math.sin(beat))
    box, ribbon = mixed(colours.accent, WHITE, 0.15), mixed(WHITE, colours.accent, 0.08)
    canvas.glow((0.5, 0.46), 0.3, mixed(colours.accent, WHITE, 0.6), 0.55)
    canvas.box(0.24, 0.5, 0.76, 0.88, box)
    canvas.shape([(0.6, 0.5), (0.76, 0.5), (0.76, 0.88), (0.6, 0.88)], DARK, 26)
    canvas.box(0.455, 0.5, 0.545, 0.88, ribbon)
    canvas.box(0.2, 0.4 - lift, 0.8, 0.51 - lift, mixed(box, WHITE, 0.15))
    canvas.box(0.455, 0.4 - lift, 0.545, 0.51 - lift, ribbon)
    for side in (-1, 1):
        bow = [(0.5, 0.4 - lift), (0.5 + side * 0.17, 0.27 - lift), (0.5 + side * 0.2, 0.38 - lift)]
        canvas.shape(bow, ribbon)
        canvas.shape([bow[0], bow[1], (0.5 + side * 0.11, 0.35 - lift)], DARK, 30)
    canvas.disc((0.5, 0.39 - lift), 0.035, mixed(ribbon, DARK, 0.12))


def kite(canvas: Canvas, colours: Palette, beat: float, _: bool) -> None:
    """Draw a kite that pulls at its string."""
    lean = 0.03 * math.sin(beat)
    top, left, right, foot = (0.5 + lean, 0.08), (0.3, 0.3 + lean), (0.72, 0.26 - lean), (0.52, 0.56)
    canvas.shape([top, left, foot], colours.accent)
    canvas.shape([top, right, foot], mixed(colours.accent, WHITE, 0.35))
    canvas.line([top, foot], DARK, 0.01, 150)
    canvas.line([left, right], DARK, 0.01, 150)
    tail = [(0.52 - 0.03 * n + 0.025 * math.sin(beat + n), 0.56 + 0.055 * n) for n in range(7)]
    canvas.line(tail, mixed(WHITE, colours.horizon, 0.2), 0.012)
    for x, y in tail[1::2]:
        canvas.shape([(x - 0.03, y - 0.018), (x, y), (x - 0.03, y + 0.018)], colours.accent)
        canvas.shape([(x + 0.03, y - 0.018), (x, y), (x + 0.03, y + 0.018)], WHITE)


def submarine(canvas: Canvas, colours: Palette, beat: float, _: bool) -> None:
    """Draw a submarine with a turning screw."""
    body = mixed((245, 196, 60), colours.horizon, 0.08)
    spin = 0.09 * abs(math.cos(beat * 2))
    canvas.shape(
        [(0.13, 0.52), (0.06, 0.52 - spin), (0.04, 0.52), (0.06, 0.52 + spin)], mixed(DARK, body, 0.3)
    )
    canvas.box(0.42, 0.28, 0.62, 0.42, mixed(body, DARK, 0.1))
    canvas.line([(0.55, 0.3), (0.55, 0.18), (0.63, 0.18)], mixed(body, DARK, 0.35), 0.022)
    canvas.shape([(0.12, 0.46), (0.2, 0.36), (0.2, 0.68), (0.12, 0.58)], mixed(body, DARK, 0.15))
    canvas.oval((0.52, 0.52), 0.38, 0.17, body)
    canvas.oval((0.52, 0.6), 0.33, 0.08, DARK, 30)
    for number in range(3):
        place = (0.38 + number * 0.17, 0.5)
        canvas.disc(place, 0.055, mixed(body, DARK, 0.35))
        canvas.disc(place, 0.04, mixed((190, 235, 250), WHITE, 0.3 * (number == 1)))
