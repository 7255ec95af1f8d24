"""What a validation error may tell the caller: where and why, never what was sent."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pydantic import ValidationError

from core_integrator.contracts.errors import InvalidPayload

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

MAX_FIELDS = 20
MAX_PATH = 120

# These of pydantic's messages repeat the input.
_PLAIN_REASONS = {
    "union_tag_invalid": "Input does not match any of the expected kinds",
    "extra_forbidden": "Unknown field",
}


def invalid_payload(error: ValidationError, *, prefix: str = "") -> InvalidPayload:
    """Translate pydantic's complaints into the hub's, at most 20 of them, paths cut at 120 characters."""
    return fields_error(error.errors(include_url=False, include_input=False), prefix=prefix)


def fields_error(complaints: "Sequence[ErrorDetails]", *, prefix: str = "") -> InvalidPayload:
    """Translate a list of pydantic's complaints."""
    return InvalidPayload(
        [
            {"path": _path(complaint, prefix), "reason": _reason(complaint)}
            for complaint in complaints[:MAX_FIELDS]
        ]
    )


def _path(complaint: "ErrorDetails", prefix: str) -> str:
    parts = [prefix] if prefix else []
    parts += [str(part) for part in complaint["loc"]]
    return ".".join(parts)[:MAX_PATH]


def _reason(complaint: "ErrorDetails") -> str:
    return _PLAIN_REASONS.get(complaint["type"], complaint["msg"].removeprefix("Value error, "))
