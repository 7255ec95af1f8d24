"""The agent: what callers may ask, translated to what the bridge can do."""

import asyncio
from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import asdict
from typing import Any

from agents.video.payloads import (
    GenerateVideo,
    ListedVideo,
    ListVideos,
    OneVideo,
    RateVideo,
    VideoDeleted,
    VideoOrdered,
    VideoPage,
    VideoRated,
    VideoState,
)
from agents.video.refusals import in_our_words, media_in_our_words
from bridges.video import VideoBridgeClient, VideoOrder, VideoRating, VideoStatus
from core_integrator import (
    BridgeError,
    BridgeRefusal,
    Call,
    Generation,
    Health,
    Intent,
    Made,
    MediaStream,
    Reply,
    Verdict,
    rfc3339,
)

ASKED_AT_ONCE = 8


class VideoAgent:
    """Orders films and reports how far they are."""

    def __init__(self, bridge: VideoBridgeClient) -> None:
        self._bridge = bridge
        order: dict[str, Any] = {"text": "A robot dancing in a disco", "style": "cinematic", "duration": 4}
        one = {"generation_id": "vid_01JABCDEFGHJKMNPQRSTVWXYZ0"}
        self.intents: dict[str, Intent[Any]] = {
            "generate": Intent(GenerateVideo, self.generate, output=VideoOrdered, examples=[order], cost=20),
            "get_status": Intent(
                OneVideo, self.get_status, output=VideoState, examples=[one], remember=False
            ),
            "list_videos": Intent(
                ListVideos, self.list_videos, output=VideoPage, examples=[{"limit": 10}], remember=False
            ),
            "cancel": Intent(OneVideo, self.cancel, output=VideoState, examples=[one]),
            "delete": Intent(OneVideo, self.delete, output=VideoDeleted, examples=[one]),
            "feedback": Intent(
                RateVideo,
                self.feedback,
                output=VideoRated,
                examples=[{**one, "rating": 5, "comment": "Lovely"}],
            ),
        }

    async def generate(self, order: GenerateVideo, call: Call) -> Reply:
        """Order a film; a repeated request never orders a second one."""
        with in_our_words():
            ticket = await self._bridge.generate_video(
                VideoOrder(**order.model_dump()), key=call.idempotency_key
            )
        video_id = call.new_id("vid")
        result = VideoOrdered(
            generation_id=video_id,
            status=ticket.status,
            duration=ticket.duration or order.duration,
            metadata=ticket.metadata,
        )
        facts = order.model_dump(include={"text", "style", "duration"})
        return Reply("film ordered", result, made=Made(video_id, ticket.generation_id, facts))

    async def get_status(self, asked: OneVideo, call: Call) -> Reply:
        """Say how far a film is, and where it is once it is completed."""
        generation = await call.memory.generation(asked.generation_id)
        with in_our_words():
            status = await self._bridge.get_status(generation.provider_generation_id)
        return Reply(f"film {status.status}", _state(generation.id, status))

    async def list_videos(self, asked: ListVideos, call: Call) -> Reply:
        """List one's own films, newest first."""
        page = await call.memory.generations(limit=asked.limit, cursor=asked.cursor)
        at_once = asyncio.Semaphore(ASKED_AT_ONCE)
        videos = await asyncio.gather(*(self._listed(generation, at_once) for generation in page.rows))
        return Reply(f"{len(videos)} films", VideoPage(videos=videos, next_cursor=page.next_cursor))

    async def cancel(self, asked: OneVideo, call: Call) -> Reply:
        """Stop a film that is not finished."""
        generation = await call.memory.generation(asked.generation_id)
        with in_our_words():
            status = await self._bridge.cancel(generation.provider_generation_id, key=call.idempotency_key)
        return Reply("film cancelled", _state(generation.id, status))

    async def delete(self, asked: OneVideo, call: Call) -> Reply:
        """Remove a film for good, with its ratings."""
        generation = await call.memory.generation(asked.generation_id)
        await self._remove(generation.provider_generation_id)
        await call.memory.forget(generation.id)
        return Reply("film deleted", VideoDeleted(generation_id=generation.id))

    async def feedback(self, verdict: RateVideo, call: Call) -> Reply:
        """Judge one's own film, by command, stars, or both."""
        # The generation must be a film: another module's is none of this intent's business.
        await call.memory.generation(verdict.generation_id)
        receipt = await call.memory.rate(verdict)
        return Reply("feedback stored", VideoRated(**asdict(receipt)))

    async def accept_feedback(self, verdict: Verdict, generation: Generation, call: Call) -> None:
        """Tell the generator what the user thinks.

        Raises:
            BridgeError: It cannot be told now.
        """
        rating = VideoRating(
            generation_id=generation.provider_generation_id,
            rating=verdict.rating,
            command=verdict.command,
            comment=verdict.comment,
        )
        await self._bridge.rate(rating, key=call.idempotency_key)

    def media(
        self, generation: Generation, suffix: str, *, method: str, headers: Mapping[str, str]
    ) -> AbstractAsyncContextManager[MediaStream]:
        """Open a film (``mp4``), its poster (``jpg``) or its captions (``vtt``) as a stream.

        Raises:
            NotFound: The generator does not have it.
            WrongState: It is not finished.
        """
        provider_id = generation.provider_generation_id
        return media_in_our_words(
            self._bridge.open_media(provider_id, suffix, method=method, headers=headers)
        )

    def health(self) -> Mapping[str, Health]:
        """Return how the text-to-video service is doing."""
        return {self._bridge.service: self._bridge.health()}

    async def _remove(self, provider_id: str) -> None:
        try:
            await self._bridge.remove(provider_id)
        except BridgeRefusal as refusal:
            # Gone already is what was asked for.
            if refusal.status != 404:
                raise

    async def _listed(self, generation: Generation, at_once: asyncio.Semaphore) -> ListedVideo:
        status = None
        async with at_once:
            try:
                status = (await self._bridge.get_status(generation.provider_generation_id)).status
            except BridgeError:
                # The list is ours and true without it; a status we cannot know stays null.
                status = None
        return ListedVideo(
            generation_id=generation.id,
            created_at=rfc3339(generation.created_at),
            status=status,
            video_url=_url(generation.id, "mp4") if status == "completed" else None,
            **generation.payload,
        )


def _state(video_id: str, status: VideoStatus) -> VideoState:
    done = status.status == "completed"
    return VideoState(
        generation_id=video_id,
        status=status.status,
        progress=status.progress,
        stage=status.stage,
        eta_s=status.eta_s,
        video_url=_url(video_id, "mp4") if done else None,
        poster_url=_url(video_id, "jpg") if done and status.poster_url else None,
        captions_url=_url(video_id, "vtt") if done and status.captions_url else None,
        duration=status.duration,
        error=status.error.model_dump() if status.error else None,
        metadata=status.metadata,
    )


def _url(video_id: str, suffix: str) -> str:
    return f"/videos/{video_id}.{suffix}"
