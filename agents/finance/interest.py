"""Time value of money.

Formulas after R. Brealey, S. Myers, F. Allen, *Principles of Corporate Finance*, chapter 2.
r is the annual rate as a fraction, m the periods a year, i = r/m, n the periods.
"""

from decimal import Decimal

from agents.finance.money import MAX_PERIODS, Impossible, fraction, money, percent, plain
from agents.finance.outcome import Outcome
from agents.finance.params import (
    AnnuityFutureValue,
    CompoundInterest,
    EffectiveRate,
    FutureValue,
    PresentValue,
    SavingsGoal,
    SimpleInterest,
)


def simple_interest(asked: SimpleInterest) -> Outcome:
    """Final amount A = P * (1 + r * t); interest I = P * r * t, in the currency of P."""
    rate = fraction(asked.annual_rate, "annual_rate")
    interest = asked.principal * rate * asked.years
    final = asked.principal + interest
    return Outcome(
        value=money(final),
        unit="currency",
        formula="A = P * (1 + r * t)",
        steps=[
            f"r = {plain(asked.annual_rate)} % = {plain(rate)} a year, t = {plain(asked.years)} years",
            f"interest = {plain(asked.principal)} * {plain(rate)} * {plain(asked.years)} = {money(interest)}",
            f"final amount = {plain(asked.principal)} + {money(interest)} = {money(final)}",
        ],
        figures={"principal": money(asked.principal), "interest": money(interest)},
    )


def compound_interest(asked: CompoundInterest) -> Outcome:
    """Final amount A = P * (1 + r/m)^(m * t); interest is A - P."""
    return _grown(asked.principal, asked.annual_rate, asked.years, asked.periods_per_year)


def future_value(asked: FutureValue) -> Outcome:
    """FV = PV * (1 + r/m)^(m * t)."""
    return _grown(asked.principal, asked.annual_rate, asked.years, asked.periods_per_year)


def present_value(asked: PresentValue) -> Outcome:
    """PV = FV / (1 + r/m)^(m * t)."""
    factor, steps = _growth(asked.annual_rate, asked.years, asked.periods_per_year)
    present = asked.future_value / factor
    return Outcome(
        value=money(present),
        unit="currency",
        formula="PV = FV / (1 + r/m)^(m * t)",
        steps=[*steps, f"PV = {plain(asked.future_value)} / {plain(factor)} = {money(present)}"],
        figures={"future_value": money(asked.future_value), "discount": money(asked.future_value - present)},
    )


def annuity_future_value(asked: AnnuityFutureValue) -> Outcome:
    """FV = PMT * ((1 + i)^n - 1) / i for payments at the end of each period; PMT * n when i is zero."""
    rate = fraction(asked.annual_rate, "annual_rate") / asked.periods_per_year
    periods = _whole_periods(asked.years, asked.periods_per_year)
    factor = annuity_factor(rate, periods)
    final, paid = asked.payment * factor, asked.payment * periods
    return Outcome(
        value=money(final),
        unit="currency",
        formula="FV = PMT * ((1 + i)^n - 1) / i",
        steps=[
            f"i = {plain(asked.annual_rate)} % / {asked.periods_per_year} = {plain(rate)} a period",
            f"n = {plain(asked.years)} * {asked.periods_per_year} = {periods} payments",
            f"((1 + i)^n - 1) / i = {plain(factor)}",
            f"FV = {plain(asked.payment)} * {plain(factor)} = {money(final)}",
        ],
        figures={"paid_in": money(paid), "interest": money(final - paid)},
    )


def savings_goal(asked: SavingsGoal) -> Outcome:
    """PMT = FV * i / ((1 + i)^n - 1), paid at the end of each month; FV / n when i is zero."""
    rate = fraction(asked.annual_rate, "annual_rate") / 12
    factor = annuity_factor(rate, asked.months)
    payment = asked.target / factor
    paid = payment * asked.months
    return Outcome(
        value=money(payment),
        unit="currency",
        formula="PMT = FV * i / ((1 + i)^n - 1)",
        steps=[
            f"i = {plain(asked.annual_rate)} % / 12 = {plain(rate)} a month, n = {asked.months}",
            f"((1 + i)^n - 1) / i = {plain(factor)}",
            f"PMT = {plain(asked.target)} / {plain(factor)} = {money(payment)} a month",
        ],
        figures={"paid_in": money(paid), "interest": money(asked.target - paid)},
    )


def effective_rate(asked: EffectiveRate) -> Outcome:
    """Effective annual rate = (1 + r/m)^m - 1, in per cent."""
    nominal, m = fraction(asked.nominal_rate, "nominal_rate"), asked.periods_per_year
    effective = (1 + nominal / m) ** m - 1
    return Outcome(
        value=percent(effective),
        unit="percent",
        formula="EAR = (1 + r/m)^m - 1",
        steps=[
            f"r/m = {plain(nominal)} / {m} = {plain(nominal / m)}",
            f"EAR = (1 + {plain(nominal / m)})^{m} - 1 = {plain(effective)} = {percent(effective)} %",
        ],
    )


def annuity_factor(rate: Decimal, periods: int) -> Decimal:
    """Return what payments of 1 at the end of each period grow to: ((1 + i)^n - 1) / i."""
    return Decimal(periods) if rate == 0 else ((1 + rate) ** periods - 1) / rate


def _grown(principal: Decimal, annual_rate: Decimal, years: Decimal, m: int) -> Outcome:
    factor, steps = _growth(annual_rate, years, m)
    final = principal * factor
    return Outcome(
        value=money(final),
        unit="currency",
        formula="A = P * (1 + r/m)^(m * t)",
        steps=[*steps, f"A = {plain(principal)} * {plain(factor)} = {money(final)}"],
        figures={"principal": money(principal), "interest": money(final - principal)},
    )


def _growth(annual_rate: Decimal, years: Decimal, m: int) -> tuple[Decimal, list[str]]:
    rate = fraction(annual_rate, "annual_rate")
    factor = (1 + rate / m) ** (m * years)
    return factor, [
        f"r/m = {plain(rate)} / {m} = {plain(rate / m)}, m * t = {plain(m * years)} periods",
        f"(1 + r/m)^(m * t) = {plain(factor)}",
    ]


def _whole_periods(years: Decimal, periods_per_year: int) -> int:
    periods = years * periods_per_year
    if periods != periods.to_integral_value():
        raise Impossible("years", "years times periods_per_year must be a whole number of payments")
    if periods > MAX_PERIODS:
        raise Impossible("years", f"at most {MAX_PERIODS} payments can be computed")
    return int(periods)
