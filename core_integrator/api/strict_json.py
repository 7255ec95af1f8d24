"""The JSON the hub accepts: UTF-8, finite numbers, whole characters, at most 64 levels deep."""

import math
import re
from typing import Any

import pydantic_core

from core_integrator.contracts.errors import MalformedRequest

MAX_DEPTH = 64

# What the quick parser lets through.  A hit means a closer look; most bodies have none.
_SUSPECT = re.compile(rb"\\u0000|[0-9][eE]|[0-9]{300}")


def parse(body: bytes) -> Any:
    """Read one JSON text (RFC 8259).  Where a key occurs twice, the last one wins.

    Raises:
        MalformedRequest: It is no JSON, no UTF-8, holds NaN, an infinity, a number beyond a double, a lone
            surrogate or a NUL character, or nests deeper than 64 levels.
    """
    try:
        value = pydantic_core.from_json(body, allow_inf_nan=False)
    except ValueError:
        # The parser's own words quote positions and bytes; the caller gets ours.
        raise MalformedRequest("the body is not valid JSON in UTF-8") from None
    if _SUSPECT.search(body) or body.count(b"{") + body.count(b"[") > MAX_DEPTH:
        _look_closer(value)
    return value


def _look_closer(root: Any) -> None:
    level = [root]
    for _ in range(MAX_DEPTH + 1):
        level = [part for value in level for part in _parts(value)]
        if not level:
            return
    raise MalformedRequest(f"the body nests deeper than {MAX_DEPTH} levels")


def _parts(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return [*value.keys(), *value.values()]
    if isinstance(value, list):
        return value
    if isinstance(value, str) and "\0" in value:
        raise MalformedRequest("a text in the body holds a NUL character")
    if isinstance(value, int | float) and not _finite(value):
        raise MalformedRequest("a number in the body is beyond a double")
    return []


def _finite(value: float) -> bool:
    try:
        return math.isfinite(float(value))
    except OverflowError:
        return False
