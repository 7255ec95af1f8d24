"""Writes H.264 and AAC into an MP4 that can be played while it loads."""

import struct
import tempfile
import weakref
from collections import deque
from collections.abc import Generator, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray

from services.text_to_video.film.order import FPS, FilmOrder
from services.text_to_video.film.sound import RATE_HZ, Samples

AAC_FRAME = 1024
# Frames that may wait for the encoder: enough that neither it nor the painter stands still.
AHEAD = 6
BT709 = 1
LIMITED = 1


class FilmWriter:
    """Takes frames and their sound in order and encodes them in a thread; made by :func:`open_film`."""

    def __init__(self, container: Any, order: FilmOrder, thread: ThreadPoolExecutor) -> None:
        self._container = container
        self._packets = _Packets()
        self._thread = thread
        self._waiting_frames: deque[Future[None]] = deque()
        self._video = _video_stream(container, order)
        self._audio = container.add_stream("aac", rate=RATE_HZ, layout="stereo")
        self._audio.bit_rate = 128_000
        self._waiting: Samples = np.zeros((0, 2), np.float32)
        self._frames = 0
        self._samples = 0

    def write(self, pixels: NDArray[np.uint8], samples: Samples) -> None:
        """Append one frame (``yuv420p`` rows) with its stereo samples; wait when the encoder is behind."""
        self._waiting_frames.append(self._thread.submit(self._encode, pixels, samples))
        if len(self._waiting_frames) > AHEAD:
            self._waiting_frames.popleft().result()

    def finish(self) -> None:
        """Wait for the encoder, and write what it still holds."""
        while self._waiting_frames:
            self._waiting_frames.popleft().result()
        if len(self._waiting):
            self._sound(self._waiting)
        self._packets.keep(self._video.encode(None))
        self._packets.keep(self._audio.encode(None))
        for packet in self._packets.kept((self._video, self._audio)):
            self._container.mux(packet)

    def _encode(self, pixels: NDArray[np.uint8], samples: Samples) -> None:
        frame = av.VideoFrame.from_ndarray(pixels, format="yuv420p")
        frame.pts, frame.time_base = self._frames, Fraction(1, FPS)
        frame.colorspace, frame.color_range = BT709, LIMITED
        self._frames += 1
        self._packets.keep(self._video.encode(frame))
        self._waiting = np.concatenate([self._waiting, samples])
        while len(self._waiting) >= AAC_FRAME:
            self._sound(self._waiting[:AAC_FRAME])
            self._waiting = self._waiting[AAC_FRAME:]

    def _sound(self, samples: Samples) -> None:
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(samples.T), format="fltp", layout="stereo")
        frame.sample_rate, frame.pts, frame.time_base = RATE_HZ, self._samples, Fraction(1, RATE_HZ)
        self._samples += len(samples)
        self._packets.keep(self._audio.encode(frame))


class _Packets:
    """What the encoders gave, in a nameless file until the film is complete.

    A container keeps an entry of every packet in memory; so it gets them only when nothing else needs any.
    """

    _HEAD = struct.Struct("<B?qqqI")

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 - closed below, with its last user
        weakref.finalize(self, self._file.close)

    def keep(self, packets: Iterable[Any]) -> None:
        """Append packets."""
        for packet in packets:
            facts = (packet.pts, packet.dts, packet.duration or 0, packet.size)
            self._file.write(self._HEAD.pack(packet.stream.index, packet.is_keyframe, *facts))
            self._file.write(bytes(packet))

    def kept(self, streams: Sequence[Any]) -> Iterator[Any]:
        """Yield the packets again, in their order."""
        self._file.seek(0)
        while head := self._file.read(self._HEAD.size):
            index, is_keyframe, pts, dts, duration, size = self._HEAD.unpack(head)
            packet = av.Packet(self._file.read(size))
            packet.stream, packet.time_base = streams[index], streams[index].codec_context.time_base
            packet.pts, packet.dts, packet.duration, packet.is_keyframe = pts, dts, duration, is_keyframe
            yield packet


@contextmanager
def open_film(path: Path, order: FilmOrder) -> Generator[FilmWriter, None, None]:
    """Open a film for writing; its index comes first, so that players can start at once."""
    options = {"movflags": "+faststart", "fflags": "+bitexact"}
    # The thread ends before the container is closed, also when painting fails.
    with (
        av.open(str(path), "w", format="mp4", options=options) as container,
        ThreadPoolExecutor(1, thread_name_prefix="encoder") as thread,
    ):
        container.metadata["title"] = order.text[:80]
        container.metadata["comment"] = (
            f"procedural reference film, not an AI model; style={order.style} seed={order.seed}"
        )
        yield FilmWriter(container, order, thread)


def _video_stream(container: Any, order: FilmOrder) -> Any:
    stream = container.add_stream("libx264", rate=FPS)
    stream.width, stream.height = order.size
    stream.pix_fmt = "yuv420p"
    # One thread and no macroblock tree: the same frames give the same bytes.  (With the tree, x264's vector
    # code makes decisions that differ from run to run on sizes such as 848 x 480.)
    stream.codec_context.thread_count = 1
    stream.codec_context.options = {
        "preset": "veryfast",
        "crf": "23",
        "profile": "high",
        "x264-params": "mbtree=0",
    }
    stream.codec_context.gop_size = FPS * 2
    stream.codec_context.time_base = Fraction(1, FPS)
    stream.codec_context.color_primaries = BT709
    stream.codec_context.color_trc = BT709
    stream.codec_context.colorspace = BT709
    stream.codec_context.color_range = LIMITED
    return stream
