"""Whether the service can do its work: storage, text, embedding."""

import asyncio
import shutil
from pathlib import Path
from typing import Any

from services.creatorcore.clock import rfc3339
from services.creatorcore.errors import ServiceError
from services.creatorcore.service import TextService

LEAST_FREE_BYTES = 50 * 2**20


async def report(service: TextService, folder: Path) -> tuple[int, dict[str, Any]]:
    """Return the HTTP status and what ``GET /system/health`` shows.

    A paid endpoint is not asked for its health: what its last request met with is shown.
    """
    storage = await asyncio.to_thread(_storage, service, folder)
    parts = {
        "storage": storage,
        "text": service.writer.problem or "ok",
        "embedding": service.embedder.problem or "ok",
    }
    status = "healthy" if all(state == "ok" for state in parts.values()) else "degraded"
    if storage == "cannot be written":
        status = "unhealthy"
    body = {
        "status": status,
        "timestamp": rfc3339(service.clock.now()),
        "components": parts,
        "models": {"text": service.writer.model, "embedding": service.embedder.model},
    }
    return (503 if status == "unhealthy" else 200), body


def _storage(service: TextService, folder: Path) -> str:
    try:
        service.store.check()
        free = shutil.disk_usage(folder).free
    except (OSError, ServiceError):
        return "cannot be written"
    return "ok" if free >= LEAST_FREE_BYTES else "nearly full"
