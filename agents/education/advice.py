"""What goes well, what to repeat and how long the rest takes; each with the figures it rests on."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from agents.education.kept import KeptEvent, KeptPath
from agents.education.mastery import MASTERED, mastery, streak
from agents.education.results import Analysis, Forecast, Judged, NextStep, ReviewGiven, ToRepeat
from agents.education.schedule import Review, next_review
from agents.education.standing import completed, minutes_spent, standing
from agents.education.words import comparable
from core_integrator import rfc3339

_FARTHEST_DAYS = 36_500


@dataclass(frozen=True, slots=True)
class _Learned:
    """Something completed or scored, with all that happened to it."""

    path_id: str | None
    topic_id: str | None
    title: str
    events: list[KeptEvent]

    @property
    def scores(self) -> list[tuple[datetime, float]]:
        return [(event.at, event.score) for event in self.events if event.score is not None]

    @property
    def mastery(self) -> float | None:
        return mastery([score for _, score in self.scores])


def analyzed(paths: Sequence[KeptPath], events: Sequence[KeptEvent], now: datetime) -> Analysis:
    """Return strengths, gaps, time spent and a forecast, from these paths and all that happened."""
    judged = [each for learned in _learned(paths, events) if (each := _judged(learned))]
    walked = _by_path(events)
    done = {path.path_id: completed(walked.get(path.path_id, [])) for path in paths}
    left = [step.minutes for path in paths for step in path.steps if step.id not in done[path.path_id]]
    total = sum(len(path.steps) for path in paths)
    days = {event.at.astimezone(UTC).date() for event in events}
    return Analysis(
        strengths=sorted((e for e in judged if e.mastery >= MASTERED), key=lambda each: -each.mastery),
        gaps=sorted((e for e in judged if e.mastery < MASTERED), key=lambda each: each.mastery),
        minutes_spent=minutes_spent(events),
        active_days=len(days),
        streak=streak(days, now.astimezone(UTC).date()),
        completed=total - len(left),
        steps=total,
        forecast=_forecast(left, bool(paths), events, now),
    )


def reviewed(
    paths: Sequence[KeptPath], events: Sequence[KeptEvent], now: datetime, limit: int
) -> ReviewGiven:
    """Return what is due by FSRS, longest due first, or what will be soonest, and what to do next."""
    planned = [
        (learned, next_review(learned.events[0].at, learned.scores, now))
        for learned in _learned(paths, events)
    ]
    planned.sort(key=lambda each: each[1].due_at)
    due = [each for each in planned if each[1].due_at <= now]
    shown = [_to_repeat(learned, review, now) for learned, review in (due[:limit] or planned[:1])]
    return ReviewGiven(due_count=len(due), repeat=shown, next=_next_step(shown, paths, events, now))


def _learned(paths: Sequence[KeptPath], events: Sequence[KeptEvent]) -> Iterator[_Learned]:
    """Yield what was completed or scored, in the order in which it first was."""
    titles: dict[tuple[str | None, str | None], str] = {
        (path.path_id, step.id): step.title for path in paths for step in path.steps
    }
    grouped: dict[tuple[str | None, str | None], list[KeptEvent]] = {}
    for event in events:
        if event.event == "complete" or event.score is not None:
            # Beside paths, quizzes on one subject have one title, however it is spelled.
            name = event.topic_id or comparable(event.title)
            grouped.setdefault((event.path_id, name), []).append(event)
    for (path_id, topic), happened in grouped.items():
        first = happened[0]
        title = titles.get((path_id, topic), first.title or first.topic_id or "")
        yield _Learned(path_id, first.topic_id, title, happened)


def _judged(learned: _Learned) -> Judged | None:
    measured, count = learned.mastery, len(learned.scores)
    if measured is None:
        return None
    side = f"at least {MASTERED:g}" if measured >= MASTERED else f"below {MASTERED:g}"
    return Judged(
        topic_id=learned.topic_id,
        path_id=learned.path_id,
        title=learned.title,
        mastery=measured,
        scores=count,
        reason=f"mastery {measured:g} over {_counted(count, 'score')}, {side}",
    )


def _forecast(left: Sequence[int], is_planned: bool, events: Sequence[KeptEvent], now: datetime) -> Forecast:
    remaining, spent = sum(left), minutes_spent(events)
    timed = [event.at for event in events if event.minutes]
    if not is_planned:
        return _no_forecast(remaining, None, "no path is planned")
    if not timed:
        return _no_forecast(remaining, None, "no minutes were reported, so the pace is unknown")
    today = now.astimezone(UTC).date()
    days = max(1, (today - min(timed).astimezone(UTC).date()).days + 1)
    pace = spent / days
    if not remaining:
        return _no_forecast(0, pace, "every step is completed")
    ahead = math.ceil(remaining / pace) if remaining <= pace * _FARTHEST_DAYS else None
    if ahead is None:
        return _no_forecast(remaining, pace, "at this pace it takes more than a hundred years")
    return Forecast(
        remaining_minutes=remaining,
        minutes_per_day=round(pace, 2),
        finish_on=(today + timedelta(days=ahead)).isoformat(),
        reason=f"{remaining} minutes left at {pace:.2f} a day ({spent:g} minutes in {_counted(days, 'day')})",
    )


def _no_forecast(remaining: int, pace: float | None, reason: str) -> Forecast:
    return Forecast(
        remaining_minutes=remaining,
        minutes_per_day=None if pace is None else round(pace, 2),
        finish_on=None,
        reason=reason,
    )


def _to_repeat(learned: _Learned, review: Review, now: datetime) -> ToRepeat:
    return ToRepeat(
        topic_id=learned.topic_id,
        path_id=learned.path_id,
        title=learned.title,
        mastery=learned.mastery,
        due_at=rfc3339(review.due_at),
        due=review.due_at <= now,
        reason=_why(learned, review, now),
    )


def _why(learned: _Learned, review: Review, now: datetime) -> str:
    if learned.mastery is None:
        return "completed and never scored"
    days = max(0, (now - learned.scores[-1][0]).days)
    low = f", below {MASTERED:g}" if learned.mastery < MASTERED else ""
    return (
        f"mastery {learned.mastery:g}{low}; last score {_counted(days, 'day')} ago; "
        f"recall estimated at {review.recall:.0%}"
    )


def _next_step(
    shown: Sequence[ToRepeat], paths: Sequence[KeptPath], events: Sequence[KeptEvent], now: datetime
) -> NextStep:
    if shown and shown[0].due:
        first = shown[0]
        return NextStep(
            action="repeat",
            topic_id=first.topic_id,
            path_id=first.path_id,
            reason=f"due since {first.due_at}",
        )
    walked = _by_path(events)
    for path in reversed(paths):
        stands = standing(path, walked.get(path.path_id, []), now)
        if stands.next is not None:
            reason = f"nothing is due; {stands.percent:g} % of the path to {path.goal!r} is completed"
            return NextStep(action="learn", topic_id=stands.next, path_id=path.path_id, reason=reason)
    if shown:
        first = shown[0]
        return NextStep(
            action="wait", topic_id=first.topic_id, path_id=first.path_id, reason=f"due at {first.due_at}"
        )
    return NextStep(action="plan", topic_id=None, path_id=None, reason="nothing is planned or scored yet")


def _by_path(events: Sequence[KeptEvent]) -> dict[str | None, list[KeptEvent]]:
    grouped: dict[str | None, list[KeptEvent]] = {}
    for event in events:
        grouped.setdefault(event.path_id, []).append(event)
    return grouped


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
