"""The film, frame by frame: scenes are painted when they come and forgotten when they have gone."""

import hashlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from services.text_to_video.film.encode import open_film
from services.text_to_video.film.lettering import check
from services.text_to_video.film.order import FPS, Cancelled, FilmFacts, FilmOrder
from services.text_to_video.film.overlay import Captions, Headline, cues, webvtt
from services.text_to_video.film.plan import Plan, Scene, plan
from services.text_to_video.film.planes import Planes, black, to_rgb
from services.text_to_video.film.sound import Soundtrack
from services.text_to_video.film.stage import Stage

CROSSFADE = 10
FADE_FRAMES = 8
NOISE_TILES = 5
OnProgress = Callable[[float, str], None]


def render(
    order: FilmOrder, folder: Path, *, on_progress: OnProgress, cancelled: Callable[[], bool]
) -> FilmFacts:
    """Write ``film.mp4``, ``poster.jpg`` and ``captions.vtt`` into ``folder``.

    The same order gives the same bytes.  ``on_progress`` hears the true share done (0 to 1, never falling)
    and the stage.

    Raises:
        UnsupportedScript: A letter of the text cannot be drawn.
        Cancelled: ``cancelled`` said so; no file of this film is left.
    """
    check(order)
    on_progress(0.0, "planning")
    part = folder / "film.mp4.part"
    try:
        planned = plan(order)
        on_progress(0.02, "speaking")
        soundtrack = Soundtrack(order, planned)
        reel = Reel(order, planned)
        with open_film(part, order) as film:
            for frame in range(order.frames):
                if cancelled():
                    raise Cancelled
                on_progress(0.03 + 0.95 * frame / order.frames, "rendering")
                film.write(reel.frame(frame).pixels(), soundtrack.frame_samples(frame))
            on_progress(0.98, "finishing")
            film.finish()
        to_rgb(reel.frame(min(order.frames - 1, order.frames * 2 // 5))).save(
            folder / "poster.jpg", quality=88
        )
        (folder / "captions.vtt").write_text(webvtt(cues(planned.scenes, order.aspect)))
        part.replace(folder / "film.mp4")
    finally:
        part.unlink(missing_ok=True)
    on_progress(1.0, "finishing")
    return _facts(order, planned, folder / "film.mp4")


class Reel:
    """Composes any frame; keeps at most the two scenes around it."""

    def __init__(self, order: FilmOrder, planned: Plan) -> None:
        self._order = order
        self._scenes = planned.scenes
        self._stages: dict[int, tuple[Stage, Headline]] = {}
        accent = self._stage(0)[0].colours.accent
        self._captions = Captions(order, cues(planned.scenes, order.aspect), accent)
        self._shadow = _shadow(order)
        self._noise = _noise(order)

    def frame(self, number: int, *, words: bool = True) -> Planes:
        """Return the whole picture at a frame, with or without what is written on it."""
        scene = next(scene for scene in self._scenes if number < scene.end)
        stage, headline = self._stage(scene.number)
        whole = stage.picture(number)
        into = number - scene.first
        if scene.number > 0 and into < CROSSFADE:
            before = self._stage(scene.number - 1)[0].picture(number)
            whole = before.blended(whole, (into + 1) / (CROSSFADE + 1))
        whole.shade(self._shadow)
        if words:
            headline.write(whole, number)
            self._captions.write(whole, number)
        whole = whole.dithered(self._noise[number % NOISE_TILES])
        edge = min(number + 1, self._order.frames - number)
        return whole if edge >= FADE_FRAMES else black(whole.size).blended(whole, edge / FADE_FRAMES)

    def _stage(self, number: int) -> tuple[Stage, Headline]:
        if number not in self._stages:
            scene: Scene = self._scenes[number]
            stage = Stage(self._order, scene)
            self._stages = {n: kept for n, kept in self._stages.items() if n == number - 1}
            self._stages[number] = (stage, Headline(self._order, scene, stage.colours, stage.busyness()))
        return self._stages[number]


def _shadow(order: FilmOrder) -> Image.Image:
    """Return how much is taken from the light: in corners, where captions stand, by a style's surface."""
    width, height = order.size
    y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
    dark = {"noir": 0.62, "cinematic": 0.45, "minimal": 0.12, "playful": 0.15}.get(order.style, 0.3)
    corners = 1 - dark * np.clip(np.hypot(x * 0.8, y * 0.8) - 0.5, 0, 1)
    foot = 1 - 0.45 * np.clip((y - 0.45) / 0.55, 0, 1) ** 1.5
    head = 1 - 0.1 * np.clip((-y - 0.5) / 0.5, 0, 1)
    light = corners * foot * head
    if order.style == "watercolor":
        light *= 1 - 0.13 * _paper(order)
    if order.style == "retro":
        light[:: max(2, height // 240)] *= 0.93
    if order.style == "cinematic" and width > height:
        bar = round(height * 0.055)
        light[:bar], light[-bar:] = 0, 0
    return Image.fromarray(np.rint(255 - light * 255).astype(np.uint8))


def _paper(order: FilmOrder) -> NDArray[np.float64]:
    """Return the grain of watercolour paper with the blotches of the paint, 0 to 1."""
    dice = order.dice("paper")
    paper = np.zeros((order.size[1], order.size[0]))
    for cell, share in ((3, 0.35), (40, 0.35), (160, 0.3)):
        rough = dice.uniform(0, 255, (order.size[1] // cell + 2, order.size[0] // cell + 2))
        small = Image.fromarray(rough.astype(np.uint8))
        paper += (
            share / 255 * np.asarray(small.resize(order.size, Image.Resampling.BICUBIC), dtype=np.float64)
        )
    return paper


def _noise(order: FilmOrder) -> list[Image.Image]:
    width, height = order.size
    dice = order.dice("grain")
    tiles = []
    for _ in range(NOISE_TILES):
        grain = np.clip(np.rint(dice.normal(0, 1.2, (height, width))), -8, 8)
        tiles.append(Image.fromarray(grain.astype(np.int8).view(np.uint8)))
    return tiles


def _facts(order: FilmOrder, planned: Plan, film: Path) -> FilmFacts:
    with film.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    width, height = order.size
    return FilmFacts(
        duration_s=order.frames / FPS,
        width=width,
        height=height,
        fps=FPS,
        frames=order.frames,
        size_bytes=film.stat().st_size,
        sha256=digest,
        spoken=planned.spoken,
        words_spoken=planned.words_spoken,
        words_given=planned.words_given,
    )
