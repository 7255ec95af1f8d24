"""What painters draw on: pictures larger than the frame, so that the camera can move."""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter

from services.text_to_video.film.palette import Colour, mixed

# How much larger than the frame a picture is.
OVERSCAN = 1.16
# Drawn at twice the size and halved: smooth edges.
FINE = 2

Point = tuple[float, float]


class Canvas:
    """A transparent picture; coordinates are shares of width and height, 0 to 1 from the top left."""

    def __init__(self, width: int, height: int) -> None:
        self.width, self.height = width * FINE, height * FINE
        self.image = Image.new("RGBA", (self.width, self.height), (0, 0, 0, 0))
        self.draw = ImageDraw.Draw(self.image, "RGBA")

    def sky(self, above: Colour, below: Colour, *, end: float = 1.0) -> None:
        """Fill from the top to ``end`` with a smooth change of colour, and with the lower one beneath."""
        share = np.clip(np.linspace(0, 1 / max(end, 0.01), self.height), 0, 1)
        smooth = (share * share * (3 - 2 * share))[:, None]
        column = np.array(above) + (np.array(below) - np.array(above)) * smooth
        self._paste(np.repeat(column[:, None, :], self.width, axis=1))

    def glow(self, centre: Point, radius: float, colour: Colour, strength: float = 0.8) -> None:
        """Add light around a point, fading out at ``radius`` (a share of the height)."""
        small = (self.width // 8, self.height // 8)
        y, x = np.mgrid[0 : small[1], 0 : small[0]]
        distance = np.hypot(x - centre[0] * small[0], y - centre[1] * small[1]) / (radius * small[1])
        alpha = np.clip(1 - distance, 0, 1) ** 2 * 255 * strength
        mask = Image.fromarray(alpha.astype(np.uint8)).resize(self.image.size, Image.Resampling.BICUBIC)
        light = Image.new("RGBA", self.image.size, (*colour, 255)).convert(self.image.mode)
        self.image.paste(light, (0, 0), mask)

    def disc(self, centre: Point, radius: float, colour: Colour, alpha: int = 255) -> None:
        """Draw a disc; the radius is a share of the height."""
        x, y, r = centre[0] * self.width, centre[1] * self.height, radius * self.height
        self.draw.ellipse((x - r, y - r, x + r, y + r), fill=(*colour, alpha))

    def shape(self, points: Sequence[Point], colour: Colour, alpha: int = 255) -> None:
        """Draw a filled polygon."""
        scaled = [(x * self.width, y * self.height) for x, y in points]
        self.draw.polygon(scaled, fill=(*colour, alpha))

    def box(
        self, left: float, top: float, right: float, bottom: float, colour: Colour, alpha: int = 255
    ) -> None:
        """Draw a rectangle with slightly rounded corners."""
        corners = (left * self.width, top * self.height, right * self.width, bottom * self.height)
        self.draw.rounded_rectangle(corners, radius=self.height * 0.006, fill=(*colour, alpha))

    def line(self, points: Sequence[Point], colour: Colour, width: float, alpha: int = 255) -> None:
        """Draw a line through points; its width is a share of the height."""
        scaled = [(x * self.width, y * self.height) for x, y in points]
        pixels = max(1, round(width * self.height))
        self.draw.line(scaled, fill=(*colour, alpha), width=pixels, joint="curve")

    def ridge(
        self,
        level: float,
        rough: float,
        colour: Colour,
        dice: np.random.Generator,
        *,
        haze: Colour | None = None,
    ) -> None:
        """Fill the ground beneath an irregular line at ``level``; ``haze`` colours its foot."""
        xs = np.linspace(0, 1, 160)
        heights = level + rough * fractal_line(len(xs), dice)
        outline = [*zip(xs.tolist(), heights.tolist(), strict=True), (1.0, 1.0), (0.0, 1.0)]
        if haze is None:
            self.shape(outline, colour)
            return
        mask = Image.new("L", self.image.size, 0)
        ImageDraw.Draw(mask).polygon([(x * self.width, y * self.height) for x, y in outline], fill=255)
        fill = Canvas(self.width // FINE, self.height // FINE)
        fill.sky(colour, mixed(colour, haze, 0.75), end=min(1.0, level + 0.35))
        self.image.paste(fill.image.convert(self.image.mode), (0, 0), mask)

    def blurred(self, radius: float) -> None:
        """Put the picture out of focus; the radius is a share of the height."""
        self.image = self.image.filter(ImageFilter.GaussianBlur(radius * self.height))
        self.draw = ImageDraw.Draw(self.image, "RGBA")

    def finished(self) -> Image.Image:
        """Return the picture at its real size."""
        return self.image.resize((self.width // FINE, self.height // FINE), Image.Resampling.BOX)

    def _paste(self, pixels: NDArray[np.float64]) -> None:
        # Without alpha of its own: only then does Pillow blend what is drawn with alpha over it.
        self.image = Image.fromarray(pixels.astype(np.uint8))
        self.draw = ImageDraw.Draw(self.image, "RGBA")


def fractal_line(count: int, dice: np.random.Generator) -> NDArray[np.float64]:
    """Return an irregular line of values around 0, about -1..1: octaves of smoothed noise."""
    line = np.zeros(count)
    for octave in range(2, 7):
        knots = dice.uniform(-1, 1, 2**octave + 1)
        line += np.interp(np.linspace(0, 2**octave, count), np.arange(len(knots)), knots) / 1.9**octave * 2
    return line


def ring(centre: Point, radius: float, corners: int, aspect: float, turn: float = 0.0) -> list[Point]:
    """Return the corners of a regular polygon; ``aspect`` is width over height of the picture."""
    angles = [turn + 2 * math.pi * n / corners for n in range(corners)]
    return [(centre[0] + radius * math.cos(a) / aspect, centre[1] + radius * math.sin(a)) for a in angles]
