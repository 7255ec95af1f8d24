"""Lessons, made from a text by extraction."""

import asyncio
from dataclasses import asdict

from agents.education.kept import KeptLesson
from agents.education.lesson import Lesson, TextTooShort, lesson
from agents.education.material import Material, taken_apart
from agents.education.payloads import GenerateLesson
from agents.education.results import ExerciseGiven, LessonMade
from agents.education.sentences import flat
from agents.education.shelves import Shelves
from agents.education.sources import SourceFound, from_creatorcore, prompt, too_little
from agents.education.wording import wording
from bridges.creatorcore import CreatorCoreBridgeClient
from core_integrator import Call, Reply

# So much of a lesson's text is kept for later quizzes, not the text itself.
_MOST_KEPT = 20_000


class Lessons:
    """Makes lessons from what callers give or CreatorCore writes."""

    def __init__(self, bridge: CreatorCoreBridgeClient) -> None:
        self._bridge = bridge

    async def generate(self, asked: GenerateLesson, call: Call) -> Reply:
        """Make a lesson from a text: objectives, key points, examples and exercises, all taken from it."""
        shelves = Shelves(call)
        found = await self._lesson_source(asked, call)
        try:
            made, material = await asyncio.to_thread(_lesson, found.text, asked)
        except TextTooShort as short:
            raise too_little(found, str(short)) from short
        result = LessonMade(
            lesson_id=shelves.own_id("lesson"),
            topic=asked.topic,
            level=asked.level,
            objectives=made.objectives,
            key_points=made.key_points,
            examples=made.examples,
            exercises=[ExerciseGiven(**asdict(exercise)) for exercise in made.exercises],
            source=found.source,
            model=found.model,
            note=found.note,
        )
        await shelves.keep_lesson(
            KeptLesson(
                lesson_id=result.lesson_id,
                topic=asked.topic,
                material=_worth_keeping(made, material),
                model=found.model,
                note=found.note,
            )
        )
        return Reply(f"lesson with {len(made.key_points)} key points", result)

    async def _lesson_source(self, asked: GenerateLesson, call: Call) -> SourceFound:
        if asked.source_text is not None:
            return SourceFound(asked.source_text, "text")
        return await from_creatorcore(
            self._bridge, prompt(asked.topic, level=asked.level, language=asked.language), call
        )


def _lesson(text: str, asked: GenerateLesson) -> tuple[Lesson, Material]:
    material = taken_apart(text)
    return lesson(material, asked.topic, asked.level, wording(asked.language)), material


def _worth_keeping(made: Lesson, material: Material) -> str:
    """Return the sentences that questions can be asked about, each a paragraph, up to a length."""
    telling = [
        *map(flat, made.key_points),
        *(defined.sentence for defined in material.definitions),
        *(figure.sentence for figure in material.figures),
        *map(flat, material.sentences),
    ]
    kept, length = [], 0
    for sentence in dict.fromkeys(telling):
        length += len(sentence)
        if length > _MOST_KEPT:
            break
        kept.append(sentence)
    return "\n\n".join(kept)
