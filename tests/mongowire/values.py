"""BSON values: their order across types, and how paths lead to them."""

import math
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from bson import Binary, Decimal128, Int64, MaxKey, MinKey, ObjectId, Regex, Timestamp
from bson.codec_options import CodecOptions

Document = dict[str, Any]
Key = tuple[Any, ...]

CODEC = CodecOptions(document_class=dict, tz_aware=False)
MISSING = object()
TOP: Key = (1000,)  # above the key of every value

_NULL, _NAN, _NUMBER, _STRING, _OBJECT, _ARRAY, _BINARY = 1, 1.5, 2, 3, 4, 5, 6
_PLAIN: dict[type, int] = {
    type(None): _NULL,
    int: _NUMBER,
    Int64: _NUMBER,
    str: _STRING,
    ObjectId: 7,
    bool: 8,
    datetime: 9,
    Timestamp: 10,
}


def key(value: Any) -> Key:
    """Return what the value is compared, hashed and sorted by; 1 and 1.0 are one key, 1 and true are two."""
    rank = _PLAIN.get(type(value))
    return (rank, value) if rank is not None else _composed(value)


def _composed(value: Any) -> Key:
    match value:
        case float():
            return (_NUMBER, value) if not math.isnan(value) else (_NAN, 0)
        case Decimal128():
            number = value.to_decimal()
            return (_NAN, 0) if number.is_nan() else (_NUMBER, number)
        case dict():
            return (_OBJECT, tuple((key(inner)[0], name, key(inner)) for name, inner in value.items()))
        case list():
            return (_ARRAY, tuple(key(inner) for inner in value))
        case bytes():
            return (_BINARY, len(value), value.subtype if isinstance(value, Binary) else 0, bytes(value))
        case Regex():
            return (11, value.pattern, value.flags)
        case MinKey():
            return (-1,)
        case MaxKey():
            return (127,)
        case _:
            return (100, repr(value))


def lookup(document: Document, path: str) -> Any:
    """Return what is at a dotted path: ``MISSING``, the value, or a list if the path crosses an array."""
    if "." not in path:
        return document.get(path, MISSING)
    found = list(reach(document, path.split(".")))
    crossed = len(found) != 1 or _crosses(document, path.split("."))
    present = [value for value in found if value is not MISSING]
    return present if crossed else found[0]


def _crosses(here: Any, parts: list[str]) -> bool:
    for part in parts[:-1]:
        here = here.get(part) if isinstance(here, dict) else None
        if isinstance(here, list):
            return True
    return False


def reach(here: Any, parts: list[str]) -> Iterator[Any]:
    """Yield every value a path leads to, through arrays of documents; ``MISSING`` where it ends early."""
    if not parts:
        yield here
    elif isinstance(here, dict):
        yield from reach(here.get(parts[0], MISSING), parts[1:])
    elif isinstance(here, list):
        if parts[0].isdigit() and int(parts[0]) < len(here):
            yield from reach(here[int(parts[0])], parts[1:])
        for inner in here:
            if isinstance(inner, dict):
                yield from reach(inner, parts)
    else:
        yield MISSING


def shown(values: Document) -> str:
    """Return values as a server writes them into its messages."""
    fields = (
        f'{name}: "{value}"' if isinstance(value, str) else f"{name}: {value}"
        for name, value in values.items()
    )
    return f"{{ {', '.join(fields)} }}"
