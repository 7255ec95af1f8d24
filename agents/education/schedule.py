"""When to repeat what was learned: FSRS, a published spaced-repetition scheduler.

FSRS-6 (https://github.com/open-spaced-repetition/free-spaced-repetition-scheduler), by the ``fsrs``
library with its published default parameters and a desired retention of 0.9.  A topic is a lesson and no
flash card, so there are no learning steps of minutes: every interval is whole days.  Without fuzz, the same
scores give the same dates.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from fsrs import Card, Rating, Scheduler

_SCHEDULER = Scheduler(learning_steps=(), relearning_steps=(), enable_fuzzing=False)
_HARD, _GOOD, _EASY = 0.6, 0.8, 0.95


@dataclass(frozen=True, slots=True)
class Review:
    """When to repeat something, and how likely (0 to 1) it is remembered now."""

    due_at: datetime
    recall: float


def rating(score: float) -> Rating:
    """Return what a score (0 to 1) is to the scheduler: again below 0.6, hard below 0.8, easy from 0.95."""
    if score < _HARD:
        return Rating.Again
    if score < _GOOD:
        return Rating.Hard
    return Rating.Good if score < _EASY else Rating.Easy


def next_review(learned_at: datetime, scores: Iterable[tuple[datetime, float]], now: datetime) -> Review:
    """Return when to repeat something with these scores, oldest first.

    What was learned and never scored is a new card: due since it was learned.
    """
    card = Card(card_id=0, due=learned_at.astimezone(UTC))
    for at, score in scores:
        card, _ = _SCHEDULER.review_card(card, rating(score), at.astimezone(UTC))
    return Review(card.due, _SCHEDULER.get_card_retrievability(card, now.astimezone(UTC)))
