"""What callers may ask of the video module, and what it answers."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from core_integrator import Verdict

Style = Literal["default", "cinematic", "noir", "neon", "watercolor", "retro", "minimal", "playful"]
Status = Literal["queued", "processing", "completed", "failed", "cancelled"]
GenerationId = Annotated[
    str, Field(pattern=r"^[A-Za-z0-9_-]{1,64}$", examples=["vid_01JABCDEFGHJKMNPQRSTVWXYZ0"])
]


class GenerateVideo(BaseModel):
    """A film to be made from a text."""

    model_config = ConfigDict(extra="forbid")

    text: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)] = Field(
        default=..., description="What the film tells.", examples=["A robot dancing in a disco"]
    )
    topic: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=64)] = Field(
        default="general", description="What it is about, in a word or two."
    )
    style: Style = Field(default="default", description="How it looks.")
    duration: float = Field(default=8, ge=1, le=120, allow_inf_nan=False, description="Length in seconds.")
    language: str = Field(
        default="en", pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$", description="Of the narration, BCP 47."
    )
    aspect: Literal["16:9", "9:16", "1:1"] = Field(default="16:9", description="Width to height.")
    resolution: Literal["480p", "720p", "1080p"] = Field(
        default="720p", description="Length of the short side."
    )
    seed: int | None = Field(
        default=None,
        ge=0,
        le=2**31 - 1,
        description="Same order and seed, same film; from the text if absent.",
    )


class OneVideo(BaseModel):
    """Names one film."""

    model_config = ConfigDict(extra="forbid")

    generation_id: GenerationId = Field(default=..., description="As ``generate`` answered it.")


class ListVideos(BaseModel):
    """Asks for a page of one's own films."""

    model_config = ConfigDict(extra="forbid")

    limit: int = Field(default=10, ge=1, le=50, description="Films on a page.")
    cursor: str | None = Field(
        default=None, max_length=200, description="``next_cursor`` of the page before."
    )


class RateVideo(Verdict):
    """Judges one's own film."""


class VideoOrdered(BaseModel):
    """A film that is being made."""

    generation_id: str = Field(default=..., description="Our id of the film.")
    status: Status = Field(default=..., description="How far it is.")
    duration: float = Field(default=..., description="Length in seconds.")
    metadata: dict[str, Any] = Field(default_factory=dict, description="What the generator says of itself.")


class VideoState(BaseModel):
    """How far a film is; URLs are there once it is completed."""

    generation_id: str = Field(default=..., description="Our id of the film.")
    status: Status = Field(default=..., description="How far it is.")
    progress: float = Field(default=..., ge=0, le=100, description="Per cent done; never falls.")
    stage: str | None = Field(default=None, description="What is being done.")
    eta_s: float | None = Field(default=None, description="Seconds left, if that can be told.")
    video_url: str | None = Field(default=None, description="The film, on this hub.")
    poster_url: str | None = Field(default=None, description="A still of it.")
    captions_url: str | None = Field(default=None, description="Its words, as WebVTT.")
    duration: float | None = Field(default=None, description="Length in seconds.")
    error: dict[str, str] | None = Field(default=None, description="Why it failed: code and message.")
    metadata: dict[str, Any] = Field(default_factory=dict, description="What the generator says of itself.")


class ListedVideo(BaseModel):
    """A film in a list; ``status`` and ``video_url`` are null when the generator cannot be asked."""

    generation_id: str = Field(default=..., description="Our id of the film.")
    created_at: str = Field(default=..., description="When it was ordered.")
    text: str = Field(default=..., description="What it tells.")
    style: str = Field(default=..., description="How it looks.")
    duration: float = Field(default=..., description="Length in seconds.")
    status: Status | None = Field(default=None, description="How far it is.")
    video_url: str | None = Field(default=None, description="The film, on this hub.")


class VideoPage(BaseModel):
    """A page of films, newest first."""

    videos: list[ListedVideo] = Field(default=..., description="The films.")
    next_cursor: str | None = Field(
        default=None, description="Ask with it for the next page; null at the end."
    )


class VideoDeleted(BaseModel):
    """A film is gone."""

    generation_id: str = Field(default=..., description="Its former id.")
    deleted: bool = Field(default=True, description="Always true.")


class VideoRated(BaseModel):
    """What became of a verdict."""

    generation_id: str = Field(default=..., description="The film.")
    stored: bool = Field(default=..., description="Whether it is remembered.")
    forwarded: bool = Field(default=..., description="Whether the generator knows.")
    new_score: int = Field(default=..., description="Sum of all verdicts.")
