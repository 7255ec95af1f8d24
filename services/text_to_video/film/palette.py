"""Colours: each place has its own, each style and each weather its way with them."""

import colorsys
from dataclasses import dataclass

import numpy as np

Colour = tuple[int, int, int]

# Sky above, sky at the horizon, far, middle, near, accent; one line is chosen for a film.
_NATURAL: dict[str, tuple[str, ...]] = {
    "disco": (
        "#170628 #741164 #1b1745 #35143d #150d26 #f53dab",
        "#06112e #123f86 #14234d #1b2a5c #0a1026 #35d7f5",
    ),
    "stage": (
        "#12060a #5c1626 #3a0f1c #241016 #0d0709 #ffc867",
        "#080a1c #2b2f74 #1d2050 #14173a #07081a #ff9fd0",
    ),
    "space": (
        "#040516 #2b1249 #c0703c #2e466b #0c111d #f6c955",
        "#030a14 #0d2f44 #4f8fb0 #3a3560 #0a0f1a #ffdf9e",
    ),
    "sea": (
        "#2e86b8 #efc38f #3687a1 #1f5f7a #10334c #f59b47",
        "#3c9fd6 #cfeaf2 #3aa0b5 #1f7893 #0f4a66 #fff0b0",
        "#463a6e #f0907a #5a5b8e #37406e #1b2244 #ffd07a",
    ),
    "beach": (
        "#3aa0dc #d8f0f4 #2fa3b8 #ecd29a #d9b878 #f2604d",
        "#5a5aa8 #f7a98a #6a74a8 #d8a878 #b98458 #ffcf6b",
    ),
    "underwater": ("#1c86a8 #0a3a5e #125a78 #0d4561 #07293f #ffb45c",),
    "city": (
        "#191f4d #e07452 #413d71 #222145 #0f1024 #fbcb51",
        "#5fa8d8 #f3dcbc #8f9fb8 #5c6b88 #2b3448 #ffd86b",
    ),
    "forest": (
        "#5eba9f #ebe1ad #59a66f #2a6f31 #113212 #ef9039",
        "#d9a05e #f7e3b0 #b5803f #7d4a22 #33200f #e2572b",
    ),
    "meadow": (
        "#57aee0 #e8f4dc #8fc47a #62a648 #3a7a2c #ff7f8e",
        "#7fb6e6 #fde7c3 #a3c86a #74a63f #48782a #ffcf4d",
    ),
    "mountains": (
        "#4082bf #f1c8b1 #7a93b8 #455887 #212945 #ec7651",
        "#6fb3de #eef4f2 #9db6c9 #5d7f92 #2a4650 #ffd98a",
    ),
    "savanna": ("#a33729 #f6b655 #a15c36 #774b22 #31190c #fac438",),
    "desert": (
        "#4f9ac8 #f6dcae #dca765 #c58546 #8a5527 #fff0b8",
        "#6b3f6e #f79b6b #b5623f #8f4630 #4d2420 #ffd27a",
    ),
    "home": (
        "#b48b64 #dbbf94 #b2774d #8d4f35 #512b1f #f6cb5a",
        "#7d97a3 #c9d3cf #4f7d86 #7b6a57 #3c3a3a #ffcf74",
    ),
    "food": ("#734626 #d79242 #995833 #7a4129 #4d2919 #df495b",),
    "data": (
        "#0a1329 #183f62 #265c73 #2c9696 #090f20 #35e992",
        "#140d2b #3b2468 #4a3b86 #6a5cc0 #0c0920 #ffb84d",
    ),
    "product": (
        "#292f3d #8094b2 #5c6e8a #47566b #1f2433 #f5a03d",
        "#3a2838 #c490a0 #8a5c72 #6b475a #2f1f2a #ffd166",
    ),
    "lab": ("#0a2529 #267373 #2e646b #1c424a #0d1f26 #3df5d4",),
    "people": (
        "#4fa3d9 #fbe6c2 #d8a27a #b5775a #6d4a44 #ffcb57",
        "#f08a6b #fde0b0 #b8788a #8a5a78 #4a3450 #ffe08a",
    ),
    "school": ("#c8b48c #e6d9b8 #2f5d4a #8a6238 #5a3d22 #f2c14e",),
    "hospital": ("#a9ced6 #e2f0ef #7fb4bd #5d97a3 #38646f #e8575f",),
    "castle": (
        "#5a6fae #f0c6a0 #8087a6 #565c7e #2c3048 #f5a742",
        "#2c2a5e #b0689a #5d5488 #3d3866 #1c1a38 #ffcf6b",
    ),
    "abstract": (
        "#2d2060 #d16197 #4063bf #ac39a1 #1d143d #f2b55a",
        "#0f2f4a #3fa7a0 #2f6fb0 #5ac0b0 #0b2033 #ffd27d",
        "#4a1f2f #f08a5d #b83b5e #6a2c70 #2a1220 #f9ed69",
    ),
}
PLACES = tuple(_NATURAL)


