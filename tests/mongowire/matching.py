"""Filters: which documents they mean, and between which bounds of each field those lie."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bson import Regex

from tests.mongowire.errors import CommandError
from tests.mongowire.values import MISSING, Document, Key, key, reach

Predicate = Callable[[Any], bool]

_JOINED: dict[str, Callable[[list[Predicate], Document], bool]] = {
    "$and": lambda parts, document: all(part(document) for part in parts),
    "$or": lambda parts, document: any(part(document) for part in parts),
    "$nor": lambda parts, document: not any(part(document) for part in parts),
}
# Comparisons stay within one type: {"$lt": 5} is about numbers only.
_COMPARED: dict[str, Callable[[Key, Key], bool]] = {
    "$eq": lambda found, wanted: found == wanted,
    "$gt": lambda found, wanted: found[0] == wanted[0] and found > wanted,
    "$gte": lambda found, wanted: found[0] == wanted[0] and found >= wanted,
    "$lt": lambda found, wanted: found[0] == wanted[0] and found < wanted,
    "$lte": lambda found, wanted: found[0] == wanted[0] and found <= wanted,
}
_NEGATED = {"$ne": "$eq", "$nin": "$in"}
_FLAGS = {"i": re.IGNORECASE, "m": re.MULTILINE, "s": re.DOTALL, "x": re.VERBOSE}


def matcher(query: Document) -> Predicate:
    """Return whether a document is meant by the filter, as a function.

    Raises:
        CommandError: The filter uses an operator this server does not know.
    """
    parts = [_clause(name, wanted) for name, wanted in query.items()]
    if len(parts) == 1:
        return parts[0]
    return lambda document: all(part(document) for part in parts)


def is_operators(wanted: Any) -> bool:
    """Tell ``{"$gt": 5}`` from a document to be equal to."""
    return isinstance(wanted, dict) and next(iter(wanted), "").startswith("$")


def _clause(name: str, wanted: Any) -> Predicate:
    if name in _JOINED:
        if not isinstance(wanted, list) or not wanted:
            raise CommandError(2, f"{name} argument must be a non-empty array")
        join, parts = _JOINED[name], [matcher(part) for part in wanted]
        return lambda document: join(parts, document)
    if name == "$comment":
        return lambda document: True
    if name.startswith("$"):
        raise CommandError(2, f"unknown top level operator: {name}")
    test = _field_test(wanted)
    if "." in name:
        path = name.split(".")
        return lambda document: test(list(reach(document, path)))
    return lambda document: test([document.get(name, MISSING)])


def _field_test(wanted: Any) -> Predicate:
    """Return a test of all values at a path together."""
    if not is_operators(wanted):
        return _operator("$regex" if isinstance(wanted, Regex) else "$eq", wanted, "")
    options = wanted.get("$options", "")
    tests = [_operator(name, value, options) for name, value in wanted.items() if name != "$options"]
    return lambda values: all(test(values) for test in tests)


def _operator(name: str, wanted: Any, options: str) -> Predicate:
    if name in _NEGATED:
        positive = _operator(_NEGATED[name], wanted, options)
        return lambda values: not positive(values)
    if name == "$not":
        inner = _field_test(wanted)
        return lambda values: not inner(values)
    if name == "$exists":
        return lambda values: any(value is not MISSING for value in values) == bool(wanted)
    if name == "$regex":
        return _any_of(_pattern_test(wanted, options))
    if name == "$in":
        if any(isinstance(value, Regex) for value in wanted):
            raise CommandError(238, "the test server does not support patterns in $in")
        keys = {key(value) for value in wanted}
        return _any_of(lambda value: key(value) in keys)
    if name not in _COMPARED:
        raise CommandError(2, f"unknown operator: {name}")
    compare, bound = _COMPARED[name], key(wanted)
    return _any_of(lambda value: compare(key(value), bound))


def _pattern_test(wanted: Any, options: str) -> Predicate:
    flags = sum(_FLAGS[letter] for letter in options)
    pattern = wanted.try_compile() if isinstance(wanted, Regex) else re.compile(wanted, flags)
    return lambda value: isinstance(value, str) and pattern.search(value) is not None


def _any_of(test: Predicate) -> Predicate:
    """Lift a test of one value: an array is met by itself or by an element, a missing value as null."""

    def met(values: list[Any]) -> bool:
        for value in values:
            if test(None if value is MISSING else value):
                return True
            if isinstance(value, list) and any(test(inner) for inner in value):
                return True
        return False

    return met


@dataclass(frozen=True, slots=True)
class Bounds:
    """Where a field's keys can lie: at points, else from low to high, both included."""

    low: Key
    high: Key
    points: tuple[Key, ...] | None = None


def bounds(query: Document) -> dict[str, Bounds]:
    """Return bounds of the fields a filter limits; it may mean fewer documents, never others."""
    found: dict[str, Bounds] = {}
    for name, wanted in query.items():
        if name == "$and":
            limits = [limit for part in wanted for limit in bounds(part).items()]
        elif name == "$or":
            limits = list(_either([bounds(part) for part in wanted]).items())
        elif name.startswith("$"):
            continue
        else:
            limits = [(name, limit) for limit in _field_bounds(wanted)]
        for field, limit in limits:
            found[field] = _both(found[field], limit) if field in found else limit
    return found


def _field_bounds(wanted: Any) -> list[Bounds]:
    if not is_operators(wanted):
        return [] if isinstance(wanted, Regex) else [_at(wanted)]
    found = []
    for name, value in wanted.items():
        if name == "$eq":
            found.append(_at(value))
        elif name == "$in" and value:
            points = tuple(sorted({key(one) for one in value}))
            found.append(Bounds(points[0], points[-1], points))
        elif name in ("$gt", "$gte"):
            found.append(Bounds(key(value), (key(value)[0] + 1,)))
        elif name in ("$lt", "$lte"):
            found.append(Bounds((key(value)[0],), key(value)))
    return found


def _at(value: Any) -> Bounds:
    return Bounds(key(value), key(value), (key(value),))


def _both(first: Bounds, second: Bounds) -> Bounds:
    if first.points is not None:
        return first
    if second.points is not None:
        return second
    return Bounds(max(first.low, second.low), min(first.high, second.high))


def _either(branches: list[dict[str, Bounds]]) -> dict[str, Bounds]:
    common = set(branches[0]).intersection(*branches[1:])
    return {
        field: Bounds(
            min(branch[field].low for branch in branches), max(branch[field].high for branch in branches)
        )
        for field in common
    }
