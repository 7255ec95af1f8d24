"""JSON log lines on standard error, and the newest of them in memory for operators."""

import contextlib
import logging
import sys
import threading
import time
from collections import deque
from collections.abc import MutableMapping
from multiprocessing.util import Finalize
from typing import Any, TextIO, cast

import pydantic_core
import structlog

from telemetry.redaction import redact

RING_LINES = 1000
# Lines of so many seconds go out in one write: a write for each costs a request more than its line does.
GATHER_S = 0.02


class LogRing:
    """The newest log lines of this process, as dictionaries, oldest dropped first."""

    def __init__(self, lines: int = RING_LINES) -> None:
        self._lines: deque[dict[str, Any]] = deque(maxlen=lines)

    def __call__(
        self, _logger: object, _method: str, event: MutableMapping[str, Any]
    ) -> MutableMapping[str, Any]:
        """Keep a copy of the line; a structlog processor."""
        kept = dict(event)
        # Of a library's line: its arguments in clear, and paths.
        kept.pop("_record", None)
        kept.pop("_from_structlog", None)
        self._lines.append(kept)
        return event

    def latest(self, limit: int) -> list[dict[str, Any]]:
        """Return up to ``limit`` lines, newest first."""
        newest_first = list(self._lines)[::-1]
        return newest_first[:limit]


class LineWriter:
    """Writes lines to a stream from a thread of its own, many at a time.

    A log that cannot be written (a full disk, a closed pipe) never fails or delays a request: its lines are
    dropped, and stay in the ring.  Lines are written in order; what is left is written at exit.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._lines: deque[str] = deque(maxlen=RING_LINES * 10)
        self._some = threading.Event()
        self._writing = threading.Lock()
        threading.Thread(target=self._write_on, name="log", daemon=True).start()
        # Unlike ``atexit``, this runs in a server's worker processes too.
        Finalize(self, self.drain, exitpriority=0)

    def write(self, text: str) -> int:
        """Take text to be written soon."""
        self._lines.append(text)
        if not self._some.is_set():
            self._some.set()
        return len(text)

    def flush(self) -> None:
        """Do nothing: loggers flush after every line, and the thread writes within a moment."""

    def drain(self) -> None:
        """Write what has been taken."""
        with self._writing:
            self._some.clear()
            lines = [self._lines.popleft() for _ in range(len(self._lines))]
            with contextlib.suppress(OSError, ValueError):
                self._stream.write("".join(lines))
                self._stream.flush()

    def _write_on(self) -> None:
        while True:
            self._some.wait()
            time.sleep(GATHER_S)
            self.drain()


def _json(line: object, **_: object) -> str:
    # Several times as fast as the standard library's, which was the dearest part of a line.
    return pydantic_core.to_json(line, fallback=str, inf_nan_mode="strings").decode()


def configure_logging(level: str) -> LogRing:
    """Send every log line, ours and the libraries', through one chain; return the ring of the newest."""
    ring = LogRing()
    lines = cast("TextIO", LineWriter(sys.stderr))
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="ts"),
        structlog.processors.format_exc_info,
        redact,
        ring,
    ]
    structlog.configure(
        processors=[*shared, structlog.processors.JSONRenderer(_json)],
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, level)),
        logger_factory=structlog.WriteLoggerFactory(file=lines),
        cache_logger_on_first_use=False,
    )
    _adopt_library_logs(level, shared, lines)
    return ring


def _adopt_library_logs(level: str, shared: list[Any], lines: TextIO) -> None:
    handler = logging.StreamHandler(lines)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(_json),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    # Chatty at INFO, and a URL in a line would name what users made.
    for name in ("httpx", "httpcore", "uvicorn.access"):
        logging.getLogger(name).setLevel(logging.WARNING)