@dataclass(frozen=True, slots=True)
class Palette:
    """Six colours of one scene, as 8-bit RGB."""

    sky: Colour
    horizon: Colour
    far: Colour
    middle: Colour
    near: Colour
    accent: Colour


def palette(place: str, style: str, dice: np.random.Generator, *, night: bool = False) -> Palette:
    """Return a place's colours as a style sees them, shifted a little by the dice."""
    lines = _NATURAL[place]
    colours = [_hex(text) for text in lines[int(dice.integers(len(lines)))].split()]
    shift = float(dice.uniform(-0.02, 0.02))
    if night:
        veils = ((6, 10, 30), (30, 44, 92), (16, 24, 56), (12, 18, 44), (6, 9, 26))
        shares = (0.85, 0.75, 0.6, 0.55, 0.5)
        dark = [mixed(*pair) for pair in zip(colours, veils, shares, strict=False)]
        colours = [*dark, mixed(colours[5], (255, 226, 150), 0.4)]
    return Palette(*(_styled(colour, shift, style) for colour in colours))


def mixed(one: Colour, other: Colour, share: float) -> Colour:
    """Return a colour between two; ``share`` 0 is the first."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue


def readable(accent: Colour) -> Colour:
    """Return a tint of the accent that is told from white, and is light enough to read over shadows."""
    hue, _, saturation = colorsys.rgb_to_hls(*(channel / 255 for channel in accent))
    saturation = saturation if saturation < 0.12 else max(0.85, saturation)
    red, green, blue = colorsys.hls_to_rgb(hue, 0.72, saturation)
    return round(red * 255), round(green * 255), round(blue * 255)


def _hex(text: str) -> Colour:
    red, green, blue = bytes.fromhex(text[1:])
    return red, green, blue


def _styled(colour: Colour, shift: float, style: str) -> Colour:
    hue, light, saturation = colorsys.rgb_to_hls(*(channel / 255 for channel in colour))
    hue += shift
    if style == "cinematic":
        # Shadows towards teal, lights towards orange: the look of colour-graded film.
        pull = 0.52 if light < 0.4 else 0.08
        hue, saturation = hue + _towards(hue, pull) * 0.22, saturation * 0.95
    elif style == "noir":
        saturation, light = saturation * 0.06, min(1.0, max(0.03, (light - 0.42) * 1.25 + 0.38))
    elif style == "neon":
        # Dark grounds and burning lights, between magenta and cyan.
        pull = 0.86 if _towards(hue, 0.86) ** 2 < _towards(hue, 0.52) ** 2 else 0.52
        hue, saturation = hue + _towards(hue, pull) * 0.6, min(1.0, saturation * 0.6 + 0.5)
        light = light * 0.55 if light < 0.6 else light * 0.88
    elif style == "watercolor":
        saturation, light = saturation * 0.6, 0.42 + light * 0.5
    elif style == "retro":
        # Faded like an old print: everything mixed with its warm paper, so that no hue turns into another.
        faded = mixed(colour, (214, 176, 128), 0.26)
        hue, light, saturation = colorsys.rgb_to_hls(*(channel / 255 for channel in faded))
        hue, light = hue + shift, 0.08 + light * 0.84
    elif style == "minimal":
        saturation, light = saturation * 0.35, 0.5 + light * 0.42 if light > 0.3 else light + 0.12
    elif style == "playful":
        saturation, light = min(1.0, saturation * 1.35 + 0.1), min(0.85, light * 1.1 + 0.08)
    red, green, blue = colorsys.hls_to_rgb(hue % 1.0, min(1.0, light), saturation)
    return round(red * 255), round(green * 255), round(blue * 255)


def _towards(hue: float, target: float) -> float:
    return (target - hue + 0.5) % 1.0 - 0.5
