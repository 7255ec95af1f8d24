"""Sums over a ledger in whole cents: totals, by category, by month, trend, outliers."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from agents.finance.transactions import Transaction

# B. Iglewicz, D. Hoaglin, *How to Detect and Handle Outliers* (1993): 0.6745 * |x - median| / MAD above 3.5.
OUTLIER_SCORE = 3.5
OUTLIER_ROWS = 5
_NORMAL = 0.6745


@dataclass(frozen=True, slots=True)
class Totals:
    """Income, spending (both positive) and number of rows under a name (a month, a category, or none)."""

    income: int = 0
    spending: int = 0
    count: int = 0
    name: str = ""

    @property
    def net(self) -> int:
        """Income minus spending."""
        return self.income - self.spending

    def plus(self, other: "Totals") -> "Totals":
        """Return the sum, under this name."""
        return Totals(
            self.income + other.income, self.spending + other.spending, self.count + other.count, self.name
        )


@dataclass(frozen=True, slots=True)
class Outlier:
    """A row far from the median of its category."""

    row: Transaction
    median: Fraction
    score: float


def within(rows: Iterable[Transaction], period: str | None) -> list[Transaction]:
    """Return the rows of a year (``YYYY``) or a month (``YYYY-MM``); all of them without a period."""
    return [row for row in rows if row.date.startswith(period)] if period else list(rows)


def totals(rows: Iterable[Transaction], name: str = "") -> Totals:
    """Sum income and spending."""
    income = spending = count = 0
    for row in rows:
        count += 1
        if row.cents > 0:
            income += row.cents
        else:
            spending -= row.cents
    return Totals(income, spending, count, name)


def by_category(rows: Iterable[Transaction]) -> list[Totals]:
    """Sum each category; most spending first, then most income, then by name."""
    groups: defaultdict[str, list[Transaction]] = defaultdict(list)
    for row in rows:
        groups[row.category].append(row)
    summed = [totals(group, name) for name, group in groups.items()]
    return sorted(summed, key=lambda one: (-one.spending, -one.income, one.name))


def by_month(rows: Iterable[Transaction]) -> list[Totals]:
    """Sum each calendar month from the first to the last row; a month without rows is there, with zeros."""
    groups: defaultdict[str, list[Transaction]] = defaultdict(list)
    for row in rows:
        groups[row.date[:7]].append(row)
    if not groups:
        return []
    return [totals(groups.get(month, []), month) for month in _months(min(groups), max(groups))]


def _months(first: str, last: str) -> list[str]:
    start, end = (int(month[:4]) * 12 + int(month[5:7]) - 1 for month in (first, last))
    return [f"{number // 12:04}-{number % 12 + 1:02}" for number in range(start, end + 1)]


def slope(values: Sequence[int]) -> Fraction | None:
    """Return the least-squares slope over 0, 1, 2, ...; none for fewer than two values.

    Slope = (n * sum(x*y) - sum(x) * sum(y)) / (n * sum(x^2) - sum(x)^2).
    """
    n = len(values)
    if n < 2:
        return None
    sum_x, sum_y = n * (n - 1) // 2, sum(values)
    sum_xy = sum(x * y for x, y in enumerate(values))
    sum_xx = (n - 1) * n * (2 * n - 1) // 6
    return Fraction(n * sum_xy - sum_x * sum_y, n * sum_xx - sum_x**2)


def outliers(rows: Iterable[Transaction]) -> list[Outlier]:
    """Return the rows whose robust score in their category is above 3.5, the furthest first.

    A category needs at least five rows, and more than half of them must not be equal.
    """
    groups: defaultdict[str, list[Transaction]] = defaultdict(list)
    for row in rows:
        groups[row.category].append(row)
    found = [one for group in groups.values() if len(group) >= OUTLIER_ROWS for one in _far(group)]
    return sorted(found, key=lambda one: (-one.score, one.row))


def _far(group: Sequence[Transaction]) -> Iterable[Outlier]:
    # Twice the median, and four times the MAD, are whole numbers.
    median2 = _twice_median([row.cents for row in group])
    mad4 = _twice_median([abs(2 * row.cents - median2) for row in group])
    if not mad4:
        return
    for row in group:
        score = _NORMAL * 2 * abs(2 * row.cents - median2) / mad4
        if score > OUTLIER_SCORE:
            yield Outlier(row, Fraction(median2, 2), score)


def _twice_median(values: list[int]) -> int:
    ordered = sorted(values)
    middle = len(ordered) // 2
    return 2 * ordered[middle] if len(ordered) % 2 else ordered[middle - 1] + ordered[middle]
