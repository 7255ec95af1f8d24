"""Figures in front of a place, drawn in a cycle of poses so that they move."""

import math
from collections.abc import Callable

from services.text_to_video.film.canvas import Canvas
from services.text_to_video.film.palette import Palette, mixed

# Poses of one cycle; a figure goes through them in CYCLE_S seconds.
POSES = 16
CYCLE_S = 1.6
WHITE = (255, 255, 255)
DARK = (24, 24, 32)

# Draws one pose on a square canvas; ``beat`` goes from 0 to 2π through the cycle.
Figure = Callable[[Canvas, Palette, float], None]


def robot(canvas: Canvas, colours: Palette, beat: float) -> None:
    """Draw a robot that swings its arms and hips."""
    metal, joint = mixed((178, 190, 205), colours.horizon, 0.15), mixed((90, 100, 118), colours.near, 0.3)
    sway, bounce = 0.035 * math.sin(beat), 0.02 * abs(math.sin(beat))
    hip, chest, head = (
        (0.5 + sway, 0.64 - bounce),
        (0.5 + sway * 0.4, 0.45 - bounce),
        (0.5 - sway * 0.6, 0.22 - bounce),
    )
    for side in (-1, 1):
        foot = (0.5 + side * 0.11, 0.95 - (0.05 * max(0.0, side * math.sin(beat))))
        knee = (hip[0] + side * 0.11 + 0.02 * side, 0.79 - bounce)
        canvas.line([(hip[0] + side * 0.06, hip[1]), knee, foot], joint, 0.05)
        canvas.disc(knee, 0.03, metal)
        canvas.box(foot[0] - 0.065, 0.93 - (0.95 - foot[1]), foot[0] + 0.065, foot[1] + 0.035, metal)
        lift = math.sin(beat + (0 if side > 0 else math.pi))
        elbow = (chest[0] + side * 0.24, chest[1] - 0.02 - 0.1 * lift)
        hand = (elbow[0] + side * 0.05, elbow[1] - 0.16 * lift - 0.04)
        canvas.line([(chest[0] + side * 0.13, chest[1] - 0.07), elbow, hand], joint, 0.042)
        canvas.disc(elbow, 0.027, metal)
        canvas.disc(hand, 0.038, metal)
    canvas.box(hip[0] - 0.1, hip[1] - 0.05, hip[0] + 0.1, hip[1] + 0.04, joint)
    canvas.box(chest[0] - 0.15, chest[1] - 0.13, chest[0] + 0.15, chest[1] + 0.15, metal)
    canvas.box(chest[0] - 0.09, chest[1] - 0.07, chest[0] + 0.09, chest[1] + 0.05, DARK)
    for number in range(5):
        high = 0.02 + 0.035 * abs(math.sin(beat * 2 + number * 1.3))
        left = chest[0] - 0.075 + number * 0.032
        canvas.box(left, chest[1] + 0.04 - high, left + 0.02, chest[1] + 0.04, colours.accent)
    canvas.box(head[0] - 0.03, head[1] + 0.08, head[0] + 0.03, chest[1] - 0.12, joint)
    canvas.box(head[0] - 0.13, head[1] - 0.1, head[0] + 0.13, head[1] + 0.1, metal)
    canvas.box(head[0] - 0.1, head[1] - 0.06, head[0] + 0.1, head[1] + 0.045, DARK)
    for side in (-1, 1):
        canvas.disc((head[0] + side * 0.048, head[1] - 0.01), 0.026, mixed(colours.accent, WHITE, 0.35))
        canvas.disc((head[0] + side * 0.14, head[1]), 0.022, joint)
    canvas.line([(head[0], head[1] - 0.1), (head[0] + sway, head[1] - 0.16)], joint, 0.012)
    canvas.disc((head[0] + sway, head[1] - 0.165), 0.02, colours.accent)


