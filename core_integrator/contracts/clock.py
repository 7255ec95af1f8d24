"""Time and ids, handed down so that tests can own them."""

import os
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Protocol

_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


class Clock(Protocol):
    """Where the hub gets the time from."""

    def now(self) -> datetime:
        """Return the present moment, aware, in UTC."""
        ...


class SystemClock:
    """The clock of the machine."""

    def now(self) -> datetime:
        """Return the present moment, aware, in UTC."""
        return datetime.now(UTC)


def microseconds(moment: datetime) -> int:
    """Return the microseconds from the Unix epoch to ``moment``."""
    delta = moment - datetime(1970, 1, 1, tzinfo=UTC)
    return (delta.days * 86_400 + delta.seconds) * 1_000_000 + delta.microseconds


def moment(microseconds_since_epoch: int) -> datetime:
    """Return the aware UTC moment that many microseconds after the Unix epoch."""
    seconds, rest = divmod(microseconds_since_epoch, 1_000_000)
    return datetime.fromtimestamp(seconds, UTC).replace(microsecond=rest)


def rfc3339(at: datetime) -> str:
    """Write a moment as RFC 3339 in UTC with milliseconds and ``Z``."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}Z"


def new_id(
    prefix: str,
    *,
    now_ns: Callable[[], int] = time.time_ns,
    random_bytes: Callable[[int], bytes] = os.urandom,
) -> str:
    """Return ``<prefix>_<ULID>``: 48 bits of milliseconds, 80 random bits, Crockford base 32.

    Unguessable, and sortable by the time of its making (https://github.com/ulid/spec).
    """
    value = (now_ns() // 1_000_000) << 80 | int.from_bytes(random_bytes(10))
    digits = [_CROCKFORD[(value >> shift) & 31] for shift in range(125, -1, -5)]
    return f"{prefix}_{''.join(digits)}"
