"""One scene as a picture that moves: layers at their depths, figures in their poses, air, a camera."""

import math
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from services.text_to_video.film.air import Air
from services.text_to_video.film.camera import Layer, View
from services.text_to_video.film.canvas import OVERSCAN, Canvas
from services.text_to_video.film.figures import CASTINGS, CYCLE_S, POSES, Way
from services.text_to_video.film.order import FPS, FilmOrder
from services.text_to_video.film.palette import Palette, palette
from services.text_to_video.film.places import PAINTERS, Setting
from services.text_to_video.film.plan import Scene
from services.text_to_video.film.planes import Planes, black, from_rgba

# How far each layer follows the camera: the front moves most.
DEPTHS = (0.35, 0.7, 1.0)
FIGURE_DEPTH = 0.85
# The camera pushes in, draws back, or only pans, from one enlargement to another.
ZOOMS = ((1.0, 1.045), (1.045, 1.0), (1.0, 1.0))
# Where busyness is looked for: a grid of squares of so many pixels.
SQUARE = 8


class Stage:
    """Everything painted for one scene; ``picture(n)`` is a pure function of the frame."""

    def __init__(self, order: FilmOrder, scene: Scene) -> None:
        self._size = order.size
        self._scene = scene
        seen, dice = scene.seen, order.dice("stage", scene.number)
        self.colours = palette(seen.place, order.style, order.dice("palette", seen.place), night=seen.night)
        count = len(seen.figures)
        self._actors = [
            _Actor(name, (n + 1) / (count + 1), scene, self.colours, self._size)
            for n, name in enumerate(seen.figures)
        ]
        self._air = Air(seen.air, self.colours, self._size, dice)
        turn = float(dice.uniform(-0.5, 0.5)) + (math.pi if dice.uniform() < 0.5 else 0)
        self._way = (math.cos(turn), 0.5 * math.sin(turn))
        self._zooms = ZOOMS[int(dice.integers(len(ZOOMS)))]
        self._paint(Setting(self.colours, dice, seen.night))

    def picture(self, frame: int) -> Planes:
        """Return the scene at a frame of the film."""
        share = self._share(frame)
        whole = black(self._size)
        self._enter(whole, self._back, DEPTHS[0], share)
        self._enter(whole, self._middle, DEPTHS[1], share)
        for actor in self._actors:
            actor.enter(whole, frame / FPS, share, self._shift(FIGURE_DEPTH, share))
        self._enter(whole, self._front, DEPTHS[2], share)
        self._air.fill(whole, frame)
        return whole

    def busyness(self) -> NDArray[np.float32]:
        """Return how much stands in each square of the picture, through the whole scene, from 0."""
        scene = self._scene
        moments = (scene.first, (scene.first + scene.end) // 2, max(scene.first, scene.end - 1))
        busy = np.zeros((self._size[1] // SQUARE, self._size[0] // SQUARE), np.float32)
        for moment in moments:
            luma = np.asarray(self.picture(moment).luma.reduce(2), dtype=np.float32)
            slope = np.abs(np.diff(luma, axis=0))[:, :-1] + np.abs(np.diff(luma, axis=1))[:-1, :]
            rows, columns = busy.shape
            step = SQUARE // 2
            cut = slope[: (rows - 1) * step, : (columns - 1) * step]
            squares = cut.reshape(rows - 1, step, columns - 1, step).mean(axis=(1, 3))
            busy[: rows - 1, : columns - 1] = np.maximum(busy[: rows - 1, : columns - 1], squares)
            for actor in self._actors:
                busy[actor.squares(moment / FPS, self._share(moment))] = 60
        return busy

    def _share(self, frame: int) -> float:
        return (frame - self._scene.first) / max(1, self._scene.end - self._scene.first)

    def _paint(self, setting: Setting) -> None:
        width, height = (_even(side * OVERSCAN) for side in self._size)
        layers = [Canvas(width, height) for _ in DEPTHS]
        PAINTERS[self._scene.seen.place](layers, setting)
        back = Layer(from_rgba(layers[0].opaque(), opaque=True), -width / 2, -height / 2)
        middle, front = (_layer(canvas, (width / 2, height / 2)) for canvas in layers[1:])
        self._back, self._middle, self._front = (
            None if layer is None else View(layer, self._size, self._reach(depth))
            for layer, depth in zip((back, middle, front), DEPTHS, strict=True)
        )

    def _enter(self, whole: Planes, view: View | None, depth: float, share: float) -> None:
        if view is not None:
            start, end = self._zooms
            zoom = 1 + (start + (end - start) * share - 1) * depth
            shift_x, shift_y = self._shift(depth, share)
            view.enter(whole, self._size[0] / 2 - shift_x, self._size[1] / 2 - shift_y, zoom)

    def _reach(self, depth: float) -> tuple[float, float]:
        """Return how far from its middle a layer is ever seen, in pixels."""
        shift_x, shift_y = self._shift(depth, 1.0)
        return self._size[0] / 2 + abs(shift_x) + 4, self._size[1] / 2 + abs(shift_y) + 4

    def _shift(self, depth: float, share: float) -> tuple[float, float]:
        """Return how far the camera has moved a layer, in pixels; within the overscan at every depth."""
        reach = (OVERSCAN - 1) / 2 * 0.85 * depth * (2 * share - 1)
        return self._way[0] * reach * self._size[0], self._way[1] * reach * self._size[1]


class _Actor:
    """A figure: its poses as small pictures, and its way across the scene."""

    def __init__(
        self, name: str, apart: float, scene: Scene, colours: Palette, size: tuple[int, int]
    ) -> None:
        casting = CASTINGS[name]
        self._side = _even(min(size) * casting.high)
        self._poses = _poses(name, colours, self._side, scene.seen.dances)
        self._way = Way.STANDS if scene.seen.dances else casting.way
        self._short = min(size)
        # In a narrow frame two figures need the whole width.
        self._foot = (size[0] * apart, size[1] * casting.foot)
        self._phase = apart * 5

    def enter(self, whole: Planes, at_s: float, share: float, shift: tuple[float, float]) -> None:
        """Put the pose of the moment where the figure is."""
        pose = self._poses[int((at_s / CYCLE_S + self._phase) * POSES) % POSES]
        x, y = self._place(at_s, share)
        pose.enter(whole, x - shift[0], y - shift[1])

    def squares(self, at_s: float, share: float) -> tuple[slice, slice]:
        """Return the rows and columns of squares that the figure covers, its margins left out."""
        x, y = self._place(at_s, share)
        half, high = self._side * 0.4, self._side * 0.9
        rows = slice(max(0, int((y - high) / SQUARE)), max(0, int(y / SQUARE)))
        return rows, slice(max(0, int((x - half) / SQUARE)), max(0, int((x + half) / SQUARE)))

    def _place(self, at_s: float, share: float) -> tuple[float, float]:
        x, y = self._foot
        if self._way is Way.WALKS:
            return x + self._short * 0.16 * (2 * share - 1), y
        if self._way is Way.DRIVES:
            return x + self._short * 0.34 * (2 * share - 1), y
        if self._way is Way.FLIES:
            sway = 0.035 * self._short * math.sin(at_s * 1.7 + self._phase)
            return x + self._short * 0.24 * (2 * share - 1), y + sway
        if self._way is Way.RISES:
            return x, y - self._short * 0.14 * (2 * share - 0.6)
        return x, y


@lru_cache(maxsize=3)
def _poses(name: str, colours: Palette, side: int, dances: bool) -> tuple[Layer, ...]:
    return tuple(_pose(name, colours, side, 2 * math.pi * number / POSES, dances) for number in range(POSES))


def _pose(name: str, colours: Palette, side: int, beat: float, dances: bool) -> Layer:
    casting = CASTINGS[name]
    canvas = Canvas(side, side)
    if (casting.way in {Way.STANDS, Way.WALKS} and casting.foot > 0.8) or name == "car":
        canvas.oval((0.5, 0.955), 0.3, 0.032, (0, 0, 0), 85)
    casting.draw(canvas, colours, beat, dances)
    drawn = _layer(canvas, (side * 0.5, side * 0.96))
    assert drawn is not None  # noqa: S101 - every figure draws something
    return drawn


def _layer(canvas: Canvas, origin: tuple[float, float]) -> Layer | None:
    painted = canvas.painted()
    if painted is None:
        return None
    part, left, top = painted
    return Layer(from_rgba(part), left - origin[0], top - origin[1])


def _even(length: float) -> int:
    return 2 * math.ceil(length / 2)
