"""People, and a robot."""

import math
from dataclasses import dataclass

from services.text_to_video.film.canvas import Canvas, Point
from services.text_to_video.film.palette import Colour, Palette, mixed

WHITE = (255, 255, 255)
DARK = (24, 24, 32)


@dataclass(frozen=True, slots=True)
class Look:
    """How a person is dressed; ``None`` takes the scene's own colour."""

    shirt: Colour | None = None
    legs: Colour = (52, 60, 92)
    skin: Colour = (222, 174, 142)
    hair: Colour = (64, 42, 30)
    long_hair: bool = False
    skirt: bool = False
    helmet: bool = False
    crown: bool = False
    coat: bool = False
    microphone: bool = False
    stick: bool = False


WOMAN = Look(skin=(238, 198, 168), hair=(110, 58, 34), long_hair=True, skirt=True)
CHILD = Look(skin=(196, 142, 104), hair=(38, 28, 24), legs=(86, 104, 150))
ELDER = Look(skin=(232, 192, 166), hair=(222, 222, 226), long_hair=True, skirt=True, stick=True)
DOCTOR = Look(shirt=(244, 247, 250), skin=(164, 112, 80), hair=(30, 24, 24), coat=True)
TEACHER = Look(
    shirt=(96, 128, 112),
    skin=(222, 178, 150),
    hair=(92, 60, 40),
    long_hair=True,
    skirt=True,
    legs=(60, 52, 70),
)
SINGER = Look(skin=(176, 122, 88), hair=(28, 20, 26), long_hair=True, skirt=True, microphone=True)
KING = Look(shirt=(140, 34, 52), legs=(70, 50, 80), crown=True, coat=True)
ASTRONAUT = Look(shirt=(236, 240, 246), legs=(214, 220, 230), helmet=True)


def person(look: Look, canvas: Canvas, colours: Palette, beat: float, dances: bool) -> None:
    """Draw a person who walks or dances on the spot."""
    shirt = look.shirt or colours.accent
    swing = math.sin(beat)
    bounce = (0.03 if dances else 0.012) * abs(math.cos(beat))
    sway = 0.035 * swing if dances else 0.0
    hip, chest = (0.5 + sway, 0.62 - bounce), (0.5 - sway * 0.5, 0.37 - bounce)
    limb = 0.085 if look.helmet else 0.06
    _legs(canvas, look, hip, beat, limb, dances)
    hands = _hands(chest, beat, look, dances)
    _arm(canvas, chest, hands[0], -1, mixed(shirt, DARK, 0.25), look.skin, limb)
    _body(canvas, look, hip, chest, shirt)
    _head(canvas, look, (chest[0] - sway * 0.5, chest[1] - 0.165))
    _arm(canvas, chest, hands[1], 1, mixed(shirt, WHITE, 0.14), look.skin, limb)
    if look.microphone:
        x, y = hands[1]
        canvas.line([(x, y + 0.02), (x - 0.015, y - 0.05)], DARK, 0.02)
        canvas.disc((x - 0.018, y - 0.06), 0.024, (70, 70, 80))
    if look.stick:
        x, y = hands[1]
        canvas.line([(x + 0.01, y - 0.01), (x + 0.03, 0.96)], (110, 74, 44), 0.018)


