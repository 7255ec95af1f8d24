"""Cursors: where a page ended, as text that callers hand back without reading it."""

import base64
import json

from core_integrator.contracts.errors import InvalidArgument

_LARGEST_US = 2**63 - 1


def write_cursor(created_us: int, row_id: str) -> str:
    """Return the cursor that continues after the row of this time (µs UTC) and id."""
    text = json.dumps([created_us, row_id], separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read_cursor(cursor: str) -> tuple[int, str]:
    """Return the time (µs UTC) and id a cursor continues after.

    Raises:
        InvalidArgument: The cursor is not one :func:`write_cursor` made.
    """
    try:
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        created_us, row_id = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
        # Only the exact text we would write is accepted, so a cursor has one spelling.
        genuine = type(created_us) is int and type(row_id) is str
        if genuine and abs(created_us) <= _LARGEST_US and write_cursor(created_us, row_id) == cursor:
            return created_us, row_id
    except (ValueError, TypeError, RecursionError):
        pass
    raise InvalidArgument("the cursor is not one this hub handed out")