def person(canvas: Canvas, colours: Palette, beat: float) -> None:
    """Draw a person who walks on the spot."""
    skin, shirt, legs = (224, 178, 148), colours.accent, mixed(colours.near, (40, 50, 90), 0.5)
    swing, bounce = math.sin(beat), 0.012 * abs(math.cos(beat))
    for side in (-1, 1):
        foot = (0.5 + side * swing * 0.1, 0.96 - 0.03 * max(0.0, side * math.cos(beat)))
        canvas.line(
            [(0.5 + side * 0.03, 0.62 - bounce), (0.5 + side * swing * 0.06 + 0.015, 0.79), foot], legs, 0.06
        )
        canvas.line([foot, (foot[0] + 0.05, foot[1])], DARK, 0.035)
    canvas.line(
        [(0.46, 0.38), (0.42 - swing * 0.05, 0.5), (0.43 - swing * 0.12, 0.62)],
        mixed(shirt, DARK, 0.2),
        0.045,
    )
    canvas.box(0.4, 0.32 - bounce, 0.6, 0.66 - bounce, shirt)
    canvas.line(
        [(0.54, 0.38), (0.58 + swing * 0.05, 0.5), (0.57 + swing * 0.12, 0.62)],
        mixed(shirt, WHITE, 0.12),
        0.045,
    )
    canvas.line([(0.5, 0.34 - bounce), (0.5, 0.27 - bounce)], skin, 0.05)
    canvas.disc((0.5, 0.2 - bounce), 0.085, skin)
    canvas.draw.pieslice(
        [
            0.405 * canvas.width,
            (0.1 - bounce) * canvas.height,
            0.595 * canvas.width,
            (0.29 - bounce) * canvas.height,
        ],
        170,
        370,
        fill=(60, 40, 30, 255),
    )
    for side in (-1, 1):
        canvas.disc((0.505 + side * 0.033, 0.215 - bounce), 0.009, DARK)


def lion(canvas: Canvas, colours: Palette, beat: float) -> None:
    """Draw a lion that walks."""
    fur, mane = mixed((214, 160, 82), colours.accent, 0.2), mixed((140, 80, 34), colours.near, 0.2)
    for number, x in enumerate((0.28, 0.36, 0.6, 0.68)):
        step = 0.05 * math.sin(beat + number * math.pi / 2)
        canvas.line(
            [(x, 0.66), (x + step, 0.8), (x + step * 1.6, 0.93)], mixed(fur, DARK, 0.18 * (number % 2)), 0.06
        )
    canvas.draw.ellipse(
        [0.2 * canvas.width, 0.46 * canvas.height, 0.76 * canvas.width, 0.74 * canvas.height],
        fill=(*fur, 255),
    )
    tail = 0.05 * math.sin(beat)
    canvas.line([(0.22, 0.56), (0.12, 0.5 + tail), (0.08, 0.38 + tail)], fur, 0.028)
    canvas.disc((0.08, 0.37 + tail), 0.032, mane)
    nod = 0.012 * math.sin(beat * 2)
    for turn in range(14):
        angle = turn * math.pi / 7
        canvas.disc(
            (0.74 + 0.13 * math.cos(angle), 0.44 + nod + 0.14 * math.sin(angle)),
            0.065,
            mixed(mane, fur, 0.15 * (turn % 2)),
        )
    canvas.disc((0.75, 0.44 + nod), 0.125, fur)
    canvas.disc((0.79, 0.49 + nod), 0.06, mixed(fur, WHITE, 0.35))
    canvas.disc((0.815, 0.46 + nod), 0.022, DARK)
    for side in (-1, 1):
        canvas.disc((0.765 + side * 0.05, 0.41 + nod), 0.014, DARK)
        canvas.disc((0.74 + side * 0.09, 0.335 + nod), 0.032, mane)


def ship(canvas: Canvas, colours: Palette, beat: float) -> None:
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


def rocket(canvas: Canvas, colours: Palette, beat: float) -> None:
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


