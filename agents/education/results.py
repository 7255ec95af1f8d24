"""What the education module answers."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from agents.education.ranking import Level

Source = Literal["text", "lesson", "creatorcore"]


class Told(BaseModel):
    """What all results have in common."""

    # Built at first use: the hub starts the sooner.
    model_config = ConfigDict(defer_build=True)


class ExerciseGiven(Told):
    """Something to do."""

    kind: Literal["explain", "compare", "gap"] = Field(default=..., description="What sort of task.")
    task: str = Field(default=..., description="The task.")
    solution: str = Field(default=..., description="What the text says about it.")


class LessonMade(Told):
    """A lesson; its key points stand in the source word for word."""

    lesson_id: str = Field(default=..., description="Our id of it.")
    topic: str = Field(default=..., description="What it is about.")
    level: Level = Field(default=..., description="Whom it is for.")
    objectives: list[str] = Field(default=..., min_length=2, max_length=4, description="What to reach.")
    key_points: list[str] = Field(default=..., min_length=3, max_length=5, description="What to keep.")
    examples: list[str] = Field(default=..., description="Where it shows; empty if the text has none.")
    exercises: list[ExerciseGiven] = Field(default=..., description="What to practise.")
    source: Source = Field(default=..., description="Whose text it was taken from.")
    model: str | None = Field(default=None, description="What wrote the text, if CreatorCore did.")
    note: str | None = Field(default=None, description="What CreatorCore says of its text.")


class Step(Told):
    """One step of a path."""

    id: str = Field(default=..., description="The topic's id.")
    title: str = Field(default=..., description="The topic's name.")
    minutes: int = Field(default=..., description="How long it takes.")


class PathPlanned(Told):
    """The way to a goal, each step after what it needs."""

    path_id: str = Field(default=..., description="Our id of it.")
    goal: str = Field(default=..., description="Where it leads.")
    steps: list[Step] = Field(default=..., description="What to learn, in order.")
    skipped: list[str] = Field(default=..., description="What would be needed and is known.")
    total_minutes: int = Field(default=..., description="Sum of the steps' minutes.")
    percent: float = Field(default=..., ge=0, le=100, description="Completed steps of all, one decimal.")
    next: str | None = Field(default=..., description="The step to take now; null at the end.")


class HowFar(Told):
    """How far somebody is on a path."""

    path_id: str = Field(default=..., description="Which path.")
    percent: float = Field(default=..., ge=0, le=100, description="Completed steps of all, one decimal.")
    completed: list[str] = Field(default=..., description="Completed steps.")
    mastery: dict[str, float] = Field(default=..., description="Mastery (0 to 1) of each step with scores.")
    mastered: list[str] = Field(default=..., description="Steps with mastery of at least 0.8.")
    minutes_spent: float = Field(default=..., description="Sum of the reported minutes.")
    next: str | None = Field(default=..., description="The step to take now; null at the end.")
    streak: int = Field(default=..., description="Days in a row with an event, to today or yesterday (UTC).")
    open: list[str] = Field(default=..., description="Steps whose prerequisites are complete.")


class QuestionAsked(Told):
    """A question without its key."""

    question_id: str = Field(default=..., description="Names it in the answer.")
    question: str = Field(default=..., description="The question.")
    options: list[str] = Field(
        default=..., description="To choose from; empty if the answer is to be written."
    )
    kind: Literal["cloze", "multiple_choice"] = Field(default=..., description="What sort of question.")


class QuizMade(Told):
    """Questions; the key stays with us."""

    quiz_id: str = Field(default=..., description="Our id of it.")
    questions: list[QuestionAsked] = Field(default=..., min_length=1, description="The questions.")
    source: Source = Field(default=..., description="Whose text they were taken from.")
    model: str | None = Field(default=None, description="What wrote the text, if CreatorCore did.")
    note: str | None = Field(default=None, description="What CreatorCore says of its text.")


class AnswerJudged(Told):
    """What became of one answer."""

    question_id: str = Field(default=..., description="Which question.")
    correct: bool = Field(default=..., description="Whether it was right.")
    correct_answer: str = Field(default=..., description="What is right.")
    explanation: str = Field(default=..., description="The sentence of the text that settles it.")


class QuizScored(Told):
    """The result of an attempt at a quiz."""

    quiz_id: str = Field(default=..., description="Which quiz.")
    attempt: int = Field(default=..., ge=1, description="Which attempt it was.")
    score: float = Field(default=..., ge=0, le=1, description="Right answers of all questions.")
    correct: int = Field(default=..., description="Right answers.")
    total: int = Field(default=..., description="Questions of the quiz.")
    mastery: float = Field(default=..., description="Mastery of what the quiz is about, after this attempt.")
    review_at: str = Field(default=..., description="When to repeat it, by FSRS.")
    results: list[AnswerJudged] = Field(default=..., description="Each question's result.")


class Judged(Told):
    """Something learned well, or not yet, with the figures that say so."""

    topic_id: str | None = Field(default=..., description="Step of the path; null for a quiz beside paths.")
    path_id: str | None = Field(default=..., description="Which path.")
    title: str = Field(default=..., description="What it is about.")
    mastery: float = Field(default=..., description="Mastery, 0 to 1.")
    scores: int = Field(default=..., description="On how many scores it rests.")
    reason: str = Field(default=..., description="The figures in words.")


class Forecast(Told):
    """When the rest will be done at the pace so far; null where it cannot be told, and why."""

    remaining_minutes: int = Field(default=..., description="Minutes of the steps not completed.")
    minutes_per_day: float | None = Field(default=..., description="Reported minutes by calendar day so far.")
    finish_on: str | None = Field(default=..., description="Date (UTC) of the last step.")
    reason: str = Field(default=..., description="How it was computed, or why it was not.")


class Analysis(Told):
    """What goes well, what does not, and how long it will take."""

    strengths: list[Judged] = Field(default=..., description="Mastery of at least 0.8, best first.")
    gaps: list[Judged] = Field(default=..., description="Mastery below 0.8, least first.")
    minutes_spent: float = Field(default=..., description="Sum of the reported minutes.")
    active_days: int = Field(default=..., description="Days (UTC) with an event.")
    streak: int = Field(default=..., description="Days in a row with an event, to today or yesterday (UTC).")
    completed: int = Field(default=..., description="Completed steps.")
    steps: int = Field(default=..., description="Steps in all.")
    forecast: Forecast = Field(default=..., description="When the rest will be done.")


class ToRepeat(Told):
    """Something to repeat, and why."""

    topic_id: str | None = Field(default=..., description="Step of the path; null for a quiz beside paths.")
    path_id: str | None = Field(default=..., description="Which path.")
    title: str = Field(default=..., description="What it is about.")
    mastery: float | None = Field(default=..., description="Mastery, 0 to 1; null if never scored.")
    due_at: str = Field(default=..., description="When it is due, by FSRS.")
    due: bool = Field(default=..., description="Whether that is now.")
    reason: str = Field(default=..., description="The figures in words.")


class NextStep(Told):
    """What to do next."""

    action: Literal["repeat", "learn", "wait", "plan"] = Field(default=..., description="What to do.")
    topic_id: str | None = Field(default=..., description="With what.")
    path_id: str | None = Field(default=..., description="On which path.")
    reason: str = Field(default=..., description="Why.")


class ReviewGiven(Told):
    """What to repeat: all that is due, or what will be soonest."""

    due_count: int = Field(default=..., description="How much is due now.")
    repeat: list[ToRepeat] = Field(default=..., description="Longest due first.")
    next: NextStep = Field(default=..., description="The next step.")
