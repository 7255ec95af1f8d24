"""What callers may ask of the education module."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from agents.education.ranking import Level

LONGEST_TEXT = 200_000

RecordId = Annotated[
    str, Field(pattern=r"^[A-Za-z0-9_-]{1,64}$", examples=["path_3f2a9c81d07b4e65a1c0d9e8f7"])
]
TopicId = Annotated[str, Field(pattern=r"^[\w.-]{1,64}$", examples=["B"])]
Subject = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
SourceText = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST_TEXT)]
Language = Annotated[str, Field(pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$", max_length=35)]
# Strict, because true would otherwise count as one.
Score = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False, strict=True)]
Spent = Annotated[float, Field(ge=0, le=1440, allow_inf_nan=False, strict=True)]


class Ask(BaseModel):
    """What all payloads have in common: an unknown field is an error."""

    # Built at first use: the hub starts the sooner.
    model_config = ConfigDict(extra="forbid", defer_build=True)


class GenerateLesson(Ask):
    """Asks for a lesson, made from a text by extraction."""

    topic: Subject = Field(default=..., description="What it is about.", examples=["photosynthesis"])
    level: Level = Field(default="beginner", description="Whom it is for.")
    source_text: SourceText | None = Field(
        default=None,
        description="What to take it from, at most 200 000 characters; CreatorCore writes one if absent.",
    )
    language: Language | None = Field(
        default=None, description="Of the tasks around the text's own words, and of a text to be written."
    )


class Topic(Ask):
    """Something to learn in one go."""

    id: TopicId = Field(default=..., description="Names it; unique among the topics.")
    title: Subject = Field(default=..., description="Its name for people.")
    prerequisites: list[TopicId] = Field(
        default_factory=list, max_length=50, description="Ids of what must be learned before."
    )
    minutes: int = Field(default=..., ge=1, le=10_000, strict=True, description="How long it takes.")


class PlanPath(Ask):
    """Asks for the way to a goal."""

    goal: TopicId = Field(default=..., description="Id of the topic to reach.", examples=["D"])
    known: list[TopicId] = Field(
        default_factory=list, max_length=1000, description="Ids of what needs no learning."
    )
    topics: list[Topic] | None = Field(
        default=None,
        min_length=1,
        max_length=1000,
        description="All there is to learn; those of one's newest path, or of ``path_id``, if absent.",
    )
    path_id: RecordId | None = Field(
        default=None, description="Plans this path anew; what was done on it still counts."
    )


class Progress(Ask):
    """Reports what happened on a path, or asks how far one is."""

    path_id: RecordId = Field(default=..., description="As ``path`` answered it.")
    topic_id: TopicId | None = Field(default=None, description="Which step it happened to.")
    event: Literal["start", "complete", "score"] | None = Field(
        default=None, description="What happened; nothing is recorded if absent."
    )
    score: Score | None = Field(default=None, description="Result, 0 to 1; with ``score`` or ``complete``.")
    minutes: Spent | None = Field(default=None, description="Time spent, in minutes.")


class MakeQuiz(Ask):
    """Asks for questions about a text, a topic, or a step of a path."""

    source_text: SourceText | None = Field(
        default=None, description="What to ask about, at most 200 000 characters."
    )
    topic: Subject | None = Field(
        default=None, description="What to ask about, from one's newest lesson on it."
    )
    path_id: RecordId | None = Field(default=None, description="With ``topic_id``: the result counts there.")
    topic_id: TopicId | None = Field(default=None, description="Step of the path.")
    count: int = Field(default=5, ge=1, le=20, strict=True, description="Questions, if the text has enough.")
    seed: int | None = Field(
        default=None,
        ge=0,
        le=2**31 - 1,
        strict=True,
        description="Same text and seed, same questions; another draw each time if absent.",
    )
    language: Language | None = Field(default=None, description="Of the words around the text's own.")


class GivenAnswer(Ask):
    """An answer to one question."""

    question_id: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")] = Field(
        default=..., description="As ``quiz`` answered it.", examples=["q1"]
    )
    answer: Annotated[int, Field(strict=True)] | Annotated[str, Field(max_length=1000)] = Field(
        default=..., description="An option's text, its index from 0 or its letter from A; or free words."
    )


class AnswerQuiz(Ask):
    """Hands in answers; a question without one counts as wrong."""

    quiz_id: RecordId = Field(default=..., description="As ``quiz`` answered it.")
    answers: list[GivenAnswer] = Field(default=..., min_length=1, max_length=20, description="The answers.")


class Analyze(Ask):
    """Asks what goes well and what does not, on one path or on all."""

    path_id: RecordId | None = Field(default=None, description="This path only.")


class AskReview(Ask):
    """Asks what to repeat now."""

    limit: int = Field(default=20, ge=1, le=100, strict=True, description="Most topics to list.")
