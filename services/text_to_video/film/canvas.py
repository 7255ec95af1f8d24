"""What painters draw on: pictures larger than the frame, so that the camera can move."""

import math
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter

from services.text_to_video.film.palette import Colour, mixed

# How much larger than the frame a picture is.
OVERSCAN = 1.16
# Drawn at twice the size and halved: smooth edges.
FINE = 2
OPAQUE = 255

Point = tuple[float, float]
Box = tuple[float, float, float, float]
_Draw = Callable[[ImageDraw.ImageDraw, float, float, tuple[int, ...] | int], None]


class Canvas:
    """A transparent picture.

    Places are shares of width and height, 0 to 1 from the top left; radii and line widths are shares of the
    shorter side.  What is drawn with an ``alpha`` below 255 lets through what was drawn before.
    """

    def __init__(self, width: int, height: int) -> None:
        self.width, self.height = width * FINE, height * FINE
        self.unit = min(self.width, self.height)
        self.image = Image.new("RGBA", (self.width, self.height), (0, 0, 0, 0))
        self._pen = ImageDraw.Draw(self.image)

    @property
    def shape_x(self) -> float:
        """How much of the width one short side is: lengths across keep their look in every format."""
        return self.unit / self.width

    @property
    def shape_y(self) -> float:
        """How much of the height one short side is."""
        return self.unit / self.height

    def sky(self, above: Colour, below: Colour, *, end: float = 1.0) -> None:
        """Fill from the top to ``end`` with a smooth change of colour, and with the lower one beneath."""
        share = np.clip(np.linspace(0, 1 / max(end, 0.01), self.height), 0, 1)
        smooth = (share * share * (3 - 2 * share))[:, None]
        column = np.array(above) + (np.array(below) - np.array(above)) * smooth
        strip = Image.fromarray(np.rint(column).astype(np.uint8)[:, None, :]).convert("RGBA")
        self.image.paste(strip.resize(self.image.size, Image.Resampling.NEAREST))

    def glow(self, centre: Point, radius: float, colour: Colour, strength: float = 0.8) -> None:
        """Add light around a point, fading out at ``radius``."""
        reach = math.ceil(radius * self.unit / 8)
        y, x = np.mgrid[-1 : 1 : 2j * reach, -1 : 1 : 2j * reach]
        alpha = np.clip(1 - np.hypot(x, y), 0, 1) ** 2 * 255 * strength
        mask = Image.fromarray(np.rint(alpha).astype(np.uint8))
        mask = mask.resize((mask.width * 8, mask.height * 8), Image.Resampling.BICUBIC)
        light = Image.new("RGBA", mask.size, (*colour, 255))
        light.putalpha(mask)
        self.stamp(light, centre)

    def disc(self, centre: Point, radius: float, colour: Colour, alpha: int = OPAQUE) -> None:
        """Draw a disc."""
        self.oval(centre, radius, radius, colour, alpha)

    def oval(self, centre: Point, wide: float, high: float, colour: Colour, alpha: int = OPAQUE) -> None:
        """Draw an ellipse; ``wide`` and ``high`` are half its axes."""
        x, y, a, b = centre[0] * self.width, centre[1] * self.height, wide * self.unit, high * self.unit

        def draw(pen: ImageDraw.ImageDraw, left: float, top: float, fill: tuple[int, ...] | int) -> None:
            pen.ellipse((x - a - left, y - b - top, x + a - left, y + b - top), fill=fill)

        self._drawn((x - a, y - b, x + a, y + b), colour, alpha, draw)

    def ball(self, centre: Point, radius: float, light: Colour, dark: Colour) -> None:
        """Draw a sphere lit from the upper left, without steps in its shading."""
        reach = max(2, round(radius * self.unit))
        y, x = np.mgrid[-1 : 1 : 2j * reach, -1 : 1 : 2j * reach]
        inside = np.clip((1 - np.hypot(x, y)) * reach, 0, 1)
        shade = np.clip(np.hypot(x + 0.38, y + 0.38) / 1.35, 0, 1)[..., None] ** 1.3
        pixels = np.array(light) * (1 - shade) + np.array(dark) * shade
        whole = np.concatenate([pixels, inside[..., None] * 255], axis=2)
        picture = Image.fromarray(np.rint(whole).astype(np.uint8))
        self.stamp(picture, centre)

    def stamp(self, picture: Image.Image, centre: Point) -> None:
        """Lay a small picture around a point; what hangs over the edge is cut."""
        left = round(centre[0] * self.width - picture.width / 2)
        top = round(centre[1] * self.height - picture.height / 2)
        cut = (max(0, -left), max(0, -top))
        if cut[0] >= picture.width or cut[1] >= picture.height:
            return
        self.image.alpha_composite(picture, (max(0, left), max(0, top)), cut)

    def shape(self, points: Sequence[Point], colour: Colour, alpha: int = OPAQUE) -> None:
        """Draw a filled polygon."""
        scaled = [(x * self.width, y * self.height) for x, y in points]

        def draw(pen: ImageDraw.ImageDraw, left: float, top: float, fill: tuple[int, ...] | int) -> None:
            pen.polygon([(x - left, y - top) for x, y in scaled], fill=fill)

        self._drawn(_around(scaled, 1), colour, alpha, draw)

    def box(
        self, left: float, top: float, right: float, bottom: float, colour: Colour, alpha: int = OPAQUE
    ) -> None:
        """Draw a rectangle with slightly rounded corners."""
        edges = (left * self.width, top * self.height, right * self.width, bottom * self.height)

        def draw(pen: ImageDraw.ImageDraw, dx: float, dy: float, fill: tuple[int, ...] | int) -> None:
            moved = (edges[0] - dx, edges[1] - dy, edges[2] - dx, edges[3] - dy)
            pen.rounded_rectangle(moved, radius=self.unit * 0.006, fill=fill)

        self._drawn(edges, colour, alpha, draw)

    def line(self, points: Sequence[Point], colour: Colour, width: float, alpha: int = OPAQUE) -> None:
        """Draw a line through points, with round ends when it is thick."""
        scaled = [(x * self.width, y * self.height) for x, y in points]
        pixels = max(1, round(width * self.unit))

        def draw(pen: ImageDraw.ImageDraw, left: float, top: float, fill: tuple[int, ...] | int) -> None:
            moved = [(x - left, y - top) for x, y in scaled]
            pen.line(moved, fill=fill, width=pixels, joint="curve")
            if pixels > 8:
                for x, y in (moved[0], moved[-1]):
                    pen.ellipse((x - pixels / 2, y - pixels / 2, x + pixels / 2, y + pixels / 2), fill=fill)

        self._drawn(_around(scaled, pixels), colour, alpha, draw)

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
        self.image.paste(fill.image, (0, 0), mask)

    def cloud(self, centre: Point, size: float, colour: Colour, dice: np.random.Generator) -> None:
        """Draw one soft cloud, flat below."""
        reach = size * self.unit / 4
        wide, high = round(reach * 4), round(reach * 2)
        mask = Image.new("L", (wide, high), 0)
        pen = ImageDraw.Draw(mask)
        floor = high * 0.75
        for number in range(7):
            share = (number - 3) / 3
            r = reach * (0.55 - 0.3 * abs(share)) * float(dice.uniform(0.85, 1.15))
            x = wide / 2 + share * reach * 1.25
            pen.ellipse((x - r, floor - r * 1.5, x + r, floor + r * 0.25), fill=235)
        pen.rectangle((0, round(floor), wide, high), fill=0)
        soft = mask.filter(ImageFilter.GaussianBlur(reach * 0.09))
        soft = soft.resize((wide * 4, high * 4), Image.Resampling.BICUBIC)
        picture = Image.new("RGBA", soft.size, (*colour, 255))
        picture.putalpha(soft)
        self.stamp(picture, centre)

    def blurred(self, radius: float) -> None:
        """Put the picture out of focus; the radius is a share of the shorter side."""
        self.image = self.image.filter(ImageFilter.GaussianBlur(radius * self.unit))
        self._pen = ImageDraw.Draw(self.image)

    def opaque(self) -> Image.Image:
        """Return the picture at its real size, as RGB: for what has no holes."""
        return self.image.convert("RGB").reduce(FINE)

    def painted(self) -> tuple[Image.Image, int, int] | None:
        """Return the painted part at its real size, and its left and top; none when nothing is painted."""
        box = self.image.getchannel("A").getbbox()
        if box is None:
            return None
        # A margin, so that soft edges have something to fade into; even at the real size.
        grid = 2 * FINE
        left, top = max(0, box[0] - 2 * grid) // grid * grid, max(0, box[1] - 2 * grid) // grid * grid
        right = min(self.width, (box[2] + 2 * grid) // grid * grid)
        bottom = min(self.height, (box[3] + 2 * grid) // grid * grid)
        part = self.image.crop((left, top, right, bottom)).reduce(FINE)
        return part, left // FINE, top // FINE

    def _drawn(self, bounds: Box, colour: Colour, alpha: int, draw: _Draw) -> None:
        if alpha >= OPAQUE:
            draw(self._pen, 0, 0, (*colour, OPAQUE))
            return
        left, top = max(0, math.floor(bounds[0]) - 1), max(0, math.floor(bounds[1]) - 1)
        right = min(self.width, math.ceil(bounds[2]) + 2)
        bottom = min(self.height, math.ceil(bounds[3]) + 2)
        if right <= left or bottom <= top:
            return
        mask = Image.new("L", (right - left, bottom - top), 0)
        draw(ImageDraw.Draw(mask), left, top, alpha)
        light = Image.new("RGBA", mask.size, (*colour, OPAQUE))
        light.putalpha(mask)
        self.image.alpha_composite(light, (left, top))


def fractal_line(count: int, dice: np.random.Generator) -> NDArray[np.float64]:
    """Return an irregular line of values around 0, about -1..1: octaves of smoothed noise."""
    line = np.zeros(count)
    for octave in range(2, 7):
        knots = dice.uniform(-1, 1, 2**octave + 1)
        line += np.interp(np.linspace(0, 2**octave, count), np.arange(len(knots)), knots) / 1.9**octave * 2
    return line


def _around(points: Sequence[Point], margin: float) -> Box:
    xs, ys = [x for x, _ in points], [y for _, y in points]
    return min(xs) - margin, min(ys) - margin, max(xs) + margin, max(ys) + margin
