"""Pictures as planar YUV 4:2:0 (BT.709, limited range), moved and blended by Pillow's C code."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageChops

HALF = Image.Resampling.BOX
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
        """Lay another picture over this one, at an even place; ``strength`` 0..1 fades it."""
        x, y = at[0] & ~1, at[1] & ~1
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


def black(size: tuple[int, int]) -> Planes:
    """Return a black picture."""
    half = (size[0] // 2, size[1] // 2)
    return Planes(Image.new("L", size, BLACK_LUMA), Image.new("L", half, GREY), Image.new("L", half, GREY))


def from_rgba(picture: Image.Image, *, opaque: bool = False) -> Planes:
    """Convert a picture of even size (ITU-R BT.709, section 3)."""
    pixels = np.asarray(picture.convert("RGBA"), dtype=np.float32)
    red, green, blue = pixels[..., 0], pixels[..., 1], pixels[..., 2]
    luma = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    half = (picture.width // 2, picture.height // 2)
    alpha = None if opaque else picture.getchannel("A")
    return Planes(
        _plane(16 + luma * (219 / 255)),
        _plane(128 + (blue - luma) / 1.8556 * (224 / 255)).resize(half, HALF),
        _plane(128 + (red - luma) / 1.5748 * (224 / 255)).resize(half, HALF),
        alpha,
        None if alpha is None else alpha.resize(half, HALF),
    )


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


def _plane(values: NDArray[np.float32]) -> Image.Image:
    return Image.fromarray(np.clip(np.rint(values), 0, 255).astype(np.uint8))


def _sure(plane: Image.Image | None) -> Image.Image:
    assert plane is not None  # noqa: S101 - a plane that was there is there
    return plane


def _faded(alpha: Image.Image | None, strength: float) -> Image.Image | None:
    if alpha is None or strength >= 1:
        return alpha
    return alpha.point([int(level * strength) for level in range(256)])
