"""Projections and aggregation pipelines: what is shown of the documents found."""

from collections.abc import Callable
from typing import Any

from tests.mongowire.collection import Collection, sorted_by
from tests.mongowire.errors import CommandError, Unsupported
from tests.mongowire.matching import matcher
from tests.mongowire.values import MISSING, Document, Key, key, lookup

Stage = Callable[[list[Document], Any], list[Document]]


def projected(document: Document, projection: Document) -> Document:
    """Return the fields a projection names, or all but those it excludes.

    Raises:
        CommandError: The projection computes something.
    """
    if any(isinstance(wanted, dict | str) for wanted in projection.values()):
        raise Unsupported("projections that compute")
    with_id = bool(projection.get("_id", True))
    fields = {path: wanted for path, wanted in projection.items() if path != "_id"}
    if not fields and not (with_id and "_id" in projection):
        return document if with_id else _without(document, ["_id"])
    if len({bool(wanted) for wanted in fields.values()}) > 1:
        raise CommandError(31254, "Cannot do exclusion in inclusion projection")
    if any(not wanted for wanted in fields.values()):
        return _without(document, [*fields, *([] if with_id else ["_id"])])
    return _only(document, [*(["_id"] if with_id else []), *fields])


def _by_head(paths: list[str]) -> dict[str, list[str]]:
    heads: dict[str, list[str]] = {}
    for path in paths:
        head, _, rest = path.partition(".")
        heads.setdefault(head, []).append(rest)
    return heads


def _only(value: Any, paths: list[str]) -> Any:
    if isinstance(value, list):
        return [_only(inner, paths) for inner in value if isinstance(inner, dict | list)]
    heads = _by_head(paths)
    return {
        name: inner if "" in heads[name] else _only(inner, heads[name])
        for name, inner in value.items()
        if name in heads and ("" in heads[name] or isinstance(inner, dict | list))
    }


def _without(value: Any, paths: list[str]) -> Any:
    if isinstance(value, list):
        return [_without(inner, paths) for inner in value]
    if not isinstance(value, dict):
        return value
    heads = _by_head(paths)
    return {
        name: _without(inner, heads[name]) if name in heads else inner
        for name, inner in value.items()
        if "" not in heads.get(name, [])
    }


def aggregated(collection: Collection, pipeline: list[Document]) -> list[Document]:
    """Return what a pipeline makes of a collection; what it begins with may use the indexes.

    Raises:
        CommandError: A stage or an expression is not known here.
    """
    stages = [next(iter(stage.items())) for stage in pipeline]
    opening: dict[str, Any] = {}
    for name in ("$match", "$sort", "$skip", "$limit"):
        if stages and stages[0][0] == name:
            opening[name] = stages.pop(0)[1]
    documents = collection.find(
        opening.get("$match", {}),
        sort=opening.get("$sort"),
        skip=opening.get("$skip", 0),
        limit=opening.get("$limit", 0),
    )
    for name, argument in stages:
        if name not in _STAGES:
            raise CommandError(40324, f"Unrecognized pipeline stage name: '{name}'")
        documents = _STAGES[name](documents, argument)
    return documents


def _match(documents: list[Document], query: Document) -> list[Document]:
    return list(filter(matcher(query), documents))


def _project(documents: list[Document], fields: Document) -> list[Document]:
    if not any(isinstance(wanted, dict | str) for wanted in fields.values()):
        return [projected(document, fields) for document in documents]
    plain = {name: wanted for name, wanted in fields.items() if not isinstance(wanted, dict | str)}
    made = {name: wanted for name, wanted in fields.items() if isinstance(wanted, dict | str)}
    return [{**projected(one, plain or {"_id": 1}), **_evaluated(made, one)} for one in documents]


def _group(documents: list[Document], asked: Document) -> list[Document]:
    groups: dict[Key, tuple[Any, list[Document]]] = {}
    for document in documents:
        value = _evaluated(asked["_id"], document)
        value = None if value is MISSING else value
        groups.setdefault(key(value), (value, []))[1].append(document)
    wanted = {name: next(iter(rule.items())) for name, rule in asked.items() if name != "_id"}
    return [
        {"_id": value, **{name: _accumulated(*rule, members) for name, rule in wanted.items()}}
        for value, members in groups.values()
    ]


def _accumulated(operator: str, expression: Any, members: list[Document]) -> Any:
    if operator == "$count":
        return len(members)
    if operator in ("$firstN", "$lastN"):
        part = members[: expression["n"]] if operator == "$firstN" else members[-expression["n"] :]
        return [_or_null(_evaluated(expression["input"], member)) for member in part]
    if operator not in _ACCUMULATORS:
        raise CommandError(15952, f"unknown group operator '{operator}'")
    return _ACCUMULATORS[operator]([_evaluated(expression, member) for member in members])


def _or_null(value: Any) -> Any:
    return None if value is MISSING else value


def _present(values: list[Any]) -> list[Any]:
    return [value for value in values if value is not MISSING and value is not None]


def _numbers(values: list[Any]) -> list[Any]:
    return [value for value in values if isinstance(value, int | float) and not isinstance(value, bool)]


_ACCUMULATORS: dict[str, Callable[[list[Any]], Any]] = {
    "$sum": lambda values: sum(_numbers(values)),
    "$avg": lambda values: sum(found) / len(found) if (found := _numbers(values)) else None,
    "$min": lambda values: min(_present(values), key=key, default=None),
    "$max": lambda values: max(_present(values), key=key, default=None),
    "$first": lambda values: _or_null(values[0]),
    "$last": lambda values: _or_null(values[-1]),
    "$push": lambda values: [value for value in values if value is not MISSING],
}
_STAGES: dict[str, Stage] = {
    "$match": _match,
    "$sort": lambda documents, order: sorted_by(documents, list(order.items())),
    "$skip": lambda documents, number: documents[number:],
    "$limit": lambda documents, number: documents[:number],
    "$group": _group,
    "$project": _project,
    "$count": lambda documents, name: [{name: len(documents)}] if documents else [],
}


def _evaluated(expression: Any, document: Document) -> Any:
    if isinstance(expression, str) and expression.startswith("$"):
        return document if expression == "$$ROOT" else lookup(document, expression.removeprefix("$"))
    if isinstance(expression, list):
        return [_or_null(_evaluated(inner, document)) for inner in expression]
    if not isinstance(expression, dict):
        return expression
    first = next(iter(expression), "")
    if first == "$literal":
        return expression[first]
    if first.startswith("$"):
        raise Unsupported(f"the expression {first}")
    made = {name: _evaluated(inner, document) for name, inner in expression.items()}
    return {name: value for name, value in made.items() if value is not MISSING}
