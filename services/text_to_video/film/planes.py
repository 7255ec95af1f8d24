"""Pictures as planar YUV 4:2:0 (BT.709, limited range), moved and blended by Pillow's C code."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageChops, ImageFilter

BLACK_LUMA, GREY = 16, 128

_Change = Callable[[Image.Image], Image.Image]


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

    def cropped(self, box: tuple[int, int, int, int]) -> "Planes":
        """Return a part of the picture; the box is of even pixels."""
        half = (box[0] // 2, box[1] // 2, box[2] // 2, box[3] // 2)
        return self._each(lambda plane: plane.crop(box), lambda plane: plane.crop(half))

    def resized(self, size: tuple[int, int], box: tuple[float, float, float, float]) -> "Planes":
        """Return a part of the picture, parts of a pixel counting, brought to a size that is even."""
        half_size, half_box = (size[0] // 2, size[1] // 2), (box[0] / 2, box[1] / 2, box[2] / 2, box[3] / 2)
        return self._each(
            lambda plane: plane.resize(size, Image.Resampling.BILINEAR, box),
            lambda plane: plane.resize(half_size, Image.Resampling.BILINEAR, half_box),
        )

    def put(self, other: "Planes", at: tuple[int, int] = (0, 0), strength: float = 1.0) -> None:
        """Lay another picture over this one; ``strength`` 0..1 fades it."""
        x, y = at
        alpha, half = _faded(other.alpha, strength), _faded(other.half_alpha, strength)
        self.luma.paste(other.luma, (x, y), alpha)
        self.blue.paste(other.blue, (x // 2, y // 2), half)
        self.red.paste(other.red, (x // 2, y // 2), half)

    def blended(self, other: "Planes", share: float) -> "Planes":
        """Return a picture between this one (0) and another of its size (1), both opaque or neither."""
        mine, theirs = self.planes(), other.planes()
        return Planes(*(Image.blend(one, two, share) for one, two in zip(mine, theirs, strict=True)))

    def _each(self, on_whole: _Change, on_half: _Change) -> "Planes":
        return Planes(
            on_whole(self.luma),
            on_half(self.blue),
            on_half(self.red),
            None if self.alpha is None else on_whole(self.alpha),
            None if self.half_alpha is None else on_half(self.half_alpha),
        )

    def planes(self) -> list[Image.Image]:
        """Return those there are, in the order of the fields."""
        own = (self.luma, self.blue, self.red, self.alpha, self.half_alpha)
        return [plane for plane in own if plane is not None]

    def shade(self, shadow: Image.Image) -> None:
        """Darken the picture where a mask is light: 255 makes it black."""
        self.luma.paste(BLACK_LUMA, None, shadow)

    def dithered(self, noise: Image.Image) -> "Planes":
        """Return the picture with a little noise, modulo 256, added to its luma: it hides banding."""
        # Black is 16 and white 235, so that nothing wraps around.
        return Planes(ImageChops.add_modulo(self.luma, noise), self.blue, self.red)

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


def _faded(alpha: Image.Image | None, strength: float) -> Image.Image | None:
    if alpha is None or strength >= 1:
        return alpha
    return alpha.point([int(level * strength) for level in range(256)])
