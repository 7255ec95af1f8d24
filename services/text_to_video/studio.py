"""Makes films: one child process each, their files published whole or not at all."""

import asyncio
import contextlib
import json
import os
import shutil
import signal
import sys
from pathlib import Path
from typing import Any

import structlog

from services.text_to_video.clock import Clock
from services.text_to_video.faults import Faults
from services.text_to_video.store import Film, Store

log = structlog.get_logger("text_to_video.studio")

ATTEMPTS = 2
FAILED = {"code": "render_failed", "message": "the film could not be rendered"}


class Studio:
    """Renders films and keeps their files."""

    def __init__(self, folder: Path, store: Store, clock: Clock, faults: Faults | None) -> None:
        self._folder = folder
        self._store = store
        self._clock = clock
        self._faults = faults
        self._children: dict[str, asyncio.subprocess.Process] = {}
        self._closing = False
        folder.mkdir(parents=True, exist_ok=True)

    def file(self, film_id: str, suffix: str) -> Path:
        """Return where a finished film's file of a kind lies."""
        name = {"mp4": "film.mp4", "jpg": "poster.jpg", "vtt": "captions.vtt"}[suffix]
        return self._folder / film_id / name

    def copy(self, source: str, target: str) -> bool:
        """Give a finished film a second id without rendering again; false if its files are gone."""
        part = self._fresh_part(target)
        try:
            for file in (self._folder / source).iterdir():
                os.link(file, part / file.name)
        except OSError:
            shutil.rmtree(part, ignore_errors=True)
            return False
        part.rename(self._folder / target)
        return True

    def remove(self, film_id: str) -> None:
        """Remove a film's files."""
        shutil.rmtree(self._folder / film_id, ignore_errors=True)
        shutil.rmtree(self._part(film_id), ignore_errors=True)

    async def stop(self, film_id: str) -> None:
        """End the rendering of a film, if it is being rendered."""
        child = self._children.get(film_id)
        if child is not None and child.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL)
            await child.wait()

    async def close(self) -> None:
        """End every rendering; the films stay unfinished and are taken up again at the next start."""
        self._closing = True
        for film_id in list(self._children):
            await self.stop(film_id)

    async def make(self, film_id: str) -> str:
        """Render a film to its end, and return the state it ended in.

        Done again after a crash it begins anew, and a film that is finished is left as it is.
        """
        film = await asyncio.to_thread(self._store.start, film_id, self._clock.now())
        if film is None:
            return "over"
        error = await self._disturbed() or FAILED
        for _ in range(ATTEMPTS if error is FAILED else 0):
            if await self._rendered(film):
                return await self._published(film_id)
            current = await asyncio.to_thread(self._store.film, film_id)
            if self._closing or current is None or current.status != "processing":
                break
        if self._closing:
            # Not finished and not failed: whoever starts next takes it up again.
            await asyncio.Event().wait()
        shutil.rmtree(self._part(film_id), ignore_errors=True)
        await asyncio.to_thread(self._store.finish, film_id, "failed", self._clock.now(), error=error)
        return "failed"

    async def _published(self, film_id: str) -> str:
        target = self._folder / film_id
        shutil.rmtree(target, ignore_errors=True)
        self._part(film_id).rename(target)
        if await asyncio.to_thread(self._store.finish, film_id, "completed", self._clock.now()):
            return "completed"
        # Cancelled or deleted at the last moment.
        self.remove(film_id)
        return "over"

    async def _disturbed(self) -> dict[str, str] | None:
        fault = self._faults.due("render") if self._faults else None
        if fault is None:
            return None
        if fault.kind == "slow":
            await asyncio.sleep(fault.delay_s)
            return None
        return {"code": "render_failed", "message": "ordered by a test"}

    async def _rendered(self, film: Film) -> bool:
        part = self._fresh_part(film.id)
        child = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "services.text_to_video.render_child",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            # A group of its own, so that the speech process ends with it.
            start_new_session=True,
        )
        self._children[film.id] = child
        try:
            assert child.stdin is not None  # noqa: S101 - a pipe, as asked for above
            assert child.stdout is not None  # noqa: S101 - as above
            asked = {"order": film.order, "folder": str(part)}
            child.stdin.write(json.dumps(asked).encode() + b"\n")
            await child.stdin.drain()
            async for line in child.stdout:
                await self._heard(film.id, json.loads(line))
            code = await child.wait()
        except (BrokenPipeError, ConnectionResetError):
            code = await child.wait()
        finally:
            self._children.pop(film.id, None)
            if child.returncode is None:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(child.pid, signal.SIGKILL)
        if code != 0:
            log.warning("render.ended", film=film.id, code=code)
        return code == 0

    async def _heard(self, film_id: str, line: dict[str, Any]) -> None:
        if "progress" in line:
            await asyncio.to_thread(self._store.progress, film_id, min(99.0, line["progress"]), line["stage"])

    def _part(self, film_id: str) -> Path:
        return self._folder / f"{film_id}.part"

    def _fresh_part(self, film_id: str) -> Path:
        part = self._part(film_id)
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir(parents=True)
        return part
