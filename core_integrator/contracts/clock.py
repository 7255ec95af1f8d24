"""Time and ids, handed down so that tests can own them."""

import base64
import os
import time
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Protocol

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_CROCKFORD = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_TO_CROCKFORD = bytes.maketrans(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", _CROCKFORD)
_TIME_DIGITS = 10
_CHANCE_DIGITS = 16
_CHANCE_BYTES = 10
_STOCKED = 400
_stock: list[str] = []
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


def new_id(prefix: str) -> str:
    """Return ``<prefix>_<ULID>``: 48 bits of milliseconds, 80 random bits, Crockford base 32.

    Unguessable, and sortable by the time of its making (https://github.com/ulid/spec).
    """
    return f"{prefix}_{_time_digits(time.time_ns() // 1_000_000)}{_chance_digits()}"


@lru_cache(maxsize=16)
def _time_digits(at_ms: int) -> str:
    return _in_base_32(at_ms.to_bytes(_CHANCE_BYTES))[-_TIME_DIGITS:]


def _chance_digits() -> str:
    """Return 80 bits of the system's randomness that nobody else gets.

    Fetched many at a time: each fetch lets go of the interpreter's lock, which other threads then take.
    Taking from a list is safe between threads.
    """
    try:
        return _stock.pop()
    except IndexError:
        digits = _in_base_32(os.urandom(_CHANCE_BYTES * _STOCKED))
        pieces = [digits[at : at + _CHANCE_DIGITS] for at in range(0, len(digits), _CHANCE_DIGITS)]
        kept = pieces.pop()
        _stock.extend(pieces)
        return kept


def _in_base_32(value: bytes) -> str:
    return base64.b32encode(value).translate(_TO_CROCKFORD).decode()
