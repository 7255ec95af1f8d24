"""Quizzes, and the answers to them; the key never leaves before an answer is given."""

import asyncio

from agents.education.courses import require_open
from agents.education.kept import KeptEvent, KeptPath, KeptQuiz
from agents.education.mastery import mastery
from agents.education.material import taken_apart
from agents.education.payloads import AnswerQuiz, MakeQuiz
from agents.education.questions import Question, is_right, questions
from agents.education.results import AnswerJudged, QuestionAsked, QuizMade, QuizScored
from agents.education.schedule import next_review
from agents.education.shelves import Shelves, digest, subject_of
from agents.education.sources import SourceFound, from_creatorcore, from_lesson, prompt, too_little
from agents.education.wording import wording
from bridges.creatorcore import CreatorCoreBridgeClient
from core_integrator import Call, InvalidPayload, Reply, rfc3339


class Quizzes:
    """Makes quizzes from texts, and scores the answers."""

    def __init__(self, bridge: CreatorCoreBridgeClient) -> None:
        self._bridge = bridge

    async def quiz(self, asked: MakeQuiz, call: Call) -> Reply:
        """Ask questions about a text, a topic or a step of a path; the key stays here."""
        shelves = Shelves(call)
        _check_order(asked)
        path = await shelves.path(asked.path_id) if asked.path_id else None
        title = await _title(asked, path, shelves)
        found = await self._quiz_source(asked, title, call)
        quiz_id = shelves.own_id("quiz")
        seed = digest(quiz_id) if asked.seed is None else str(asked.seed)
        drawn = await asyncio.to_thread(_questions, found.text, asked, seed)
        if not drawn:
            reason = "there is nothing to ask about: no definition, no figure and no word that comes back"
            raise too_little(found, reason)
        kept = KeptQuiz(
            quiz_id=quiz_id,
            subject=asked.path_id or (subject_of(asked.topic) if asked.topic else quiz_id),
            title=title or f"quiz {quiz_id}",
            path_id=asked.path_id,
            topic_id=asked.topic_id,
            questions={f"q{number}": question for number, question in enumerate(drawn, start=1)},
        )
        await shelves.keep_quiz(kept)
        return Reply(f"{len(drawn)} of {asked.count} questions", _without_key(kept, found))

    async def answer(self, asked: AnswerQuiz, call: Call) -> Reply:
        """Score answers to a quiz; answering again is another attempt."""
        shelves = Shelves(call)
        quiz = await shelves.quiz(asked.quiz_id)
        given = _given(asked, quiz)
        right = {
            name: name in given and is_right(quiz.questions[name], given[name]) for name in quiz.questions
        }
        correct, total = sum(right.values()), len(right)
        event = KeptEvent(
            at=call.now(),
            path_id=quiz.path_id,
            topic_id=quiz.topic_id,
            quiz_id=quiz.quiz_id,
            title=quiz.title,
            event="score",
            score=round(correct / total, 4),
        )
        happened = await shelves.add_event(quiz.subject, event)
        result = _scored(quiz, right, happened, call)
        return Reply(f"{correct} of {total} right", result)

    async def _quiz_source(self, asked: MakeQuiz, title: str, call: Call) -> SourceFound:
        if asked.source_text is not None:
            return SourceFound(asked.source_text, "text")
        found = await from_lesson(title, Shelves(call))
        return found or await from_creatorcore(self._bridge, prompt(title, language=asked.language), call)


def _questions(text: str, asked: MakeQuiz, seed: str) -> list[Question]:
    return questions(taken_apart(text), asked.count, seed, wording(asked.language))


def _check_order(asked: MakeQuiz) -> None:
    """Refuse an order that does not say what to ask about.

    Raises:
        InvalidPayload: Naming the field that is missing or too many.
    """
    if asked.path_id and not asked.topic_id:
        raise _refused("topic_id", "say which step of the path the quiz is about")
    if asked.topic_id and not asked.path_id:
        raise _refused("path_id", "say on which path the topic is a step")
    if asked.path_id and asked.topic:
        raise _refused("topic", "give a topic or a step of a path, not both")
    if not (asked.source_text or asked.topic or asked.path_id):
        raise _refused("source_text", "give source_text, topic, or path_id with topic_id")


def _refused(field: str, reason: str) -> InvalidPayload:
    return InvalidPayload([{"path": f"data.{field}", "reason": reason}])


async def _title(asked: MakeQuiz, path: KeptPath | None, shelves: Shelves) -> str:
    if path is None or asked.topic_id is None:
        return asked.topic or ""
    return require_open(path, asked.topic_id, await shelves.events(path.path_id)).title


def _without_key(quiz: KeptQuiz, found: SourceFound) -> QuizMade:
    asked = [
        QuestionAsked(question_id=name, question=each.question, options=each.options, kind=each.kind)
        for name, each in quiz.questions.items()
    ]
    return QuizMade(
        quiz_id=quiz.quiz_id, questions=asked, source=found.source, model=found.model, note=found.note
    )


def _given(asked: AnswerQuiz, quiz: KeptQuiz) -> dict[str, str | int]:
    """Return the answers by question.

    Raises:
        InvalidPayload: One is to no question of the quiz, to one that has an answer, or names no option.
    """
    given: dict[str, str | int] = {}
    for place, each in enumerate(asked.answers):
        question = quiz.questions.get(each.question_id)
        if question is None:
            raise _refused(f"answers.{place}.question_id", f"the quiz has no question {each.question_id!r}")
        if each.question_id in given:
            raise _refused(f"answers.{place}.question_id", f"{each.question_id!r} is answered twice")
        if isinstance(each.answer, int) and question.options and not 0 <= each.answer < len(question.options):
            raise _refused(f"answers.{place}.answer", f"options are 0 to {len(question.options) - 1}")
        given[each.question_id] = each.answer
    return given


def _scored(quiz: KeptQuiz, right: dict[str, bool], happened: list[KeptEvent], call: Call) -> QuizScored:
    about = [event for event in happened if event.topic_id == quiz.topic_id]
    scores = [(event.at, event.score) for event in about if event.score is not None]
    correct, total = sum(right.values()), len(right)
    return QuizScored(
        quiz_id=quiz.quiz_id,
        attempt=sum(event.quiz_id == quiz.quiz_id for event in about),
        score=round(correct / total, 4),
        correct=correct,
        total=total,
        mastery=mastery([score for _, score in scores]) or 0.0,
        review_at=rfc3339(next_review(call.now(), scores, call.now()).due_at),
        results=[
            AnswerJudged(
                question_id=name,
                correct=right[name],
                correct_answer=question.answer,
                explanation=question.explanation,
            )
            for name, question in quiz.questions.items()
        ],
    )