def robot(canvas: Canvas, colours: Palette, beat: float, dances: bool) -> None:
    """Draw a robot that walks, or swings its arms and hips."""
    metal, joint = mixed((186, 198, 212), colours.horizon, 0.12), mixed((90, 100, 118), colours.near, 0.3)
    much = 1.0 if dances else 0.4
    sway, bounce = 0.04 * much * math.sin(beat), 0.022 * abs(math.sin(beat))
    hip, chest = (0.5 + sway, 0.64 - bounce), (0.5 + sway * 0.4, 0.45 - bounce)
    head = (0.5 - sway * 0.6, 0.22 - bounce)
    for side in (-1, 1):
        foot = (0.5 + side * 0.11, 0.95 - (0.06 * max(0.0, side * math.sin(beat))))
        knee = (hip[0] + side * 0.13, 0.79 - bounce)
        canvas.line([(hip[0] + side * 0.06, hip[1]), knee, foot], joint, 0.05)
        canvas.disc(knee, 0.03, metal)
        canvas.box(foot[0] - 0.065, foot[1] - 0.02, foot[0] + 0.065, foot[1] + 0.035, metal)
        lift = math.sin(beat + (0 if side > 0 else math.pi)) * much - 0.5 * (1 - much)
        elbow = (chest[0] + side * 0.24, chest[1] - 0.02 - 0.1 * lift)
        hand = (elbow[0] + side * 0.05, elbow[1] - 0.16 * lift - 0.02)
        canvas.line([(chest[0] + side * 0.13, chest[1] - 0.07), elbow, hand], joint, 0.042)
        canvas.disc(elbow, 0.027, metal)
        canvas.disc(hand, 0.038, metal)
    canvas.box(hip[0] - 0.1, hip[1] - 0.05, hip[0] + 0.1, hip[1] + 0.04, joint)
    canvas.box(chest[0] - 0.15, chest[1] - 0.13, chest[0] + 0.15, chest[1] + 0.15, metal)
    canvas.box(chest[0] + 0.06, chest[1] - 0.13, chest[0] + 0.15, chest[1] + 0.15, mixed(metal, DARK, 0.18))
    canvas.box(chest[0] - 0.1, chest[1] - 0.07, chest[0] + 0.08, chest[1] + 0.06, DARK)
    for number in range(5):
        high = 0.02 + 0.05 * abs(math.sin(beat * 2 + number * 1.3))
        left = chest[0] - 0.085 + number * 0.032
        canvas.box(left, chest[1] + 0.05 - high, left + 0.02, chest[1] + 0.05, colours.accent)
    canvas.box(head[0] - 0.03, head[1] + 0.08, head[0] + 0.03, chest[1] - 0.12, joint)
    canvas.box(head[0] - 0.13, head[1] - 0.1, head[0] + 0.13, head[1] + 0.1, metal)
    canvas.box(head[0] - 0.1, head[1] - 0.06, head[0] + 0.1, head[1] + 0.045, DARK)
    for side in (-1, 1):
        canvas.disc((head[0] + side * 0.048, head[1] - 0.01), 0.028, mixed(colours.accent, WHITE, 0.35))
        canvas.disc((head[0] + side * 0.14, head[1]), 0.022, joint)
    canvas.line([(head[0] - 0.045, head[1] + 0.07), (head[0] + 0.045, head[1] + 0.07)], joint, 0.012)
    canvas.line([(head[0], head[1] - 0.1), (head[0] + sway, head[1] - 0.16)], joint, 0.012)
    canvas.disc((head[0] + sway, head[1] - 0.165), 0.02, colours.accent)


def _legs(canvas: Canvas, look: Look, hip: Point, beat: float, limb: float, dances: bool) -> None:
    stride = 0.05 if look.skirt or look.stick else 0.1
    for side in (-1, 1):
        swing = side * math.sin(beat) * (0.5 if dances else 1.0)
        lift = 0.035 * max(0.0, side * math.cos(beat))
        foot = (0.5 + side * (0.09 if dances else 0.0) + swing * stride, 0.955 - lift)
        knee = ((hip[0] + side * 0.04 + foot[0]) / 2 + 0.02, 0.79 - lift)
        tint = look.skin if look.skirt else mixed(look.legs, DARK, 0.15 * (side < 0))
        canvas.line([(hip[0] + side * 0.035, hip[1]), knee, foot], tint, limb * (0.7 if look.skirt else 1))
        canvas.line([(foot[0] - 0.01, foot[1] + 0.005), (foot[0] + 0.05, foot[1] + 0.005)], DARK, 0.036)


def _hands(chest: Point, beat: float, look: Look, dances: bool) -> tuple[Point, Point]:
    swing = math.sin(beat)
    if dances:
        return (
            (chest[0] - 0.17 - 0.03 * swing, chest[1] - 0.16 - 0.1 * swing),
            (chest[0] + 0.17 - 0.03 * swing, chest[1] - 0.16 + 0.1 * swing),
        )
    if look.microphone:
        return (chest[0] - 0.2, chest[1] + 0.02 + 0.05 * swing), (chest[0] + 0.07, chest[1] - 0.06)
    if look.stick:
        return (chest[0] - 0.09, chest[1] + 0.24), (chest[0] + 0.14, chest[1] + 0.18)
    return (chest[0] - 0.06 - swing * 0.1, chest[1] + 0.25), (chest[0] + 0.06 + swing * 0.1, chest[1] + 0.25)


