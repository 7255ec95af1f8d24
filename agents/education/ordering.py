"""Puts topics in an order in which nothing comes before what it needs."""

import graphlib
import heapq
from collections.abc import Collection, Mapping, Sequence


class Cycle(Exception):
    """Topics need each other in a ring; ``topics`` lists it, each needing the one before."""

    def __init__(self, topics: Sequence[str]) -> None:
        super().__init__(" → ".join(topics))
        self.topics = list(topics)


def ordered(prerequisites: Mapping[str, Sequence[str]]) -> list[str]:
    """Return all topics, each after its prerequisites; of those that may come next, the first given does.

    Every prerequisite must itself be a key.

    Raises:
        Cycle: There is no such order.
    """
    sorter = graphlib.TopologicalSorter(prerequisites)
    try:
        sorter.prepare()
    except graphlib.CycleError as error:
        raise Cycle(error.args[1]) from error
    given = {topic: place for place, topic in enumerate(prerequisites)}
    open_topics: list[int] = []
    names, order = list(prerequisites), []
    while sorter.is_active():
        for topic in sorter.get_ready():
            heapq.heappush(open_topics, given[topic])
        topic = names[heapq.heappop(open_topics)]
        order.append(topic)
        sorter.done(topic)
    return order


def needed(goal: str, prerequisites: Mapping[str, Sequence[str]], known: Collection[str]) -> set[str]:
    """Return the goal and all it needs, without what is known and what only the known needs."""
    found: set[str] = set()
    waiting = [goal]
    while waiting:
        topic = waiting.pop()
        if topic not in found and topic not in known:
            found.add(topic)
            waiting.extend(prerequisites[topic])
    return found
