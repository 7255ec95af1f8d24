"""A user's rows as figures that agree with each other."""

from collections.abc import Iterable, Sequence
from decimal import Decimal, localcontext
from fractions import Fraction

from agents.finance.answers import CategorySums, FarRow, Figures, MonthlyAverage, MonthSums, Sums, Trend
from agents.finance.figures import (
    OUTLIER_ROWS,
    OUTLIER_SCORE,
    Totals,
    by_category,
    by_month,
    outliers,
    slope,
    totals,
    within,
)
from agents.finance.money import CONTEXT, fixed, from_cents, money, share_percent
from agents.finance.transactions import Transaction

MAX_CATEGORIES = 200
MAX_OUTLIERS = 50
OTHERS = "(all other categories)"
OUTLIER_RULE = (
    f"0.6745 * |amount - median| / MAD above {OUTLIER_SCORE} in a category of at least {OUTLIER_ROWS} rows"
)


def analyse(rows: Iterable[Transaction], period: str | None = None) -> Figures:
    """Compute all figures of a period."""
    used = within(rows, period)
    whole, months, far = totals(used), by_month(used), outliers(used)
    return Figures(
        period=period,
        rows_used=whole.count,
        totals=sums(whole),
        savings_rate=savings_rate(whole),
        by_category=[_category(one, whole) for one in largest(by_category(used), MAX_CATEGORIES)],
        by_month=[month_sums(one) for one in months],
        average_per_month=_average(whole, len(months)) if months else None,
        trend=_trend([month.net for month in months]),
        outliers=[_far_row(one.row, one.median, one.score) for one in far[:MAX_OUTLIERS]],
        outliers_count=len(far),
        outlier_rule=OUTLIER_RULE,
    )


def sums(whole: Totals) -> Sums:
    """Write totals as amounts."""
    return Sums(**_amounts(whole))


def month_sums(month: Totals) -> MonthSums:
    """Write a month's totals as amounts."""
    return MonthSums(**_amounts(month), month=month.name, count=month.count, savings_rate=savings_rate(month))


def savings_rate(whole: Totals) -> str | None:
    """Net / income in per cent; none without income."""
    return share_percent(whole.net, whole.income) if whole.income else None


def largest(categories: Sequence[Totals], limit: int) -> list[Totals]:
    """Return the first ``limit`` categories, the rest summed up as one, so that the whole stays the same."""
    if len(categories) <= limit:
        return list(categories)
    rest = Totals(name=OTHERS)
    for one in categories[limit - 1 :]:
        rest = rest.plus(one)
    return [*categories[: limit - 1], rest]


def average(cents: int, months: int) -> str:
    """Divide an amount by months."""
    return rounded(Fraction(cents, months))


def rounded(cents: Fraction) -> str:
    """Write an exact number of cents as an amount, rounded half away from zero."""
    with localcontext(CONTEXT):
        return money(Decimal(cents.numerator) / Decimal(cents.denominator) / 100)


def _amounts(whole: Totals) -> dict[str, str]:
    return {
        "income": from_cents(whole.income),
        "spending": from_cents(whole.spending),
        "net": from_cents(whole.net),
    }


def _category(one: Totals, whole: Totals) -> CategorySums:
    share = share_percent(one.spending, whole.spending) if whole.spending else None
    return CategorySums(**_amounts(one), category=one.name, count=one.count, share=share)


def _average(whole: Totals, months: int) -> MonthlyAverage:
    return MonthlyAverage(
        months=months,
        income=average(whole.income, months),
        spending=average(whole.spending, months),
        net=average(whole.net, months),
    )


def _trend(nets: Sequence[int]) -> Trend | None:
    steepness = slope(nets)
    if steepness is None:
        return None
    amount = rounded(steepness)
    direction = "flat" if amount == "0.00" else "rising" if steepness > 0 else "falling"
    words = "the monthly net does not change" if direction == "flat" else f"the monthly net is {direction}"
    return Trend(
        slope_per_month=amount,
        direction=direction,
        words=f"{words}: {amount} a month on the least-squares line through {len(nets)} months",
    )


def _far_row(row: Transaction, median: Fraction, score: float) -> FarRow:
    return FarRow(
        date=row.date,
        amount=from_cents(row.cents),
        category=row.category,
        median=rounded(median),
        score=fixed(Decimal(repr(score)), 2),
    )
