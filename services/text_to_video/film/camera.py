"""How a camera sees what is painted: moved by parts of a pixel, and enlarged without resampling every frame.

Resampling the layers for every frame would be most of a film's work, and blending costs a tenth of it.  A
picture moved by a part of a pixel is a blend of itself with itself one pixel on, which is just what bilinear
resampling computes; one that is enlarged between two steps of about a pixel is a blend of the two.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from PIL import Image

from services.text_to_video.film.planes import Planes

# How far a step of enlargement moves the edge of the frame, in pixels.
STEP_PX = 1.2


@dataclass(frozen=True, slots=True)
class Layer:
    """A picture and where it stands: the left and top of its painted part, in pixels from an origin."""

    planes: Planes
    left: float
    top: float

    def enter(self, whole: Planes, x: float, y: float) -> None:
        """Lay it over the whole, with its origin at (x, y); parts of a pixel count."""
        own, left, top = self.planes, x + self.left, y + self.top
        _lay((whole.luma,), (own.luma,), own.alpha, left, top)
        _lay((whole.blue, whole.red), (own.blue, own.red), own.half_alpha, left / 2, top / 2)

    def enlarged(self, zoom: float, reach: tuple[float, float]) -> "Layer | None":
        """Return it enlarged about its origin and cut at ``reach`` from there; none if nothing is left."""
        width, height = self.planes.size
        x0, x1 = _span(self.left, width, zoom, reach[0])
        y0, y1 = _span(self.top, height, zoom, reach[1])
        if x1 <= x0 or y1 <= y0:
            return None
        box = (
            max(0.0, x0 / zoom - self.left),
            max(0.0, y0 / zoom - self.top),
            min(float(width), x1 / zoom - self.left),
            min(float(height), y1 / zoom - self.top),
        )
        return Layer(self.planes.resized((x1 - x0, y1 - y0), box), x0, y0)

    def blended(self, other: "Layer", share: float) -> "Layer":
        """Return what lies between this layer (0) and another (1), where both are, both on even pixels."""
        left, top = max(self.left, other.left), max(self.top, other.top)
        right = min(self.left + self.planes.size[0], other.left + other.planes.size[0])
        bottom = min(self.top + self.planes.size[1], other.top + other.planes.size[1])

        def common(layer: Layer) -> Planes:
            x, y = round(left - layer.left), round(top - layer.top)
            return layer.planes.cropped((x, y, x + round(right - left), y + round(bottom - top)))

        return Layer(common(self).blended(common(other), share), left, top)


class View:
    """A layer that the camera pushes into, or draws back from."""

    def __init__(self, layer: Layer, size: tuple[int, int], reach: tuple[float, float]) -> None:
        self._layer = layer
        self._reach = reach
        self._step = 2 * STEP_PX / max(size)
        self._steps: dict[int, Layer | None] = {}

    def enter(self, whole: Planes, x: float, y: float, zoom: float) -> None:
        """Lay it over the whole with its origin at (x, y), enlarged ``zoom`` times, 1 or more."""
        number, share = divmod((zoom - 1) / self._step, 1.0)
        seen = self._enlarged(int(number))
        nearer = self._enlarged(int(number) + 1) if share else None
        if seen is not None and nearer is not None:
            seen = seen.blended(nearer, share)
        if seen is not None:
            seen.enter(whole, x, y)

    def _enlarged(self, number: int) -> Layer | None:
        if number not in self._steps:
            self._steps = {n: kept for n, kept in self._steps.items() if abs(n - number) == 1}
            self._steps[number] = self._layer.enlarged(1 + number * self._step, self._reach)
        return self._steps[number]


def _span(start: float, length: int, zoom: float, reach: float) -> tuple[int, int]:
    """Return the even pixels, from the origin, that an enlarged stretch fills wholly."""
    first = max(start * zoom, -reach)
    last = min((start + length) * zoom, reach)
    return math.ceil(first / 2) * 2, math.floor(last / 2) * 2


def _lay(
    grounds: Sequence[Image.Image],
    planes: Sequence[Image.Image],
    mask: Image.Image | None,
    left: float,
    top: float,
) -> None:
    """Paste planes of one size over grounds of one size, at a place between pixels."""
    x, y = math.floor(left), math.floor(top)
    # Of every two neighbours comes one pixel, so that the first column and row are used up.
    width, height = grounds[0].size
    first = (max(0, x + 1), max(0, y + 1))
    last = (min(width, x + planes[0].width), min(height, y + planes[0].height))
    if last[0] <= first[0] or last[1] <= first[1]:
        return
    box = (first[0] - 1 - x, first[1] - 1 - y, last[0] - x, last[1] - y)
    moved_mask = None if mask is None else _between(mask.crop(box), left - x, top - y)
    for ground, plane in zip(grounds, planes, strict=True):
        ground.paste(_between(plane.crop(box), left - x, top - y), first, moved_mask)


def _between(plane: Image.Image, right: float, down: float) -> Image.Image:
    """Return a plane moved by parts of a pixel, without its first column and row."""
    width, height = plane.size
    across = Image.blend(plane.crop((1, 0, width, height)), plane.crop((0, 0, width - 1, height)), right)
    return Image.blend(
        across.crop((0, 1, width - 1, height)), across.crop((0, 0, width - 1, height - 1)), down
    )
