"""The sound: narration over a bed of chords that makes room for it, brought to an even loudness."""

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from services.text_to_video.film.order import FPS, FilmOrder
from services.text_to_video.film.plan import Plan, Scene
from services.text_to_video.film.speech import RATE_HZ as SPEECH_HZ
from services.text_to_video.film.speech import Utterance

RATE_HZ = 48_000
SAMPLES_A_FRAME = RATE_HZ // FPS
CHORD_S = 2.0
FADE_S = 0.5
# Root mean square of the mix that measures about -16 LUFS.
TARGET_RMS = 0.135
PEAK = 0.89
# Semitones above the root: two turns of four chords, in major and in minor.
_BRIGHT = ((0, 4, 7, 12), (9, 12, 16, 21), (5, 9, 12, 17), (7, 11, 14, 19))
_DARK = ((0, 3, 7, 12), (8, 12, 15, 20), (3, 7, 10, 15), (10, 14, 17, 22))
_DARK_STYLES = frozenset({"noir", "cinematic", "neon"})

Samples = NDArray[np.float32]


class Soundtrack:
    """The film's sound; ``frame_samples(n)`` gives the stereo samples of one frame."""

    def __init__(self, order: FilmOrder, plan: Plan) -> None:
        self._order = order
        self._count = order.frames * SAMPLES_A_FRAME
        dice = order.dice("music")
        self._root_hz = 110.0 * 2 ** (int(dice.integers(-4, 5)) / 12)
        self._chords = _DARK if order.style in _DARK_STYLES else _BRIGHT
        self._pulse = 2 if order.style in {"minimal", "watercolor", "noir"} else 4
        self._lines = [_Line(*_span(scene), scene.utterance) for scene in plan.scenes if scene.utterance]
        self._resampled = lru_cache(maxsize=3)(_resampled)
        self._gain = self._measured_gain()

    def frame_samples(self, frame: int) -> Samples:
        """Return 2000 samples of two channels, -1..1, shaped (2000, 2)."""
        start = frame * SAMPLES_A_FRAME
        mixed = self._mix(start, start + SAMPLES_A_FRAME) * self._gain
        soft: Samples = (np.tanh(mixed / PEAK) * PEAK * self._fade(start)[:, None]).astype(np.float32)
        return soft

    def _mix(self, start: int, end: int) -> Samples:
        # Wider than the frame, so that the music gives way a little before a word and comes back after it.
        margin = RATE_HZ // 3
        near = self._voice(start - margin, end + margin)
        level = min(1.0, float(np.abs(near[::480]).mean()) * 9)
        music = self._music(start, end) * (0.42 - 0.27 * level)
        voice = near[margin : margin + end - start]
        return (voice[:, None] + music).astype(np.float32)

    def _voice(self, start: int, end: int) -> Samples:
        """Return what is said between two samples, silence elsewhere."""
        track: Samples = np.zeros(end - start, np.float32)
        for line in self._lines:
            if line.start < end and start < line.end:
                spoken = self._resampled(line.utterance)
                first, last = max(start, line.start), min(end, line.start + len(spoken))
                track[first - start : max(first, last) - start] += spoken[
                    first - line.start : max(first, last) - line.start
                ]
        return track

    def _music(self, start: int, end: int) -> Samples:
        """Return pads and plucked notes as a pure function of the sample's number."""
        at_s = np.arange(start, end, dtype=np.float64) / RATE_HZ
        left, right = np.zeros(end - start), np.zeros(end - start)
        first, last = int(start / RATE_HZ / CHORD_S), int((end - 1) / RATE_HZ / CHORD_S)
        for number in range(max(0, first - 1), last + 1):
            since = at_s - number * CHORD_S
            swell = np.clip(since / 0.6, 0, 1) * np.clip((CHORD_S + 0.8 - since) / 0.8, 0, 1)
            chord = self._chords[number % len(self._chords)]
            for voice, semitones in enumerate(chord):
                hz = self._root_hz * 2 ** (semitones / 12)
                wave = np.sin(2 * math.pi * hz * at_s) + 0.3 * np.sin(4 * math.pi * hz * at_s + voice)
                pan = 0.3 + 0.4 * (voice % 2)
                left += wave * swell * 0.13 * (1 - pan)
                right += wave * swell * 0.13 * pan
        pluck = self._plucked(at_s)
        return np.stack([left + pluck * 0.6, right + pluck * 0.5], axis=1).astype(np.float32)

    def _plucked(self, at_s: NDArray[np.float64]) -> NDArray[np.float64]:
        step = CHORD_S / self._pulse / 2
        number = np.floor(at_s / step).astype(int)
        since = at_s - number * step
        chords = np.array(self._chords)
        semitones = chords[(number // (self._pulse * 2)) % 4, number % 4] + 12
        hz = self._root_hz * 2.0 ** (semitones / 12)
        # Phase counted from the note's own start, so that every note begins at zero.
        return np.asarray(
            np.sin(2 * math.pi * hz * since) * np.exp(-since * 9) * np.clip(since / 0.004, 0, 1) * 0.22
        )

    def _fade(self, start: int) -> NDArray[np.float64]:
        at = np.arange(start, start + SAMPLES_A_FRAME)
        edge = min(FADE_S * RATE_HZ, self._count / 4)
        return np.clip(at / edge, 0, 1) * np.clip((self._count - at) / edge, 0, 1)

    def _measured_gain(self) -> float:
        """Return the gain that brings the louder stretches to the target."""
        step = max(1, self._order.frames // 240)
        powers = []
        for frame in range(0, self._order.frames, step):
            start = frame * SAMPLES_A_FRAME
            powers.append(float(np.mean(self._mix(start, start + SAMPLES_A_FRAME) ** 2)))
        loud = [power for power in powers if power > max(powers) * 0.01]
        return TARGET_RMS / math.sqrt(sum(loud) / len(loud))


@dataclass(frozen=True, slots=True)
class _Line:
    """A sentence in the film: its first sample, the sample after its last, and its words."""

    start: int
    end: int
    utterance: Utterance


def _span(scene: Scene) -> tuple[int, int]:
    assert scene.utterance is not None  # noqa: S101 - asked only for spoken scenes
    start = int((scene.words[0].start_s - scene.utterance.starts_s[0]) * RATE_HZ)
    return max(0, start), max(0, start) + int(scene.utterance.count * RATE_HZ / SPEECH_HZ)


def _resampled(utterance: Utterance) -> Samples:
    """Return 22 050 Hz speech at 48 kHz, by straight lines between samples, at one peak level."""
    samples = utterance.samples()
    count = int(len(samples) * RATE_HZ / SPEECH_HZ)
    at = np.arange(count) * (SPEECH_HZ / RATE_HZ)
    peak = float(np.abs(samples).max(initial=0)) or 1.0
    resampled: Samples = (np.interp(at, np.arange(len(samples)), samples) * (0.8 / peak)).astype(np.float32)
    return resampled
