"""Colours: each place has its own, each style its way with them."""

import colorsys
from dataclasses import dataclass

import numpy as np

Colour = tuple[int, int, int]

# Hue (0..1), saturation and lightness of: sky above, sky at the horizon, far, middle, near, accent.
_NATURAL: dict[str, tuple[tuple[float, float, float], ...]] = {
    "disco": (
        (0.75, 0.75, 0.09),
        (0.86, 0.75, 0.26),
        (0.68, 0.5, 0.18),
        (0.8, 0.5, 0.16),
        (0.72, 0.5, 0.1),
        (0.9, 0.9, 0.6),
    ),
    "space": (
        (0.66, 0.7, 0.05),
        (0.74, 0.6, 0.18),
        (0.06, 0.55, 0.42),
        (0.6, 0.4, 0.3),
        (0.62, 0.4, 0.08),
        (0.12, 0.9, 0.65),
    ),
    "sea": (
        (0.56, 0.6, 0.45),
        (0.09, 0.75, 0.75),
        (0.54, 0.5, 0.42),
        (0.55, 0.6, 0.3),
        (0.57, 0.65, 0.18),
        (0.08, 0.9, 0.62),
    ),
    "city": (
        (0.65, 0.5, 0.2),
        (0.04, 0.7, 0.6),
        (0.68, 0.3, 0.34),
        (0.67, 0.35, 0.2),
        (0.66, 0.4, 0.1),
        (0.12, 0.95, 0.65),
    ),
    "forest": (
        (0.45, 0.4, 0.55),
        (0.14, 0.6, 0.8),
        (0.38, 0.3, 0.5),
        (0.35, 0.45, 0.3),
        (0.34, 0.5, 0.13),
        (0.08, 0.85, 0.58),
    ),
    "mountains": (
        (0.58, 0.5, 0.5),
        (0.06, 0.7, 0.82),
        (0.6, 0.3, 0.6),
        (0.62, 0.32, 0.4),
        (0.63, 0.35, 0.2),
        (0.04, 0.8, 0.62),
    ),
    "savanna": (
        (0.02, 0.6, 0.4),
        (0.1, 0.9, 0.65),
        (0.06, 0.5, 0.42),
        (0.08, 0.55, 0.3),
        (0.06, 0.6, 0.12),
        (0.12, 0.95, 0.6),
    ),
    "home": (
        (0.08, 0.35, 0.55),
        (0.1, 0.5, 0.72),
        (0.07, 0.4, 0.5),
        (0.05, 0.45, 0.38),
        (0.04, 0.45, 0.22),
        (0.12, 0.9, 0.66),
    ),
    "food": (
        (0.07, 0.5, 0.3),
        (0.09, 0.65, 0.55),
        (0.06, 0.5, 0.4),
        (0.05, 0.5, 0.32),
        (0.05, 0.5, 0.2),
        (0.98, 0.7, 0.58),
    ),
    "data": (
        (0.62, 0.6, 0.1),
        (0.58, 0.6, 0.24),
        (0.55, 0.5, 0.3),
        (0.5, 0.55, 0.38),
        (0.62, 0.55, 0.08),
        (0.42, 0.8, 0.56),
    ),
    "product": (
        (0.62, 0.2, 0.2),
        (0.6, 0.25, 0.6),
        (0.6, 0.2, 0.45),
        (0.6, 0.2, 0.35),
        (0.62, 0.25, 0.16),
        (0.09, 0.9, 0.6),
    ),
    "lab": (
        (0.52, 0.6, 0.1),
        (0.5, 0.5, 0.3),
        (0.52, 0.4, 0.3),
        (0.53, 0.45, 0.2),
        (0.55, 0.5, 0.1),
        (0.47, 0.9, 0.6),
    ),
    "abstract": (
        (0.7, 0.5, 0.25),
        (0.92, 0.55, 0.6),
        (0.62, 0.5, 0.5),
        (0.85, 0.5, 0.45),
        (0.7, 0.5, 0.16),
        (0.1, 0.85, 0.65),
    ),
}


@dataclass(frozen=True, slots=True)
class Palette:
    """Six colours of one scene, as 8-bit RGB."""

    sky: Colour
    horizon: Colour
    far: Colour
    middle: Colour
    near: Colour
    accent: Colour


def palette(place: str, style: str, dice: np.random.Generator) -> Palette:
    """Return a place's colours as a style sees them, shifted a little by the dice."""
    shift = float(dice.uniform(-0.025, 0.025))
    colours = [_styled(hue + shift, saturation, light, style) for hue, saturation, light in _NATURAL[place]]
    return Palette(*colours)


def mixed(one: Colour, other: Colour, share: float) -> Colour:
    """Return a colour between two; ``share`` 0 is the first."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue


def _styled(hue: float, saturation: float, light: float, style: str) -> Colour:
    if style == "cinematic":
        # Shadows towards teal, lights towards orange: the look of colour-graded film.
        pull = 0.52 if light < 0.4 else 0.08
        hue, saturation = hue + _towards(hue, pull) * 0.22, saturation * 0.95
    elif style == "noir":
        saturation, light = saturation * 0.06, min(1.0, max(0.03, (light - 0.42) * 1.25 + 0.38))
    elif style == "neon":
        hue, saturation, light = hue + 0.08, min(1.0, saturation * 1.5 + 0.2), light * 0.85
    elif style == "watercolor":
        saturation, light = saturation * 0.6, 0.42 + light * 0.5
    elif style == "retro":
        hue, saturation, light = hue + _towards(hue, 0.09) * 0.4, saturation * 0.75, 0.1 + light * 0.8
    elif style == "minimal":
        saturation, light = saturation * 0.35, 0.5 + light * 0.42 if light > 0.3 else light + 0.12
    elif style == "playful":
        saturation, light = min(1.0, saturation * 1.35 + 0.1), min(0.85, light * 1.1 + 0.08)
    red, green, blue = colorsys.hls_to_rgb(hue % 1.0, light, saturation)
    return round(red * 255), round(green * 255), round(blue * 255)


def _towards(hue: float, target: float) -> float:
    return (target - hue + 0.5) % 1.0 - 0.5
