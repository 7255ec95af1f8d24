"""Updates: a document's next state.  What is on the changed paths is copied, the rest is shared."""

import itertools
from collections.abc import Callable
from typing import Any

from tests.mongowire.errors import CommandError, Unsupported
from tests.mongowire.matching import is_operators
from tests.mongowire.values import Document, key


def updated(document: Document, update: Document | list[Document], *, inserting: bool = False) -> Document:
    """Return the document after an update or a replacement; the one given stays as it is.

    Raises:
        CommandError: An operator is unknown, cannot work on what it meets, or two meet on one path.
    """
    if isinstance(update, list):
        raise Unsupported("updates by a pipeline")
    if not is_operators(update):
        return {"_id": document["_id"], **update} if "_id" in document else dict(update)
    _refuse_conflicts(update)
    result = dict(document)
    for operator, fields in update.items():
        if operator == "$setOnInsert" and not inserting:
            continue
        if operator not in _OPERATORS:
            raise CommandError(9, f"Unknown modifier: {operator}. Expected a valid update modifier")
        for path, operand in fields.items():
            _OPERATORS[operator](result, path, operand)
    return result


def seed(query: Document) -> Document:
    """Return the document an upsert starts from: the fields its filter wants to be equal to something."""
    document: Document = {}
    for name, wanted in query.items():
        if name == "$and":
            for part in wanted:
                document.update(seed(part))
        elif name.startswith("$"):
            continue
        elif not is_operators(wanted):
            _set(document, name, wanted)
        elif "$eq" in wanted:
            _set(document, name, wanted["$eq"])
    return document


def _refuse_conflicts(update: Document) -> None:
    paths = sorted(path.split(".") for fields in update.values() for path in fields)
    for one, other in itertools.pairwise(paths):
        if other[: len(one)] == one:
            there, here = ".".join(other), ".".join(one)
            raise CommandError(40, f"Updating the path '{there}' would create a conflict at '{here}'")


def _way_to(document: Document, path: str) -> tuple[Any, Any]:
    """Copy what is on the way and return the innermost container with the name or position in it."""
    *way, last = path.split(".")
    here: Any = document
    for part in way:
        place = _place(here, part)
        inner = here[place] if isinstance(here, list) else here.get(place, {})
        if not isinstance(inner, dict | list):
            raise CommandError(28, f"Cannot create field '{last}' in element {{{part}: {inner!r}}}")
        here[place] = inner.copy()
        here = here[place]
    return here, _place(here, last)


def _place(container: Any, part: str) -> Any:
    if isinstance(container, dict):
        return part
    if part.isdigit() and int(part) < len(container):
        return int(part)
    raise CommandError(28, f"Cannot create field '{part}' in an array")


def _set(document: Document, path: str, value: Any) -> None:
    container, place = _way_to(document, path)
    container[place] = value


def _unset(document: Document, path: str, _: Any) -> None:
    container, place = _way_to(document, path)
    if isinstance(container, list):
        container[place] = None
    else:
        container.pop(place, None)


def _add(document: Document, path: str, step: Any) -> None:
    container, place = _way_to(document, path)
    before = container[place] if isinstance(container, list) else container.get(place, 0)
    if not isinstance(before, int | float) or isinstance(before, bool):
        raise CommandError(14, f"Cannot apply $inc to a value of non-numeric type at '{path}'")
    container[place] = before + step


def _extreme(wins: Callable[[Any, Any], bool]) -> Callable[[Document, str, Any], None]:
    def keep(document: Document, path: str, value: Any) -> None:
        container, place = _way_to(document, path)
        is_new = isinstance(container, dict) and place not in container
        if is_new or wins(key(value), key(container[place])):
            container[place] = value

    return keep


def _push(document: Document, path: str, value: Any) -> None:
    container, place = _way_to(document, path)
    many = isinstance(value, dict) and "$each" in value
    if many and set(value) != {"$each"}:
        raise Unsupported("$push with more than $each")
    before = container[place] if isinstance(container, list) else container.get(place, [])
    if not isinstance(before, list):
        raise CommandError(2, f"The field '{path}' must be an array")
    container[place] = [*before, *(value["$each"] if many else [value])]


_OPERATORS: dict[str, Callable[[Document, str, Any], None]] = {
    "$set": _set,
    "$setOnInsert": _set,
    "$unset": _unset,
    "$inc": _add,
    "$min": _extreme(lambda new, old: new < old),
    "$max": _extreme(lambda new, old: new > old),
    "$push": _push,
}
