"""Reads and writes what is kept of one user's learning, through the memory lent to a call."""

import hashlib
from collections.abc import Sequence

from agents.education.kept import TOPICS, KeptEvent, KeptLesson, KeptPath, KeptQuiz, KeptTopic
from agents.education.words import comparable
from core_integrator import Call, Record


class Shelves:
    """One user's paths, events, quizzes and lessons.

    Ids follow from the request, so that a repeated request stores nothing twice.
    """

    def __init__(self, call: Call) -> None:
        self._memory = call.memory
        self._key = call.idempotency_key

    def own_id(self, prefix: str) -> str:
        """Return the id of what this request makes; the same when it is repeated."""
        return f"{prefix}_{digest(self._key)}"

    async def keep_path(self, path: KeptPath) -> None:
        """Store a path, or its newer plan."""
        await self._memory.keep("path", [Record(path.path_id, path.model_dump_json())])

    async def path(self, path_id: str) -> KeptPath:
        """Return one path.

        Raises:
            NotFound: The user has no such path.
        """
        return KeptPath.model_validate_json((await self._memory.record("path", path_id)).payload)

    async def paths(self) -> list[KeptPath]:
        """Return all paths, the one planned last at the end."""
        found = [KeptPath.model_validate_json(row.payload) for row in await self._memory.records("path")]
        return sorted(found, key=lambda path: path.planned_at)

    async def keep_topics(self, topics: Sequence[KeptTopic]) -> str:
        """Store topics and return where they lie."""
        payload = TOPICS.dump_json(list(topics)).decode()
        topics_id = f"topics_{digest(payload)}"
        await self._memory.keep("topics", [Record(topics_id, payload)])
        return topics_id

    async def topics(self, topics_id: str) -> list[KeptTopic]:
        """Return topics by where they lie."""
        return TOPICS.validate_json((await self._memory.record("topics", topics_id)).payload)

    async def add_event(self, subject: str, event: KeptEvent) -> list[KeptEvent]:
        """Add an event, once however often its request is repeated, and return all of the subject's."""
        rows = list(await self._memory.records("event", prefix=f"{subject}."))
        row = Record(f"{subject}.{digest(self._key)}", event.model_dump_json(exclude_none=True))
        if row.id not in {each.id for each in rows}:
            await self._memory.keep("event", [row])
            rows.append(row)
        return [KeptEvent.model_validate_json(each.payload) for each in rows]

    async def events(self, subject: str | None = None) -> list[KeptEvent]:
        """Return the events of a path or another subject, or all, as they happened."""
        rows = await self._memory.records("event", prefix=f"{subject}." if subject else "")
        return [KeptEvent.model_validate_json(row.payload) for row in rows]

    async def keep_quiz(self, quiz: KeptQuiz) -> None:
        """Store a quiz with its key."""
        await self._memory.keep("quiz", [Record(quiz.quiz_id, quiz.model_dump_json())])

    async def quiz(self, quiz_id: str) -> KeptQuiz:
        """Return one quiz with its key.

        Raises:
            NotFound: The user has no such quiz.
        """
        return KeptQuiz.model_validate_json((await self._memory.record("quiz", quiz_id)).payload)

    async def keep_lesson(self, lesson: KeptLesson) -> None:
        """Store a lesson beside earlier ones on its topic."""
        row = Record(f"{subject_of(lesson.topic)}.{lesson.lesson_id}", lesson.model_dump_json())
        await self._memory.keep("lesson", [row])

    async def newest_lesson(self, topic: str) -> KeptLesson | None:
        """Return the newest lesson on a topic; none if there is none."""
        rows = await self._memory.records("lesson", prefix=f"{subject_of(topic)}.")
        return KeptLesson.model_validate_json(rows[-1].payload) if rows else None


def subject_of(topic: str) -> str:
    """Return an id of a topic that is told in words, however it is spelled."""
    return f"subject_{digest(comparable(topic))}"


def digest(text: str) -> str:
    """Return 26 characters that stand for a text."""
    return hashlib.sha256(text.encode()).hexdigest()[:26]
