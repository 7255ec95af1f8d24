"""Indexes: sorted entries that keep keys unique and answer queries without reading everything."""

import itertools
from bisect import bisect_left, insort
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tests.mongowire.errors import CommandError
from tests.mongowire.matching import Bounds, matcher
from tests.mongowire.values import MISSING, TOP, Document, Key, key, lookup

Entry = tuple[Key, ...]
Sort = list[tuple[str, int]]

_MOST_SLICES = 10_000
_ARRAY_RANK = key([])[0]


class Index:
    """The keys of a collection's documents in order; each entry ends with the key of the ``_id``.

    Directions do not matter: entries ascend, and are walked either way.
    """

    def __init__(self, spec: Document) -> None:
        self.spec = spec
        self.name: str = spec["name"]
        self.unique = bool(spec.get("unique")) or self.name == "_id_"
        self._paths = list(spec["key"])
        self._sparse = bool(spec.get("sparse"))
        self._wanted = matcher(spec["partialFilterExpression"]) if "partialFilterExpression" in spec else None
        self._entries: list[Entry] = []
        self._arrays = 0
        if not all(direction in (1, -1) for direction in spec["key"].values()):
            raise CommandError(238, "the test server does not support text, hashed or geo indexes")

    def values(self, document: Document) -> Document | None:
        """Return the indexed values of a document; none if the index leaves it out."""
        if self._wanted is not None and not self._wanted(document):
            return None
        found = {path: lookup(document, path) for path in self._paths}
        if self._sparse and all(value is MISSING for value in found.values()):
            return None
        return {path: None if value is MISSING else value for path, value in found.items()}

    def entry(self, document: Document) -> Entry | None:
        """Return the entry of a document; none if the index leaves it out."""
        if (found := self.values(document)) is None:
            return None
        return (*map(key, found.values()), key(document["_id"]))

    def is_taken(self, entry: Entry, owner: Key | None) -> bool:
        """Tell whether another document than the owner's stands under the same keys."""
        at = bisect_left(self._entries, entry[:-1])
        if at == len(self._entries) or self._entries[at][:-1] != entry[:-1]:
            return False
        return self._entries[at][-1] != owner

    def add(self, entry: Entry) -> None:
        """Put an entry into its place."""
        self._arrays += self._has_array(entry)
        insort(self._entries, entry)

    def discard(self, entry: Entry) -> None:
        """Take an entry out."""
        self._arrays -= self._has_array(entry)
        del self._entries[bisect_left(self._entries, entry)]

    def _has_array(self, entry: Entry) -> bool:
        return any(part[0] == _ARRAY_RANK for part in entry)

    def plan(self, limits: Mapping[str, Bounds], sort: Sort) -> "Plan | None":
        """Return the part of the entries in which all documents within the limits are; none if unsure."""
        if self._arrays or self._sparse or self._wanted is not None:
            return None
        points: list[tuple[Key, ...]] = []
        while (
            len(points) < len(self._paths)
            and (limit := limits.get(self._paths[len(points)]))
            and limit.points
        ):
            points.append(limit.points)
        rest = self._paths[len(points) :]
        prefixes = list(itertools.islice(itertools.product(*points), _MOST_SLICES + 1))
        if len(prefixes) > _MOST_SLICES:
            return None
        slices = [self._slice(prefix, limits.get(rest[0]) if rest else None) for prefix in prefixes]
        fixed = {path for path, found in zip(self._paths, points, strict=False) if len(found) == 1}
        asked = [(path, direction) for path, direction in sort if path not in fixed]
        sorted_by = [path for path, _ in asked]
        walk = [*rest, "_id"][: len(asked)] if len(prefixes) == 1 else []
        directions = {direction for _, direction in asked}
        is_sorted = sorted_by == walk and len(directions) <= 1
        return Plan(self._entries, slices, is_sorted, backwards=is_sorted and directions == {-1})

    def _slice(self, prefix: Entry, limit: Bounds | None) -> tuple[int, int]:
        low = prefix if limit is None else (*prefix, limit.low)
        high = (*prefix, TOP) if limit is None else (*prefix, limit.high, TOP)
        return bisect_left(self._entries, low), bisect_left(self._entries, high)


@dataclass(frozen=True, slots=True)
class Plan:
    """A walk along some slices of an index."""

    entries: list[Entry]
    slices: list[tuple[int, int]]
    is_sorted: bool
    backwards: bool

    @property
    def cost(self) -> tuple[int, bool]:
        """Return how many entries the walk meets at most, and whether a sort comes after it."""
        return sum(max(end - start, 0) for start, end in self.slices), not self.is_sorted

    def ids(self) -> Iterator[Any]:
        """Yield the keys of the documents' ids along the walk."""
        for start, end in self.slices:
            steps = range(end - 1, start - 1, -1) if self.backwards else range(start, end)
            for at in steps:
                yield self.entries[at][-1]
