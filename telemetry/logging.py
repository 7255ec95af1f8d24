"""JSON log lines on standard error, and the newest of them in memory for operators."""

import logging
import sys
from collections import deque
from collections.abc import MutableMapping
from typing import Any

import structlog

RING_LINES = 1000


class LogRing:
    """The newest log lines of this process, as dictionaries, oldest dropped first."""

    def __init__(self, lines: int = RING_LINES) -> None:
        self._lines: deque[dict[str, Any]] = deque(maxlen=lines)

    def __call__(
        self, _logger: object, _method: str, event: MutableMapping[str, Any]
    ) -> MutableMapping[str, Any]:
        """Keep a copy of the line; a structlog processor."""
        self._lines.append(dict(event))
        return event

    def latest(self, limit: int) -> list[dict[str, Any]]:
        """Return up to ``limit`` lines, newest first."""
        newest_first = list(self._lines)[::-1]
        return newest_first[:limit]


def configure_logging(level: str) -> LogRing:
    """Send every log line, ours and the libraries', through one chain; return the ring of the newest."""
    ring = LogRing()
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="ts"),
        structlog.processors.format_exc_info,
        ring,
    ]
    structlog.configure(
        processors=[*shared, structlog.processors.JSONRenderer(default=str)],
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, level)),
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=False,
    )
    _adopt_library_logs(level, shared)
    return ring


def _adopt_library_logs(level: str, shared: list[Any]) -> None:
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(default=str),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    # Chatty at INFO, and a URL in a line would name what users made.
    for name in ("httpx", "httpcore", "uvicorn.access"):
        logging.getLogger(name).setLevel(logging.WARNING)
