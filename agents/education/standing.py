"""How far somebody is on a path, as it follows from what happened."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from agents.education.kept import KeptEvent, KeptPath, KeptTopic
from agents.education.mastery import MASTERED, mastery, percent, streak


@dataclass(frozen=True, slots=True)
class Standing:
    """Where somebody stands on a path; topics are named in the order of its steps."""

    percent: float
    completed: list[str]
    mastery: dict[str, float]
    mastered: list[str]
    minutes_spent: float
    streak: int
    open: list[str]

    @property
    def next(self) -> str | None:
        """The first open step; none at the end of the path."""
        return self.open[0] if self.open else None


def standing(path: KeptPath, events: Sequence[KeptEvent], now: datetime) -> Standing:
    """Return where somebody stands after these events of the path, oldest first."""
    done = completed(events)
    scores: dict[str | None, list[float]] = {}
    for event in events:
        if event.score is not None:
            scores.setdefault(event.topic_id, []).append(event.score)
    masteries = {
        step.id: measured for step in path.steps if (measured := mastery(scores.get(step.id, []))) is not None
    }
    return Standing(
        percent=percent(sum(step.id in done for step in path.steps), len(path.steps)),
        completed=[step.id for step in path.steps if step.id in done],
        mastery=masteries,
        mastered=[topic for topic, measured in masteries.items() if measured >= MASTERED],
        minutes_spent=minutes_spent(events),
        streak=streak({event.at.astimezone(UTC).date() for event in events}, now.astimezone(UTC).date()),
        open=[step.id for step in path.steps if step.id not in done and not missing(step, done)],
    )


def completed(events: Sequence[KeptEvent]) -> set[str]:
    """Return the topics that were completed, however often."""
    return {event.topic_id for event in events if event.event == "complete" and event.topic_id is not None}


def missing(step: KeptTopic, done: set[str]) -> list[str]:
    """Return what must be completed before a step and is not."""
    return [topic for topic in step.prerequisites if topic not in done]


def minutes_spent(events: Sequence[KeptEvent]) -> float:
    """Return the sum of the reported minutes, with two decimals."""
    return round(sum(event.minutes or 0 for event in events), 2)
