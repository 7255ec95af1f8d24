"""The agent: which intents there are, with working examples."""

from typing import Any

from agents.education import courses
from agents.education.lessons import Lessons
from agents.education.payloads import (
    Analyze,
    AnswerQuiz,
    AskReview,
    GenerateLesson,
    MakeQuiz,
    PlanPath,
    Progress,
)
from agents.education.quizzes import Quizzes
from agents.education.results import (
    Analysis,
    HowFar,
    LessonMade,
    PathPlanned,
    QuizMade,
    QuizScored,
    ReviewGiven,
)
from bridges.creatorcore import CreatorCoreBridgeClient
from core_integrator import Intent

_TEXT = (
    "Glucose is a simple sugar that the plant uses at once for energy. "
    "Starch is a store of glucose that the plant keeps in roots and seeds. "
    "Xylem is the tissue that carries water up from the roots."
)
_TOPICS: list[Any] = [
    {"id": "A", "title": "Numbers", "minutes": 20},
    {"id": "B", "title": "Fractions", "prerequisites": ["A"], "minutes": 30},
]
_PRIVATE = frozenset({"source_text"})


class EducationAgent:
    """Makes lessons and quizzes from texts, plans paths, keeps track, says what to repeat."""

    def __init__(self, bridge: CreatorCoreBridgeClient) -> None:
        lessons, quizzes = Lessons(bridge), Quizzes(bridge)
        path = {"path_id": "path_3f2a9c81d07b4e65a1c0d9e8f7"}
        quiz = {"quiz_id": "quiz_3f2a9c81d07b4e65a1c0d9e8f7"}
        self.intents: dict[str, Intent[Any]] = {
            "generate": Intent(
                GenerateLesson,
                lessons.generate,
                output=LessonMade,
                examples=[{"topic": "sugar in plants", "source_text": _TEXT}],
                private=_PRIVATE,
            ),
            "path": Intent(
                PlanPath,
                courses.plan_path,
                output=PathPlanned,
                examples=[{"goal": "B", "known": ["A"], "topics": _TOPICS}],
            ),
            "progress": Intent(
                Progress,
                courses.progress,
                output=HowFar,
                examples=[path, {**path, "topic_id": "B", "event": "score", "score": 0.9, "minutes": 25}],
            ),
            "quiz": Intent(
                MakeQuiz,
                quizzes.quiz,
                output=QuizMade,
                examples=[{"source_text": _TEXT, "count": 3, "seed": 7}],
                private=_PRIVATE,
            ),
            # What was right is told and not remembered: the history must not hold the key of a quiz.
            "answer": Intent(
                AnswerQuiz,
                quizzes.answer,
                output=QuizScored,
                examples=[{**quiz, "answers": [{"question_id": "q1", "answer": "starch"}]}],
                passing=frozenset({"results"}),
            ),
            "analyze": Intent(Analyze, courses.analyze, output=Analysis, examples=[{}]),
            "review": Intent(AskReview, courses.review, output=ReviewGiven, examples=[{}]),
        }
