"""A film against the encoder alone: processor time, wall time, memory."""

import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from bench.figure import Figure
from services.text_to_video.film.encode import open_film
from services.text_to_video.film.order import FilmOrder
from services.text_to_video.film.plan import plan
from services.text_to_video.film.render import Reel, render

TEXT = (
    "A robot dances in the disco until the music stops. The city sleeps under the stars while one taxi rolls "
    "home. A small ship crosses the stormy sea to find its harbour. Our sales grew every quarter because "
    "people trust us. In the end a lion walks across the savanna."
)
LONG_TEXT = (
    TEXT + " " + " ".join(f"Chapter {n} tells of the sea and of the forest at night." for n in range(1, 70))
)
ROUNDS = 3
FILM = FilmOrder(TEXT, "general", "default", 20, "en", "16:9", "720p", 1)


def figures() -> list[Figure]:
    """Measure each in a process of its own, so that peaks do not mix; film and encoder in turns."""
    with tempfile.TemporaryDirectory() as folder:
        _measured("frames", folder)
        pairs = [(_measured("film", folder), _measured("encode", folder)) for _ in range(ROUNDS)]
        minute, ten = _measured("minute", folder), _measured("ten", folder)
    film, encoded = sorted(pairs, key=lambda pair: pair[0]["cpu_s"] / pair[1]["cpu_s"])[ROUNDS // 2]
    wall_s = statistics.median(pair[0]["wall_s"] for pair in pairs)
    peak_mb = max(pair[0]["peak_mb"] for pair in pairs)
    return [
        Figure(
            "20 s 720p film, processor time against the encoder alone",
            film["cpu_s"] / encoded["cpu_s"],
            "×",
            3.0,
            note=f"{film['cpu_s']:.1f} s against {encoded['cpu_s']:.1f} s",
        ),
        Figure("20 s 720p film, wall time against its length", wall_s / 20, "×", 1.0),
        Figure("20 s 720p film, peak memory", peak_mb, "MB", 550),
        Figure(
            "peak memory of a 10 minute film against a 1 minute film",
            ten["peak_mb"] / minute["peak_mb"],
            "×",
            1.02,
            note=f"{ten['peak_mb']:.0f} MB against {minute['peak_mb']:.0f} MB, 256 x 144",
        ),
    ]


def _measured(what: str, folder: str) -> dict[str, float]:
    told = subprocess.run(
        [sys.executable, "-m", "bench.film", what, folder], capture_output=True, text=True, check=True
    )
    measured: dict[str, float] = json.loads(told.stdout)
    return measured


def _work(what: str, folder: Path) -> None:
    if what == "frames":
        _write_frames(folder / "frames.raw")
    elif what == "encode":
        _encode(folder / "frames.raw", folder / "again.mp4")
    elif what == "film":
        render(FILM, folder, on_progress=lambda *_: None, cancelled=lambda: False)
    else:
        _small_film(60 if what == "minute" else 600, folder)


def _write_frames(target: Path) -> None:
    """Keep every frame of the film as the encoder is given it."""
    reel = Reel(FILM, plan(FILM))
    with target.open("wb") as raw:
        for number in range(FILM.frames):
            raw.write(reel.frame(number).pixels().tobytes())


def _encode(source: Path, target: Path) -> None:
    """Encode the kept frames and as much noise for sound: read first, so that only encoding is timed."""
    width, height = FILM.size
    frames = np.fromfile(source, np.uint8).reshape(FILM.frames, height * 3 // 2, width)
    noise = np.random.default_rng(1).normal(0, 0.1, (len(frames), 2000, 2)).astype(np.float32)
    _begin()
    with open_film(target, FILM) as film:
        for frame, samples in zip(frames, noise, strict=True):
            film.write(frame, samples)
        film.finish()


def _small_film(seconds: int, folder: Path) -> None:
    small = FilmOrder(LONG_TEXT, "general", "default", seconds, "en", "16:9", "preview", 1)
    made = folder / str(seconds)
    made.mkdir()
    render(small, made, on_progress=lambda *_: None, cancelled=lambda: False)


def peak_mb() -> float:
    """Return this process's own peak; ``ru_maxrss`` would remember what its parent had before it began."""
    line = next(line for line in Path("/proc/self/status").read_text().splitlines() if "VmHWM" in line)
    return int(line.split()[1]) / 1024


_began: list[float] = []


def _begin() -> None:
    _began[:] = [time.process_time(), time.perf_counter()]


def _main() -> None:
    _begin()
    _work(sys.argv[1], Path(sys.argv[2]))
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    measured = {
        "cpu_s": time.process_time() - _began[0] + children.ru_utime + children.ru_stime,
        "wall_s": time.perf_counter() - _began[1],
        "peak_mb": peak_mb(),
    }
    sys.stdout.write(json.dumps(measured))


if __name__ == "__main__":
    _main()
