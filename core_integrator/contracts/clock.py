"""Time and ids, handed down so that tests can own them."""

import os
import time
from datetime import UTC, datetime, timedelta
from typing import Protocol

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_PAIRS = [first + second for first in _CROCKFORD for second in _CROCKFORD]
_TIME_BITS = (40, 30, 20, 10, 0)
_RANDOM_BITS = (70, 60, 50, 40, 30, 20, 10, 0)
_RANDOM_BYTES = 10
_STOCKED = 400
_stock: list[bytes] = []
# A copy of a process must not hand out what this one does.
os.register_at_fork(after_in_child=_stock.clear)


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
    return (moment - _EPOCH) // _MICROSECOND


def moment(microseconds_since_epoch: int) -> datetime:
    """Return the aware UTC moment that many microseconds after the Unix epoch."""
    seconds, rest = divmod(microseconds_since_epoch, 1_000_000)
    return datetime.fromtimestamp(seconds, UTC).replace(microsecond=rest)


def rfc3339(at: datetime) -> str:
    """Write a moment as RFC 3339 in UTC with milliseconds and ``Z``."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}Z"


def _random_piece() -> bytes:
    """Return ten random bytes of the system's.

    Fetched many at a time: each fetch lets go of the interpreter's lock, which other threads then take.  The
    list is safe between threads: no piece is handed out twice.
    """
    try:
        return _stock.pop()
    except IndexError:
        fetched = os.urandom(_RANDOM_BYTES * _STOCKED)
        pieces = [fetched[at : at + _RANDOM_BYTES] for at in range(0, len(fetched), _RANDOM_BYTES)]
        kept = pieces.pop()
        _stock.extend(pieces)
        return kept


def new_id(prefix: str) -> str:
    """Return ``<prefix>_<ULID>``: 48 bits of milliseconds, 80 random bits, Crockford base 32.

    Unguessable, and sortable by the time of its making (https://github.com/ulid/spec).
    """
    at_ms = time.time_ns() // 1_000_000
    chance = int.from_bytes(_random_piece())
    digits = [_PAIRS[at_ms >> bits & 1023] for bits in _TIME_BITS]
    digits += [_PAIRS[chance >> bits & 1023] for bits in _RANDOM_BITS]
    return f"{prefix}_{''.join(digits)}"
