"""Months and years as people say them: ``January 2026``, ``2026-01``, ``last month``."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

_NAMES = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)
_MONTHS = {name: number for number, name in enumerate(_NAMES, start=1)}
_MONTHS |= {name[:3]: number for name, number in _MONTHS.items()} | {"sept": 9}
# These are also verbs: alone they are months only where a month is expected.
_VERBS = frozenset({"may", "march", "mar"})
_BEFORE = frozenset({"in", "for", "of", "during", "since", "and", "to", "than", "with", "between", "compare"})
_BEFORE |= {"vs", "versus", "from", "this", "last"}
_ISO = re.compile(r"\d{4}-(0[1-9]|1[0-2])")
_YEAR = re.compile(r"(19|20|21)\d\d")


@dataclass(frozen=True, slots=True)
class Said:
    """A period in a question: which words it takes, its month (none for a whole year), its year if said."""

    start: int
    length: int
    month: int | None
    year: int | None


def find_periods(words: Sequence[str], today: date) -> list[Said]:
    """Return the periods in the order they are said."""
    found: list[Said] = []
    at = 0
    while at < len(words):
        said = _relative(words, at, today) or _iso(words, at) or _named(words, at) or _year(words, at)
        if said:
            found.append(said)
        at += said.length if said else 1
    return found


def written(said: Said, *, months: Collection[str], today: date, year: int | None = None) -> str:
    """Write a period as ``YYYY-MM`` or ``YYYY``.

    A month without a year is in ``year`` if given, else the newest such month that has rows, else the newest
    that is not in the future.
    """
    if said.month is None:
        return f"{said.year:04}"
    ending = f"-{said.month:02}"
    with_rows = [month for month in months if month.endswith(ending)]
    chosen = said.year or year
    if chosen is None and with_rows:
        return max(with_rows)
    return f"{chosen or (today.year if said.month <= today.month else today.year - 1):04}{ending}"


def _relative(words: Sequence[str], at: int, today: date) -> Said | None:
    which, what = words[at], words[at + 1] if at + 1 < len(words) else ""
    if which not in {"this", "current", "last", "previous"} or what not in {"month", "year"}:
        return None
    back = which in {"last", "previous"}
    if what == "year":
        return Said(at, 2, None, today.year - back)
    number = today.year * 12 + today.month - 1 - back
    return Said(at, 2, number % 12 + 1, number // 12)


def _iso(words: Sequence[str], at: int) -> Said | None:
    if not _ISO.fullmatch(words[at]):
        return None
    return Said(at, 1, int(words[at][5:]), int(words[at][:4]))


def _named(words: Sequence[str], at: int) -> Said | None:
    month = _MONTHS.get(words[at])
    if month is None:
        return None
    following = [word for word in words[at + 1 : at + 3] if word != "of"]
    if following and _YEAR.fullmatch(following[0]):
        return Said(at, 1 + words[at + 1 :].index(following[0]) + 1, month, int(following[0]))
    if words[at] in _VERBS and not (at + 1 == len(words) or (at and words[at - 1] in _BEFORE)):
        return None
    return Said(at, 1, month, None)


def _year(words: Sequence[str], at: int) -> Said | None:
    return Said(at, 1, None, int(words[at])) if _YEAR.fullmatch(words[at]) else None
