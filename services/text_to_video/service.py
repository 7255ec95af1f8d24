"""What the service does, without HTTP: take orders, say how far they are, end and remove them."""

import asyncio
import hashlib
import json
import os
from dataclasses import dataclass
from typing import Any

from services.text_to_video.clock import Clock, rfc3339
from services.text_to_video.errors import ServiceError, not_found
from services.text_to_video.film import FPS, FilmOrder, UnsupportedScript, check
from services.text_to_video.queue import FilmQueue
from services.text_to_video.store import UNFINISHED, Answer, Film, Store
from services.text_to_video.studio import Studio
from services.text_to_video.wire import Order, Rating

MODEL = "reference-film-1"
MOST_WAITING = 200
_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


@dataclass(frozen=True, slots=True)
class VideoService:
    """The parts the service works with."""

    store: Store
    studio: Studio
    queue: FilmQueue
    clock: Clock

    async def generate(self, order: Order, raw: bytes, key: str | None) -> Answer:
        """Take an order durably and queue it; an equal finished film is served from the cache under a new id.

        Raises:
            ServiceError: The text cannot be drawn, the key was used with another body, or too many wait.
        """
        fingerprint = hashlib.sha256(raw).hexdigest()
        scope = f"generate:{key}" if key else None
        if scope and (before := await asyncio.to_thread(self.store.answer_to, scope, fingerprint)):
            return before
        chosen = _film_order(order)
        try:
            await asyncio.to_thread(check, chosen)
        except UnsupportedScript as error:
            raise ServiceError(422, "unsupported_script", str(error)) from error
        film = await asyncio.to_thread(self._new_film, chosen)
        taken = False
        try:
            given = await asyncio.to_thread(
                self.store.add_film,
                film,
                Answer(202, _ticket(film, self.clock.now())),
                scope=scope,
                request_fingerprint=fingerprint,
                most_waiting=MOST_WAITING,
            )
            taken = given.body["generation_id"] == film.id
        finally:
            if not taken:
                # Refused, or a copy of the same request was first: the files from the cache are nobody's.
                await asyncio.to_thread(self.studio.remove, film.id)
        if taken and film.status == "queued":
            await self.queue.put(film.id)
        return given

    async def status(self, film_id: str) -> dict[str, Any]:
        """Return how far a film is.

        Raises:
            ServiceError: 404, nobody knows it.
        """
        return _state(await self._film(film_id), self.clock.now())

    async def cancel(self, film_id: str) -> dict[str, Any]:
        """Stop a film that is not finished; once more changes nothing.

        Raises:
            ServiceError: 404, or 409 when it is finished.
        """
        film = await self._film(film_id)
        if film.status in UNFINISHED:
            await asyncio.to_thread(self.store.finish, film_id, "cancelled", self.clock.now())
            await self.studio.stop(film_id)
            film = await self._film(film_id)
        if film.status != "cancelled":
            raise ServiceError(409, "wrong_state", f"the film is {film.status}")
        return _state(film, self.clock.now())

    async def delete(self, film_id: str) -> dict[str, Any]:
        """Remove a film with its files, whatever it is doing.

        Raises:
            ServiceError: 404, nobody knows it.
        """
        if not await asyncio.to_thread(self.store.delete, film_id):
            raise not_found()
        await self.studio.stop(film_id)
        await asyncio.to_thread(self.studio.remove, film_id)
        return {"generation_id": film_id, "deleted": True}

    async def rate(self, rating: Rating, raw: bytes, key: str | None) -> Answer:
        """Append a verdict.

        Raises:
            ServiceError: 404, nobody knows the film.
        """
        return await asyncio.to_thread(
            self.store.add_feedback,
            rating.generation_id,
            rating.model_dump(),
            scope=f"feedback:{key}" if key else None,
            fingerprint=hashlib.sha256(raw).hexdigest(),
            at_s=self.clock.now(),
        )

    async def take_up(self) -> None:
        """Queue again what was left unfinished; what the engine knows already it leaves as it is."""
        for film_id in await asyncio.to_thread(self.store.unfinished):
            await self.queue.put(film_id)

    async def _film(self, film_id: str) -> Film:
        film = await asyncio.to_thread(self.store.film, film_id)
        if film is None:
            raise not_found()
        return film

    def _new_film(self, chosen: FilmOrder) -> Film:
        order = {name: getattr(chosen, name) for name in FilmOrder.__slots__}
        fingerprint = hashlib.sha256(json.dumps(order, sort_keys=True).encode()).hexdigest()
        film_id = _new_id(self.clock.now())
        now = self.clock.now()
        before = self.store.finished_like(fingerprint)
        if before is not None and self.studio.copy(before.id, film_id):
            return Film(
                film_id, fingerprint, order, "completed", 100.0, None, now, now, now, None, cached=True
            )
        return Film(film_id, fingerprint, order, "queued", 0.0, None, now, None, None, None, cached=False)


def _film_order(order: Order) -> FilmOrder:
    seed = order.seed
    if seed is None:
        digest = hashlib.blake2b(order.text.encode(), digest_size=4).digest()
        seed = int.from_bytes(digest) & 0x7FFF_FFFF
    return FilmOrder(
        text=order.text,
        topic=order.topic,
        style=order.style,
        duration_s=order.duration,
        language=order.language,
        aspect=order.aspect,
        resolution=order.resolution,
        seed=seed,
    )


def _ticket(film: Film, now: float) -> dict[str, Any]:
    return {
        "generation_id": film.id,
        "status": film.status,
        "video_url": f"/videos/{film.id}.mp4",
        "duration": film.order["duration_s"],
        "metadata": _metadata(film, now),
    }


def _metadata(film: Film, now: float) -> dict[str, Any]:
    order = film.order
    return {
        "model": MODEL,
        "engine": "procedural-reference",
        "note": "drawn by a program, not an AI model",
        "timestamp": rfc3339(now),
        "seed": order["seed"],
        "style": order["style"],
        "aspect": order["aspect"],
        "resolution": order["resolution"],
        "fps": FPS,
        "frames": max(1, round(order["duration_s"] * FPS)),
        "cached": film.cached,
    }


def _state(film: Film, now: float) -> dict[str, Any]:
    done = film.status == "completed"
    return {
        "generation_id": film.id,
        "status": film.status,
        "progress": film.progress,
        "stage": film.stage,
        "eta_s": _eta_s(film, now),
        "video_url": f"/videos/{film.id}.mp4" if done else None,
        "poster_url": f"/videos/{film.id}.jpg" if done else None,
        "captions_url": f"/videos/{film.id}.vtt" if done else None,
        "duration": film.order["duration_s"],
        "error": film.error,
        "metadata": _metadata(film, film.created_s),
    }


def _eta_s(film: Film, now: float) -> float | None:
    if film.status != "processing" or film.started_s is None or film.progress < 5:
        return None
    return round(max(0.0, (now - film.started_s) * (100 - film.progress) / film.progress), 1)


def _new_id(now: float) -> str:
    """Return ``film_<ULID>``: unguessable, and sortable by time (https://github.com/ulid/spec)."""
    value = int(now * 1000) << 80 | int.from_bytes(os.urandom(10))
    return "film_" + "".join(_CROCKFORD[(value >> shift) & 31] for shift in range(125, -1, -5))
