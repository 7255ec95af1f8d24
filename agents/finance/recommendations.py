"""Advice that follows from a user's figures, each piece with the figure and the threshold it rests on."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from agents.finance.answers import Figures, Recommendation
from agents.finance.money import money

# 20 % of income for savings: E. Warren, A. Warren Tyagi, *All Your Worth* (2005).  The other limits are ours.
SAVINGS_TARGET = 20
LARGE_SHARE = 40
RISE = 25
MAX_NAMED = 12


@dataclass(frozen=True, slots=True)
class Advice:
    """What one rule found: a piece of advice and its figure."""

    text: str
    name: str
    value: str
    unit: str = "currency"


@dataclass(frozen=True, slots=True)
class Rule:
    """When it speaks, and how it looks for reasons to."""

    threshold: str
    look: Callable[[Figures], Iterator[Advice]]


def recommend(figures: Figures) -> list[Recommendation]:
    """Return what the rules have to say; nothing without rows."""
    if not figures.rows_used:
        return []
    return [
        Recommendation(
            rule=name,
            advice=advice.text,
            figure={"name": advice.name, "value": advice.value, "unit": advice.unit},
            threshold=rule.threshold,
        )
        for name, rule in RULES.items()
        for advice in rule.look(figures)
    ]


def _no_income(figures: Figures) -> Iterator[Advice]:
    if figures.totals.income == "0.00":
        text = "No income is recorded, so neither a savings rate nor a budget can be told: record it too."
        yield Advice(text, "totals.income", figures.totals.income)


def _overspent(figures: Figures) -> Iterator[Advice]:
    if Decimal(figures.totals.net) < 0:
        text = (
            f"Spending of {figures.totals.spending} is above income of {figures.totals.income}:"
            f" find {figures.totals.net.lstrip('-')} to cut or to earn."
        )
        yield Advice(text, "totals.net", figures.totals.net)


def _low_savings(figures: Figures) -> Iterator[Advice]:
    rate = figures.savings_rate
    if rate is not None and 0 <= Decimal(rate) < SAVINGS_TARGET:
        missing = Decimal(figures.totals.income) * SAVINGS_TARGET / 100 - Decimal(figures.totals.net)
        text = f"{rate} % of the income is left; {money(missing)} more would make it {SAVINGS_TARGET} %."
        yield Advice(text, "savings_rate", rate, "percent")


def _negative_months(figures: Figures) -> Iterator[Advice]:
    negative = [month for month in figures.by_month if Decimal(month.net) < 0]
    for month in negative[-MAX_NAMED:]:
        text = f"In {month.month} spending of {month.spending} was above income of {month.income}."
        yield Advice(text, f"by_month.{month.month}.net", month.net)


def _large_categories(figures: Figures) -> Iterator[Advice]:
    for one in figures.by_category:
        if one.share is not None and Decimal(one.share) > LARGE_SHARE and len(figures.by_category) > 1:
            text = f"{one.category} takes {one.spending}, {one.share} % of all spending: look there first."
            yield Advice(text, f"by_category.{one.category}.share", one.share, "percent")


def _risen_spending(figures: Figures) -> Iterator[Advice]:
    if len(figures.by_month) < 2:
        return
    *before, last = figures.by_month
    usual = sum((Decimal(month.spending) for month in before), Decimal(0)) / len(before)
    if usual and Decimal(last.spending) > usual * (100 + RISE) / 100:
        text = f"Spending in {last.month} was {last.spending}, against {money(usual)} a month before."
        yield Advice(text, f"by_month.{last.month}.spending", last.spending)


def _falling_net(figures: Figures) -> Iterator[Advice]:
    trend = figures.trend
    if trend is not None and trend.direction == "falling" and len(figures.by_month) > 2:
        text = f"Less is left from month to month ({trend.slope_per_month} a month): see what has grown."
        yield Advice(text, "trend.slope_per_month", trend.slope_per_month)


def _unusual_rows(figures: Figures) -> Iterator[Advice]:
    for one in figures.outliers[:MAX_NAMED]:
        text = f"{one.amount} for {one.category} on {one.date} is unusual (median {one.median}): is it right?"
        yield Advice(text, "outliers.amount", one.amount)


RULES: Mapping[str, Rule] = {
    "no_income": Rule("income is 0", _no_income),
    "overspent": Rule("net below 0", _overspent),
    "low_savings_rate": Rule(f"savings rate below {SAVINGS_TARGET} %", _low_savings),
    "negative_month": Rule("net of a month below 0", _negative_months),
    "large_category": Rule(f"share of spending above {LARGE_SHARE} %", _large_categories),
    "risen_spending": Rule(
        f"last month's spending more than {RISE} % above the months before", _risen_spending
    ),
    "falling_net": Rule("falling trend over at least three months", _falling_net),
    "unusual_amount": Rule("robust score above 3.5 in its category", _unusual_rows),
}
