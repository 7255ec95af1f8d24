"""One scene as a picture that moves: layers at their depths, figures in their poses, a camera."""

import math
from functools import lru_cache

import numpy as np
from PIL import Image

from services.text_to_video.film.canvas import OVERSCAN, Canvas
from services.text_to_video.film.figures import CYCLE_S, FIGURES, POSES, STANDS
from services.text_to_video.film.order import FPS, FilmOrder
from services.text_to_video.film.palette import Palette, palette
from services.text_to_video.film.places import PAINTERS
from services.text_to_video.film.plan import Scene
from services.text_to_video.film.planes import Planes, even, from_rgba

# How far each layer follows the camera: the front moves most.
DEPTHS = (0.35, 0.7, 1.0)
FIGURE_DEPTH = 0.85


class Stage:
    """Everything painted for one scene; ``picture(n)`` is a pure function of the frame."""

    def __init__(self, order: FilmOrder, scene: Scene) -> None:
        self._size = order.size
        self._scene = scene
        dice = order.dice("stage", scene.number)
        self.colours = palette(scene.place, order.style, order.dice("palette", scene.place))
        self._back, *self._fronts = self._painted(dice)
        self._figures = [
            _Actor(name, n, scene, self.colours, self._size) for n, name in enumerate(scene.figures)
        ]
        turn = float(dice.uniform(0, 2 * math.pi))
        self._from = (math.cos(turn), 0.5 * math.sin(turn))
        self._zooms = (1.0, 1.055) if dice.uniform() < 0.6 else (1.055, 1.0)

    def picture(self, frame: int) -> Planes:
        """Return the scene at a frame of the film."""
        scene = self._scene
        share = (frame - scene.first) / max(1, scene.end - scene.first)
        at_s = frame / FPS
        whole = self._seen(self._back, DEPTHS[0], share)
        middle, front = self._fronts
        whole.put(self._seen(middle, DEPTHS[1], share))
        for actor in self._figures:
            actor.enter(whole, at_s, self._shift(FIGURE_DEPTH, share))
        whole.put(self._seen(front, DEPTHS[2], share))
        return whole

    def _painted(self, dice: np.random.Generator) -> list[Planes]:
        width, height = (_even(side * OVERSCAN) for side in self._size)
        layers = [Canvas(width, height) for _ in DEPTHS]
        PAINTERS[self._scene.place](layers, self.colours, dice)
        return [from_rgba(layer.finished(), opaque=number == 0) for number, layer in enumerate(layers)]

    def _seen(self, layer: Planes, depth: float, share: float) -> Planes:
        start, end = self._zooms
        zoom = 1 + (start + (end - start) * share - 1) * depth
        spare_x = layer.size[0] - self._size[0] / zoom
        spare_y = layer.size[1] - self._size[1] / zoom
        shift_x, shift_y = self._shift(depth, share)
        return layer.moved(self._size, spare_x / 2 + shift_x, spare_y / 2 + shift_y, zoom)

    def _shift(self, depth: float, share: float) -> tuple[float, float]:
        """Return how far the camera has moved a layer, in pixels; within the overscan at every depth."""
        reach = (OVERSCAN - 1) / 2 * 0.85 * depth * (2 * share - 1)
        return self._from[0] * reach * self._size[0], self._from[1] * reach * self._size[1]


class _Actor:
    """A figure: its poses as small pictures, and its way across the scene."""

    def __init__(self, name: str, number: int, scene: Scene, colours: Palette, size: tuple[int, int]) -> None:
        high, foot = STANDS[name]
        self._side = _even(min(size) * high)
        self._poses = _poses(name, colours, self._side)
        apart = 0.5 if len(scene.figures) == 1 else 0.34 + 0.34 * number
        self._centre = (size[0] * apart, size[1] * foot)

    def enter(self, whole: Planes, at_s: float, shift: tuple[float, float]) -> None:
        """Put the pose of the moment where the figure stands."""
        pose = self._poses[int(at_s / CYCLE_S * POSES) % POSES]
        x = self._centre[0] - self._side / 2 - shift[0]
        y = self._centre[1] - self._side * 0.95 - shift[1]
        whole.put(pose, (round(x), round(y)))


@lru_cache(maxsize=4)
def _poses(name: str, colours: Palette, side: int) -> tuple[Planes, ...]:
    return tuple(_pose(name, colours, side, 2 * math.pi * number / POSES) for number in range(POSES))


def _pose(name: str, colours: Palette, side: int, beat: float) -> Planes:
    canvas = Canvas(side, side)
    shadow = (0.2 * canvas.width, 0.93 * canvas.height, 0.8 * canvas.width, 0.995 * canvas.height)
    if name not in {"bird", "rocket", "ship"}:
        canvas.draw.ellipse(shadow, fill=(0, 0, 0, 80))
    FIGURES[name](canvas, colours, beat)
    picture: Image.Image = canvas.finished()
    return from_rgba(even(picture))


def _even(length: float) -> int:
    return 2 * math.ceil(length / 2)
