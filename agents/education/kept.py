"""What is kept of a user's learning.  Events are facts, only ever added; how far one is follows from them."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, TypeAdapter

from agents.education.questions import Question


class Kept(BaseModel):
    """A row as it is stored."""

    model_config = ConfigDict(frozen=True)


class KeptTopic(Kept):
    """A topic as it was given."""

    id: str
    title: str
    prerequisites: list[str]
    minutes: int


class KeptPath(Kept):
    """A planned path: its steps in order, and where the topics lie that it was planned from."""

    path_id: str
    goal: str
    steps: list[KeptTopic]
    skipped: list[str]
    topics_id: str
    planned_at: datetime


class KeptEvent(Kept):
    """Something that happened: to a step of a path, or to a quiz beside paths."""

    at: datetime
    path_id: str | None = None
    topic_id: str | None = None
    quiz_id: str | None = None
    title: str = ""
    event: Literal["start", "complete", "score"]
    score: float | None = None
    minutes: float | None = None


class KeptQuiz(Kept):
    """A quiz with its key; ``subject`` names what its scores are about."""

    quiz_id: str
    subject: str
    title: str
    path_id: str | None
    topic_id: str | None
    questions: dict[str, Question]


class KeptLesson(Kept):
    """The sentences of a lesson's source that questions can be asked about."""

    lesson_id: str
    topic: str
    material: str
    model: str | None
    note: str | None


TOPICS = TypeAdapter(list[KeptTopic])
