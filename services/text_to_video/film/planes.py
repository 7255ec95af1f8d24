"""Pictures as planar YUV 4:2:0 (BT.709, limited range), moved and blended by Pillow's C code."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageChops, ImageFilter

BLACK_LUMA, GREY = 16, 128


@dataclass(frozen=True, slots=True)
class Planes:
    """A picture: luma at full size, both colour differences at half, and how opaque it is (none: wholly)."""

    luma: Image.Image
    blue: Image.Image
    red: Image.Image
    alpha: Image.Image | None = None
    half_alpha: Image.Image | None = None

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels, both even."""
        return self.luma.size

    def moved(self, size: tuple[int, int], left: float, top: float, zoom: float) -> "Planes":
        """Return the window of ``size`` at (left, top), enlarged ``zoom`` times; parts of a pixel count."""

        def window(plane: Image.Image | None, share: int) -> Image.Image | None:
            if plane is None:
                return None
            width, height = size[0] // share, size[1] // share
            x, y = left / share, top / share
            box = (x, y, x + width / zoom, y + height / zoom)
            return plane.resize((width, height), Image.Resampling.BILINEAR, box)

        return Planes(
            _sure(window(self.luma, 1)),
            _sure(window(self.blue, 2)),
            _sure(window(self.red, 2)),
            window(self.alpha, 1),
            window(self.half_alpha, 2),
        )

    def put(self, other: "Planes", at: tuple[int, int] = (0, 0), strength: float = 1.0) -> None:
        """Lay another picture over this one; ``strength`` 0..1 fades it."""
        x, y = at
        alpha, half = _faded(other.alpha, strength), _faded(other.half_alpha, strength)
        self.luma.paste(other.luma, (x, y), alpha)
        self.blue.paste(other.blue, (x // 2, y // 2), half)
        self.red.paste(other.red, (x // 2, y // 2), half)

    def blended(self, other: "Planes", share: float) -> "Planes":
        """Return a picture between this one (0) and another (1)."""
        return Planes(
            Image.blend(self.luma, other.luma, share),
            Image.blend(self.blue, other.blue, share),
            Image.blend(self.red, other.red, share),
        )

    def shaded(self, light: Image.Image) -> "Planes":
        """Return the picture with its luma multiplied by a mask (255 leaves it)."""
        return Planes(ImageChops.multiply(self.luma, light), self.blue, self.red)

    def dithered(self, noise: Image.Image) -> "Planes":
        """Return the picture with noise around 128 added to its luma: it hides banding."""
        return Planes(ImageChops.add(self.luma, noise, 1, -128), self.blue, self.red)

    def pixels(self) -> NDArray[np.uint8]:
        """Return rows of luma, then both colour planes, as an encoder takes ``yuv420p``."""
        width, height = self.size
        return np.concatenate(
            [
                np.asarray(self.luma),
                np.asarray(self.blue).reshape(height // 4, width),
                np.asarray(self.red).reshape(height // 4, width),
            ]
        )


@dataclass(frozen=True, slots=True)
class Layer:
    """A picture with much empty room around it: only the painted part is kept, and where it stands."""

    planes: Planes
    left: int
    top: int

    def enter(self, whole: Planes, left: float, top: float, zoom: float) -> None:
        """Lay the window at (left, top), enlarged ``zoom`` times, over the whole; parts of a pixel count."""
        x0, x1 = _span(self.left, self.planes.size[0], left, zoom, whole.size[0])
        y0, y1 = _span(self.top, self.planes.size[1], top, zoom, whole.size[1])
        if x1 <= x0 or y1 <= y0:
            return
        inside = (left + x0 / zoom - self.left, top + y0 / zoom - self.top)
        whole.put(self.planes.moved((x1 - x0, y1 - y0), *inside, zoom), (x0, y0))


def _span(start: int, length: int, window: float, zoom: float, room: int) -> tuple[int, int]:
    """Return the even pixels of the frame that a stretch of a layer fills, whole pixels of it only."""
    first = max(0, math.ceil((start - window) * zoom / 2) * 2)
    last = min(room, math.floor((start + length - window) * zoom / 2) * 2)
    return first, last


def black(size: tuple[int, int]) -> Planes:
    """Return a black picture."""
    half = (size[0] // 2, size[1] // 2)
    return Planes(Image.new("L", size, BLACK_LUMA), Image.new("L", half, GREY), Image.new("L", half, GREY))


# ITU-R BT.709, section 3, with limited range: luma 16 to 235, colour differences 16 to 240.
_BT709 = (
    *(0.2126 * 219 / 255, 0.7152 * 219 / 255, 0.0722 * 219 / 255, 16),
    *(-0.2126 / 1.8556 * 224 / 255, -0.7152 / 1.8556 * 224 / 255, 0.9278 / 1.8556 * 224 / 255, 128),
    *(0.7874 / 1.5748 * 224 / 255, -0.7152 / 1.5748 * 224 / 255, -0.0722 / 1.5748 * 224 / 255, 128),
)


def from_rgba(picture: Image.Image, *, opaque: bool = False) -> Planes:
    """Convert a picture of even size."""
    colour = picture if opaque else _bled(picture)
    luma, blue, red = colour.convert("RGB").convert("RGB", _BT709).split()
    alpha = None if opaque else picture.getchannel("A")
    return Planes(luma, blue.reduce(2), red.reduce(2), alpha, None if alpha is None else alpha.reduce(2))


def _bled(picture: Image.Image) -> Image.Image:
    """Return the picture with its colours spread into what is transparent: moved edges get no dark seam."""
    spread = picture.convert("RGBa").filter(ImageFilter.BoxBlur(3)).convert("RGBA")
    spread.paste(picture, (0, 0), picture.getchannel("A").point(lambda level: 255 if level > 24 else 0))
    return spread


def even(picture: Image.Image) -> Image.Image:
    """Return the picture on a transparent ground of even size."""
    size = (picture.width + picture.width % 2, picture.height + picture.height % 2)
    ground = Image.new("RGBA", size, (0, 0, 0, 0))
    ground.paste(picture)
    return ground


def to_rgb(planes: Planes) -> Image.Image:
    """Convert back to RGB, for a poster."""
    luma = (np.asarray(planes.luma, dtype=np.float32) - 16) * (255 / 219)
    size = planes.size
    blue = (np.asarray(planes.blue.resize(size), dtype=np.float32) - 128) * (255 / 224)
    red = (np.asarray(planes.red.resize(size), dtype=np.float32) - 128) * (255 / 224)
    channels = (luma + 1.5748 * red, luma - 0.1873 * blue - 0.4681 * red, luma + 1.8556 * blue)
    return Image.fromarray(np.clip(np.stack(channels, axis=-1), 0, 255).astype(np.uint8))


def _sure(plane: Image.Image | None) -> Image.Image:
    assert plane is not None  # noqa: S101 - a plane that was there is there
    return plane


def _faded(alpha: Image.Image | None, strength: float) -> Image.Image | None:
    if alpha is None or strength >= 1:
        return alpha
    return alpha.point([int(level * strength) for level in range(256)])