def cup(canvas: Canvas, colours: Palette, beat: float) -> None:
    """Draw a steaming cup."""
    china = mixed((248, 246, 240), colours.horizon, 0.1)
    for number in range(3):
        x = 0.4 + number * 0.1
        points = [(x + 0.022 * math.sin(beat + y * 0.9 + number), 0.4 - y * 0.035) for y in range(9)]
        canvas.line(points, WHITE, 0.016, 120)
    canvas.draw.ellipse(
        [0.14 * canvas.width, 0.8 * canvas.height, 0.86 * canvas.width, 0.94 * canvas.height],
        fill=(*mixed(china, DARK, 0.12), 255),
    )
    canvas.draw.arc(
        [0.62 * canvas.width, 0.5 * canvas.height, 0.84 * canvas.width, 0.76 * canvas.height],
        -90,
        110,
        fill=(*china, 255),
        width=canvas.height // 24,
    )
    canvas.shape([(0.24, 0.46), (0.74, 0.46), (0.66, 0.86), (0.32, 0.86)], china)
    canvas.draw.ellipse(
        [0.24 * canvas.width, 0.41 * canvas.height, 0.74 * canvas.width, 0.52 * canvas.height],
        fill=(*china, 255),
    )
    canvas.draw.ellipse(
        [0.27 * canvas.width, 0.425 * canvas.height, 0.71 * canvas.width, 0.505 * canvas.height],
        fill=(84, 48, 28, 255),
    )
    canvas.line([(0.265, 0.6), (0.715, 0.6)], colours.accent, 0.025)


def phone(canvas: Canvas, colours: Palette, beat: float) -> None:
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


def lamp(canvas: Canvas, colours: Palette, beat: float) -> None:
    """Draw a lamp that glows."""
    canvas.glow((0.5, 0.4), 0.36 + 0.03 * math.sin(beat), mixed(colours.accent, WHITE, 0.4), 0.75)
    canvas.shape([(0.36, 0.46), (0.64, 0.46), (0.58, 0.26), (0.42, 0.26)], mixed(colours.accent, WHITE, 0.3))
    canvas.line([(0.5, 0.46), (0.5, 0.84)], mixed(DARK, colours.far, 0.3), 0.03)
    canvas.box(0.36, 0.83, 0.64, 0.88, DARK)
    canvas.box(0.4, 0.17, 0.6, 0.2, mixed(DARK, (60, 90, 160), 0.6))


def bird(canvas: Canvas, colours: Palette, beat: float) -> None:
    """Draw a bird that beats its wings."""
    wing, body = 0.24 * math.sin(beat * 2), mixed((240, 240, 245), colours.horizon, 0.2)
    for side in (-1, 1):
        canvas.shape(
            [
                (0.48, 0.5),
                (0.56, 0.5),
                (0.5 + side * 0.2, 0.44 - wing),
                (0.5 + side * 0.36, 0.5 - wing * 1.4),
            ],
            mixed(body, DARK, 0.15 if side < 0 else 0.05),
        )
    canvas.draw.ellipse(
        [0.36 * canvas.width, 0.45 * canvas.height, 0.66 * canvas.width, 0.57 * canvas.height],
        fill=(*body, 255),
    )
    canvas.disc((0.67, 0.48), 0.05, body)
    canvas.shape([(0.71, 0.47), (0.71, 0.5), (0.78, 0.49)], (240, 160, 40))
    canvas.disc((0.685, 0.47), 0.009, DARK)


def car(canvas: Canvas, colours: Palette, beat: float) -> None:
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


FIGURES: dict[str, Figure] = {
    "robot": robot,
    "person": person,
    "lion": lion,
    "ship": ship,
    "rocket": rocket,
    "cup": cup,
    "phone": phone,
    "lamp": lamp,
    "bird": bird,
    "car": car,
}
# Height as a share of the short side, and where the foot stands as a share of the height.
STANDS: dict[str, tuple[float, float]] = {
    "robot": (0.6, 0.83),
    "person": (0.48, 0.83),
    "lion": (0.48, 0.84),
    "ship": (0.5, 0.8),
    "rocket": (0.6, 0.82),
    "cup": (0.42, 0.84),
    "phone": (0.52, 0.86),
    "lamp": (0.5, 0.86),
    "bird": (0.3, 0.46),
    "car": (0.46, 0.94),
}
