"""Paths: planning them, walking them, and looking back."""

import asyncio
from collections.abc import Sequence

from agents.education.advice import analyzed, reviewed
from agents.education.kept import KeptEvent, KeptPath, KeptTopic
from agents.education.payloads import Analyze, AskReview, PlanPath, Progress
from agents.education.planning import check_topics, plan
from agents.education.results import HowFar, PathPlanned, Step
from agents.education.shelves import Shelves
from agents.education.standing import Standing, completed, missing, standing
from core_integrator import Call, InvalidArgument, InvalidPayload, Reply, WrongState


async def plan_path(asked: PlanPath, call: Call) -> Reply:
    """Plan the way to a goal, in an order in which nothing comes before what it needs."""
    shelves = Shelves(call)
    earlier = await shelves.path(asked.path_id) if asked.path_id else None
    topics, topics_id = await _topics(asked, earlier, shelves)
    steps, skipped = await asyncio.to_thread(plan, topics, asked.goal, asked.known)
    path = KeptPath(
        path_id=earlier.path_id if earlier else shelves.own_id("path"),
        goal=asked.goal,
        steps=steps,
        skipped=skipped,
        topics_id=topics_id or await shelves.keep_topics(topics),
        planned_at=call.now(),
    )
    await shelves.keep_path(path)
    events = await shelves.events(path.path_id) if earlier else []
    planned = _planned(path, standing(path, events, call.now()))
    return Reply(f"{len(steps)} steps, {planned.total_minutes} minutes", planned)


async def progress(asked: Progress, call: Call) -> Reply:
    """Record what happened on a path, if anything did, and say how far one is."""
    shelves = Shelves(call)
    _check_report(asked)
    path = await shelves.path(asked.path_id)
    if asked.topic_id is not None:
        _step(path, asked.topic_id)
    events = await shelves.events(path.path_id)
    if asked.event is not None and asked.topic_id is not None:
        require_open(path, asked.topic_id, events)
        event = KeptEvent(
            at=call.now(),
            path_id=path.path_id,
            topic_id=asked.topic_id,
            event=asked.event,
            score=asked.score,
            minutes=asked.minutes,
        )
        events = await shelves.add_event(path.path_id, event)
    stands = standing(path, events, call.now())
    return Reply(f"{stands.percent:g} % completed", _how_far(path, stands))


async def analyze(asked: Analyze, call: Call) -> Reply:
    """Say what goes well, what does not, and when the rest will be done."""
    shelves = Shelves(call)
    paths = [await shelves.path(asked.path_id)] if asked.path_id else await shelves.paths()
    events = await shelves.events(asked.path_id)
    analysis = await asyncio.to_thread(analyzed, paths, events, call.now())
    return Reply(f"{len(analysis.strengths)} strengths, {len(analysis.gaps)} gaps", analysis)


async def review(asked: AskReview, call: Call) -> Reply:
    """Say what to repeat now, by a spaced-repetition scheduler, and what to do next."""
    shelves = Shelves(call)
    given = await asyncio.to_thread(
        reviewed, await shelves.paths(), await shelves.events(), call.now(), asked.limit
    )
    return Reply(f"{given.due_count} due; next: {given.next.action}", given)


def require_open(path: KeptPath, topic_id: str, events: Sequence[KeptEvent]) -> KeptTopic:
    """Return a step whose prerequisites are complete.

    Raises:
        InvalidArgument: The topic is no step of the path.
        WrongState: Something must be completed before.
    """
    step = _step(path, topic_id)
    first = missing(step, completed(events))
    if first:
        raise WrongState(
            f"topic {topic_id!r} is not open: complete {', '.join(map(repr, first))} first",
            details={"missing": [*first]},
        )
    return step


async def _topics(
    asked: PlanPath, earlier: KeptPath | None, shelves: Shelves
) -> tuple[list[KeptTopic], str | None]:
    """Return the topics to plan from, and where they lie if they are kept already."""
    if asked.topics is not None:
        topics = [KeptTopic(**topic.model_dump()) for topic in asked.topics]
        await asyncio.to_thread(check_topics, topics)
        return topics, None
    newest = earlier or next(reversed(await shelves.paths()), None)
    if newest is None:
        raise InvalidPayload([{"path": "data.topics", "reason": "give topics: there is no earlier path"}])
    return await shelves.topics(newest.topics_id), newest.topics_id


def _check_report(asked: Progress) -> None:
    """Refuse a report that does not say what happened to what.

    Raises:
        InvalidPayload: A field is missing or does not go with the event.
    """
    if asked.event is None and (asked.score is not None or asked.minutes is not None):
        raise _refused("event", "say what happened: start, complete or score")
    if asked.event is not None and asked.topic_id is None:
        raise _refused("topic_id", f"say to which topic the event {asked.event!r} happened")
    if asked.event == "score" and asked.score is None:
        raise _refused("score", "the event 'score' needs one, 0 to 1")
    if asked.event == "start" and asked.score is not None:
        raise _refused("score", "the event 'start' has none")


def _refused(field: str, reason: str) -> InvalidPayload:
    return InvalidPayload([{"path": f"data.{field}", "reason": reason}])


def _step(path: KeptPath, topic_id: str) -> KeptTopic:
    for step in path.steps:
        if step.id == topic_id:
            return step
    why = "it was known from the start" if topic_id in path.skipped else "the path does not lead over it"
    raise InvalidArgument(f"topic_id: topic {topic_id!r} is no step of this path: {why}")


def _planned(path: KeptPath, stands: Standing) -> PathPlanned:
    return PathPlanned(
        path_id=path.path_id,
        goal=path.goal,
        steps=[Step(id=step.id, title=step.title, minutes=step.minutes) for step in path.steps],
        skipped=path.skipped,
        total_minutes=sum(step.minutes for step in path.steps),
        percent=stands.percent,
        next=stands.next,
    )


def _how_far(path: KeptPath, stands: Standing) -> HowFar:
    return HowFar(
        path_id=path.path_id,
        percent=stands.percent,
        completed=stands.completed,
        mastery=stands.mastery,
        mastered=stands.mastered,
        minutes_spent=stands.minutes_spent,
        next=stands.next,
        streak=stands.streak,
        open=stands.open,
    )