def _arm(
    canvas: Canvas, chest: Point, hand: Point, side: int, sleeve: Colour, skin: Colour, limb: float
) -> None:
    shoulder = (chest[0] + side * 0.075, chest[1] - 0.03)
    out = 0.05 if hand[1] < chest[1] + 0.1 else 0.03
    elbow = ((shoulder[0] + hand[0]) / 2 + side * out, (shoulder[1] + hand[1]) / 2 + 0.02)
    canvas.line([shoulder, elbow, hand], sleeve, limb * 0.8)
    canvas.disc(hand, limb * 0.42, skin)


def _body(canvas: Canvas, look: Look, hip: Point, chest: Point, shirt: Colour) -> None:
    left, right = chest[0] - 0.085, chest[0] + 0.085
    canvas.oval((chest[0], chest[1] - 0.03), 0.095, 0.055, shirt)
    canvas.shape(
        [
            (left - 0.01, chest[1] - 0.03),
            (right + 0.01, chest[1] - 0.03),
            (hip[0] + 0.075, hip[1] + 0.03),
            (hip[0] - 0.075, hip[1] + 0.03),
        ],
        shirt,
    )
    if look.skirt:
        canvas.shape(
            [
                (hip[0] - 0.07, hip[1] - 0.06),
                (hip[0] + 0.07, hip[1] - 0.06),
                (hip[0] + 0.14, hip[1] + 0.15),
                (hip[0] - 0.14, hip[1] + 0.15),
            ],
            mixed(shirt, DARK, 0.12),
        )
    if look.coat:
        canvas.shape(
            [
                (hip[0] - 0.08, hip[1] - 0.05),
                (hip[0] + 0.08, hip[1] - 0.05),
                (hip[0] + 0.11, hip[1] + 0.18),
                (hip[0] - 0.11, hip[1] + 0.18),
            ],
            shirt,
        )
        canvas.line([(chest[0], chest[1] - 0.07), (hip[0], hip[1] + 0.17)], mixed(shirt, DARK, 0.3), 0.01)
    if look.helmet:
        canvas.box(chest[0] - 0.06, chest[1] + 0.03, chest[0] + 0.06, chest[1] + 0.12, (70, 84, 110))
        canvas.disc((chest[0] - 0.03, chest[1] + 0.06), 0.012, (240, 90, 80))
        canvas.disc((chest[0] + 0.01, chest[1] + 0.06), 0.012, (110, 220, 140))


def _head(canvas: Canvas, look: Look, head: Point) -> None:
    x, y = head
    if look.helmet:
        canvas.disc(head, 0.115, (240, 243, 248))
        canvas.oval((x + 0.015, y), 0.085, 0.07, (40, 60, 92))
        canvas.oval((x + 0.045, y - 0.025), 0.025, 0.016, (200, 224, 244))
        return
    if look.long_hair:
        canvas.oval((x - 0.012, y + 0.035), 0.098, 0.13, look.hair)
    canvas.line([(x, y + 0.06), (x, y + 0.12)], mixed(look.skin, DARK, 0.12), 0.05)
    canvas.disc((x, y - 0.012), 0.09, look.hair)
    canvas.oval((x + 0.012, y + 0.012), 0.075, 0.078, look.skin)
    canvas.shape(
        [
            (x - 0.075, y - 0.005),
            (x - 0.06, y - 0.07),
            (x + 0.05, y - 0.078),
            (x + 0.085, y - 0.02),
            (x + 0.02, y - 0.035),
        ],
        look.hair,
    )
    for side in (-1, 1):
        canvas.oval((x + 0.022 + side * 0.03, y + 0.01), 0.008, 0.011, DARK)
    canvas.line(
        [(x + 0.004, y + 0.05), (x + 0.022, y + 0.056), (x + 0.04, y + 0.05)],
        mixed(look.skin, (150, 40, 40), 0.55),
        0.008,
    )
    if look.crown:
        gold = (246, 200, 70)
        canvas.shape(
            [
                (x - 0.08, y - 0.06),
                (x - 0.09, y - 0.14),
                (x - 0.04, y - 0.095),
                (x, y - 0.15),
                (x + 0.04, y - 0.095),
                (x + 0.09, y - 0.14),
                (x + 0.08, y - 0.06),
            ],
            gold,
        )
