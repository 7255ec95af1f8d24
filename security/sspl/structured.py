"""Structured fields (RFC 9651), read strictly: a key that comes twice is an error, not a question."""

from collections.abc import Mapping
from typing import Any, cast

import http_sf

from core_integrator.contracts.errors import SignatureMalformed
from security.sspl.plain import read_plain

Parameters = Mapping[str, Any]
Member = tuple[Any, Parameters]


def parse_dictionary(value: str, field: str) -> Mapping[str, Member]:
    """Return the members: a bare item or a list of items, and its parameters.

    Raises:
        SignatureMalformed: It is no dictionary, or has a key or a parameter twice.
    """
    plain = read_plain(value)
    if plain is not None:
        return plain
    try:
        parsed = http_sf.parse(value.encode("ascii"), tltype="dictionary", on_duplicate_key=_refuse_duplicate)
    except (ValueError, OverflowError):
        raise SignatureMalformed(f"{field} is no structured dictionary") from None
    return cast("Mapping[str, Member]", parsed)


def _refuse_duplicate(key: str, kind: str) -> None:
    raise ValueError(kind, key)
