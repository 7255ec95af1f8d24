"""Narration by espeak-ng, in a child process: the library has global state and may crash.

As a program it reads JSON lines ``{"text", "rate"}`` for one voice and writes one JSON line for each:
16-bit mono samples in base 64, and the start of each word in milliseconds.
"""

import base64
import ctypes
import json
import os
import subprocess
import sys
import tempfile
import weakref
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import espeakng_loader
import numpy as np
from numpy.typing import NDArray

RATE_HZ = 22_050
SAMPLE_BYTES = 2
BASE_WPM = 158
LIMIT_S = 60
# Names that this build of espeak-ng knows, by BCP 47 primary language.
_VOICES = {"en": "en-us", "fr": "fr", "pt": "pt", "zh": "cmn", "no": "nb"}
_WORD_EVENT = 1
_END = 0


class Recording:
    """Samples in a nameless file, so that a long film needs no more memory than a short one."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 - closed below, with its last user
        weakref.finalize(self, self._file.close)

    def keep(self, raw: bytes) -> int:
        """Append samples and return where they begin."""
        offset = self._file.seek(0, os.SEEK_END)
        self._file.write(raw)
        return offset

    def read(self, offset: int, length: int) -> bytes:
        """Return kept samples."""
        self._file.seek(offset)
        return self._file.read(length)


@dataclass(frozen=True, slots=True, eq=False)
class Utterance:
    """A spoken sentence: where its samples lie, and when each word starts, in seconds."""

    recording: Recording
    offset: int
    count: int
    starts_s: Sequence[float]

    @property
    def length_s(self) -> float:
        """How long it takes."""
        return self.count / RATE_HZ

    def samples(self) -> NDArray[np.float32]:
        """Read the samples: -1..1 at 22 050 Hz."""
        raw = np.frombuffer(self.recording.read(self.offset, self.count * SAMPLE_BYTES), np.int16)
        return (raw / 32_768).astype(np.float32)


def speak(sentences: Sequence[str], *, language: str, tempo: float) -> list[Utterance] | None:
    """Speak each sentence at a tempo (1 is normal); none if there is no voice for the language."""
    lines = "".join(json.dumps({"text": text, "rate": round(BASE_WPM * tempo)}) + "\n" for text in sentences)
    command = [sys.executable, "-m", "services.text_to_video.film.speech", _voice(language)]
    with tempfile.TemporaryFile() as told:
        try:
            subprocess.run(  # noqa: S603 - our own program, no shell
                command,
                input=lines.encode(),
                stdout=told,
                stderr=subprocess.DEVNULL,
                timeout=LIMIT_S,
                check=True,
            )
        except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
            return None
        told.seek(0)
        recording = Recording()
        return [_utterance(json.loads(line), recording) for line in told]


def _voice(language: str) -> str:
    primary = language.lower().partition("-")[0]
    return _VOICES.get(primary, primary)


def _utterance(spoken: dict[str, Any], recording: Recording) -> Utterance:
    raw = base64.b64decode(spoken["samples"])
    starts_s = [start / 1000 for start in spoken["starts_ms"]]
    return Utterance(recording, recording.keep(raw), len(raw) // SAMPLE_BYTES, starts_s)


class _Id(ctypes.Union):
    _fields_ = (("number", ctypes.c_int), ("name", ctypes.c_char_p), ("string", ctypes.c_char * 8))


class _Event(ctypes.Structure):
    """``espeak_EVENT`` of speak_lib.h."""

    _fields_ = (
        ("type", ctypes.c_int),
        ("unique_identifier", ctypes.c_uint),
        ("text_position", ctypes.c_int),
        ("length", ctypes.c_int),
        ("audio_position", ctypes.c_int),
        ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p),
        ("id", _Id),
    )


_CALLBACK = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(_Event)
)


class _Espeak:
    """The library, opened once for one voice.  Raises ``LookupError`` if it does not have the voice."""

    def __init__(self, voice: str) -> None:
        self._library = ctypes.CDLL(espeakng_loader.get_library_path())
        self._samples: list[NDArray[np.int16]] = []
        self._starts_ms: list[tuple[int, int]] = []
        # Kept on the object: the library holds only a bare pointer to it.
        self._callback = _CALLBACK(self._hear)
        data = espeakng_loader.get_data_path().encode()
        if self._library.espeak_Initialize(1, 0, data, 0) <= 0:
            raise LookupError("espeak-ng does not start")
        self._library.espeak_SetSynthCallback(self._callback)
        if self._library.espeak_SetVoiceByName(voice.encode()) != 0:
            raise LookupError(f"no voice {voice}")

    def say(self, text: str, rate: int) -> tuple[bytes, list[tuple[int, int]]]:
        """Return the samples, and (position in the text from 0, start in ms) of each word."""
        self._samples.clear()
        self._starts_ms.clear()
        for parameter, value in ((1, rate), (3, 44), (4, 60)):
            self._library.espeak_SetParameter(parameter, value, 0)
        encoded = text.encode()
        self._library.espeak_Synth(encoded, len(encoded) + 1, 0, 1, 0, 1, None, None)
        self._library.espeak_Synchronize()
        samples = np.concatenate(self._samples) if self._samples else np.zeros(0, np.int16)
        return samples.tobytes(), list(self._starts_ms)

    def _hear(
        self, wave: "ctypes._Pointer[ctypes.c_short]", count: int, events: "ctypes._Pointer[_Event]"
    ) -> int:
        if wave and count > 0:
            self._samples.append(np.ctypeslib.as_array(wave, (count,)).copy())
        index = 0
        while events[index].type != _END:
            if events[index].type == _WORD_EVENT:
                self._starts_ms.append((events[index].text_position - 1, events[index].audio_position))
            index += 1
        return 0


def _word_starts(text: str, heard: list[tuple[int, int]]) -> list[int]:
    """Give every word of the text a start: the first event inside it, or the word's before."""
    starts: list[int] = []
    place = 0
    for word in text.split():
        begin = text.index(word, place)
        place = begin + len(word)
        inside = [ms for at, ms in heard if begin <= at < place]
        starts.append(inside[0] if inside else (starts[-1] if starts else 0))
    return starts


def main() -> int:
    """Speak what comes on standard input; exit code 3 if there is no such voice."""
    try:
        espeak = _Espeak(sys.argv[1])
    except LookupError:
        return 3
    for line in sys.stdin:
        asked = json.loads(line)
        samples, heard = espeak.say(asked["text"], asked["rate"])
        answer = {
            "samples": base64.b64encode(samples).decode(),
            "starts_ms": _word_starts(asked["text"], heard),
        }
        sys.stdout.write(json.dumps(answer) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
