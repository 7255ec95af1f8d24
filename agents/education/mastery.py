"""How far somebody is: mastery from scores, per cent of a path, days in a row."""

from collections.abc import Collection, Sequence
from datetime import date, timedelta

MASTERED = 0.8
# More than a half, so that the newest score outweighs all before it.
_NEWEST = 0.6


def mastery(scores: Sequence[float]) -> float | None:
    """Return the running average of scores (0 to 1, oldest first), rounded to 4 decimals; none without any.

    Exponentially weighted moving average (Roberts 1959): ``m = m + 0.6 · (score − m)``, beginning with
    the first score.
    """
    average: float | None = None
    for score in scores:
        average = score if average is None else average + _NEWEST * (score - average)
    return None if average is None else round(average, 4)


def percent(done: int, total: int) -> float:
    """Return ``100 · done / total`` with one decimal, halves rounded up; a path without steps is complete."""
    return (2000 * done + total) // (2 * total) / 10 if total else 100.0


def streak(days: Collection[date], today: date) -> int:
    """Return how many days in a row, up to today or yesterday, are among ``days``."""
    last = today if today in days else today - timedelta(days=1)
    length = 0
    while last - timedelta(days=length) in days:
        length += 1
    return length
