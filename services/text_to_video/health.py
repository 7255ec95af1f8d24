"""Whether the service can do its work: encoder, storage, queue."""

import asyncio
import shutil
from pathlib import Path
from typing import Any

import av

from services.text_to_video.clock import rfc3339
from services.text_to_video.errors import ServiceError
from services.text_to_video.service import VideoService

LEAST_FREE_BYTES = 200 * 2**20


def encoder_works() -> bool:
    """Open the encoder once, as a film would."""
    try:
        av.CodecContext.create("libx264", "w")
    except (av.FFmpegError, ValueError):
        return False
    return True


async def report(service: VideoService, folder: Path, *, encoder: bool) -> tuple[int, dict[str, Any]]:
    """Return the HTTP status and what ``GET /health`` shows."""
    storage, waiting = await asyncio.to_thread(_storage, service, folder)
    parts = {
        "video_encoder": "ok" if encoder else "libx264 cannot be opened",
        "storage": storage,
        "queue": "ok" if waiting is not None else "unknown",
    }
    well = all(state == "ok" for state in parts.values())
    body = {
        "status": "healthy" if well else "unhealthy",
        "timestamp": rfc3339(service.clock.now()),
        "components": parts,
        "engine": "procedural-reference",
        "queue_depth": waiting,
    }
    return (200 if well else 503), body


def _storage(service: VideoService, folder: Path) -> tuple[str, int | None]:
    try:
        waiting = service.store.count("queued")
        probe = folder / "health-probe"
        probe.write_bytes(b"ok")
        probe.unlink()
    except (OSError, ServiceError):
        return "cannot be written", None
    free = shutil.disk_usage(folder).free
    return ("ok" if free >= LEAST_FREE_BYTES else "nearly full"), waiting
