"""Checks what topics a caller gave and plans the way to a goal."""

from collections.abc import Sequence

from agents.education.kept import KeptTopic
from agents.education.ordering import Cycle, needed, ordered
from core_integrator import InvalidArgument, InvalidPayload


def check_topics(topics: Sequence[KeptTopic]) -> None:
    """Refuse topics of which no path can be made.

    Raises:
        InvalidPayload: Two have the same id.
        InvalidArgument: One needs what is not there, or some need each other in a ring.
    """
    ids: set[str] = set()
    for place, topic in enumerate(topics):
        if topic.id in ids:
            raise InvalidPayload(
                [{"path": f"data.topics.{place}.id", "reason": f"another topic has the id {topic.id!r}"}]
            )
        ids.add(topic.id)
    for topic in topics:
        unknown = [needs for needs in topic.prerequisites if needs not in ids]
        if unknown:
            raise InvalidArgument(
                f"topics: topic {topic.id!r} needs {unknown[0]!r}, which is none of the topics",
                details={"topic": topic.id, "unknown": [*unknown]},
            )
    try:
        ordered({topic.id: topic.prerequisites for topic in topics})
    except Cycle as cycle:
        raise InvalidArgument(
            f"topics: these need each other in a cycle: {cycle}", details={"cycle": [*cycle.topics]}
        ) from cycle


def plan(topics: Sequence[KeptTopic], goal: str, known: Sequence[str]) -> tuple[list[KeptTopic], list[str]]:
    """Return the steps to a goal in order, and the known topics that were passed over.

    Of a step's prerequisites only those are left that are steps: the others are known.

    Raises:
        InvalidArgument: The goal or something known is none of the topics.
    """
    prerequisites = {topic.id: topic.prerequisites for topic in topics}
    for field, named in (("goal", [goal]), ("known", known)):
        unknown = [topic for topic in named if topic not in prerequisites]
        if unknown:
            raise InvalidArgument(
                f"{field}: {unknown[0]!r} is none of the topics",
                details={"field": field, "unknown": [*unknown]},
            )
    wanted = needed(goal, prerequisites, set(known))
    order = ordered(prerequisites)
    by_id = {topic.id: topic for topic in topics}
    asked_for = {goal, *(needs for topic in wanted for needs in prerequisites[topic])}
    skipped = [topic for topic in order if topic in asked_for and topic in set(known)]
    return [_among(by_id[topic], wanted) for topic in order if topic in wanted], skipped


def _among(topic: KeptTopic, wanted: set[str]) -> KeptTopic:
    left = [needs for needs in topic.prerequisites if needs in wanted]
    return topic.model_copy(update={"prerequisites": left})
