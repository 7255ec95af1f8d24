"""A household's figures: budget, debt, emergency fund, another currency."""

from decimal import Decimal

from agents.finance.money import Impossible, fixed, money, percent, plain
from agents.finance.outcome import Outcome, Row
from agents.finance.params import Budget, ConvertCurrency, DebtToIncome, EmergencyFund

# Per cent of income after tax: E. Warren, A. Warren Tyagi, *All Your Worth* (2005).
TARGETS = {"needs": 50, "wants": 30, "savings": 20}
# The common rule asks for three to six months.
FUND_MONTHS = (3, 6)


def budget_50_30_20(asked: Budget) -> Outcome:
    """Share of each part in the income, against 50/30/20; the value is the share of savings, in per cent."""
    parts = {"needs": asked.needs, "wants": asked.wants, "savings": asked.savings}
    left = asked.income - sum(parts.values())
    rows = [_budget_row(name, amount, asked.income) for name, amount in parts.items()]
    return Outcome(
        value=percent(asked.savings / asked.income),
        unit="percent",
        formula="share = part / income, against 50 % needs, 30 % wants, 20 % savings",
        steps=[
            f"{name} = {plain(amount)} / {plain(asked.income)} = {percent(amount / asked.income, 2)} %"
            f" (target {TARGETS[name]} %)"
            for name, amount in parts.items()
        ]
        + [f"income not assigned = {money(left)}"],
        figures={f"{name}_percent": percent(amount / asked.income, 2) for name, amount in parts.items()}
        | {"unassigned": money(left)},
        rows=rows,
    )


def debt_to_income(asked: DebtToIncome) -> Outcome:
    """Debt payments / income, both a month, in per cent."""
    share = asked.monthly_debt / asked.monthly_income
    return Outcome(
        value=percent(share),
        unit="percent",
        formula="monthly debt payments / monthly income",
        steps=[f"{plain(asked.monthly_debt)} / {plain(asked.monthly_income)} = {percent(share)} %"],
    )


def emergency_fund(asked: EmergencyFund) -> Outcome:
    """Months that the savings last = savings / monthly expenses."""
    months = asked.savings / asked.monthly_expenses
    low, high = (asked.monthly_expenses * wanted for wanted in FUND_MONTHS)
    return Outcome(
        value=fixed(months, 2),
        unit="months",
        formula="savings / monthly expenses",
        steps=[
            f"{plain(asked.savings)} / {plain(asked.monthly_expenses)} = {fixed(months, 2)} months",
            f"three months need {money(low)}, six months {money(high)}",
        ],
        figures={
            "three_months": money(low),
            "six_months": money(high),
            "missing_for_three": money(max(low - asked.savings, Decimal(0))),
            "missing_for_six": money(max(high - asked.savings, Decimal(0))),
        },
    )


def convert_currency(asked: ConvertCurrency) -> Outcome:
    """Amount * rate, the rate as the caller gave it."""
    if asked.source is not None and asked.source == asked.target and asked.rate != 1:
        raise Impossible("rate", "between a currency and itself it can only be 1")
    converted = asked.amount * asked.rate
    into = f" {asked.target}" if asked.target else ""
    of = f" {asked.source}" if asked.source else ""
    return Outcome(
        value=money(converted),
        unit=asked.target or "currency",
        formula="amount * rate",
        steps=[
            f"{plain(asked.amount)}{of} * {plain(asked.rate)} = {money(converted)}{into}",
            "the rate is the caller's: this module knows none",
        ],
    )


def _budget_row(name: str, amount: Decimal, income: Decimal) -> Row:
    share = amount / income * 100
    return {
        "category": name,
        "amount": money(amount),
        "percent": fixed(share, 2),
        "target_percent": str(TARGETS[name]),
        "difference_percent": fixed(share - TARGETS[name], 2),
        "target_amount": money(income * TARGETS[name] / 100),
    }
