"""What an investment is worth and gives back: NPV, payback, ROI, CAGR.

Formulas after Brealey, Myers, Allen, *Principles of Corporate Finance*, chapters 2 and 5.
"""

from collections.abc import Iterable, Sequence
from decimal import Decimal

from agents.finance.money import Impossible, fixed, fraction, money, percent, plain
from agents.finance.outcome import Outcome
from agents.finance.params import AnnualGrowth, NetPresentValue, Payback, ReturnOnInvestment

SHOWN_TERMS = 12


def npv(asked: NetPresentValue) -> Outcome:
    """NPV = sum of C_t / (1 + r)^t for t = 0, 1, ...; in the currency of the cash flows."""
    rate = fraction(asked.rate, "rate")
    terms = list(discounted(asked.cashflows, rate))
    total = sum(terms, Decimal(0))
    shown = [
        f"t = {t}: {plain(flow)} / {plain(1 + rate)}^{t} = {money(term)}"
        for t, (flow, term) in enumerate(zip(asked.cashflows[:SHOWN_TERMS], terms, strict=False))
    ]
    if len(terms) > SHOWN_TERMS:
        shown.append(f"and {len(terms) - SHOWN_TERMS} more in the same way")
    return Outcome(
        value=money(total),
        unit="currency",
        formula="NPV = sum of C_t / (1 + r)^t, t = 0, 1, ...",
        steps=[*shown, f"sum = {money(total)}"],
        figures={"undiscounted": money(sum(asked.cashflows, Decimal(0)))},
    )


def discounted(cashflows: Iterable[Decimal], rate: Decimal) -> Iterable[Decimal]:
    """Yield C_t / (1 + r)^t; the rate is above -1."""
    factor = Decimal(1)
    for flow in cashflows:
        yield flow * factor
        factor /= 1 + rate


def payback(asked: Payback) -> Outcome:
    """Years until the running sum of cash flows reaches zero, in a straight line within the year."""
    flows = asked.cashflows
    if flows[0] >= 0:
        raise Impossible("cashflows", "the first cash flow must be an outlay, below zero")
    year, before = _crossing(flows)
    years = year - 1 + -before / flows[year]
    return Outcome(
        value=fixed(years, 2),
        unit="years",
        formula="years before recovery + uncovered rest / cash flow of the next year",
        steps=[
            f"after year {year - 1} the running sum is {money(before)}",
            f"year {year} brings {plain(flows[year])}: {money(-before)} / {plain(flows[year])} of that year",
            f"payback = {year - 1} + {plain(-before / flows[year])} = {fixed(years, 2)} years",
        ],
    )


def roi(asked: ReturnOnInvestment) -> Outcome:
    """ROI = (final - initial) / initial, in per cent."""
    gain = asked.final - asked.initial
    rate = gain / asked.initial
    return Outcome(
        value=percent(rate),
        unit="percent",
        formula="ROI = (final - initial) / initial",
        steps=[
            f"gain = {plain(asked.final)} - {plain(asked.initial)} = {money(gain)}",
            f"ROI = {money(gain)} / {plain(asked.initial)} = {percent(rate)} %",
        ],
        figures={"gain": money(gain)},
    )


def cagr(asked: AnnualGrowth) -> Outcome:
    """CAGR = (final / initial)^(1 / years) - 1, in per cent a year."""
    ratio = asked.final / asked.initial
    rate = ratio ** (1 / asked.years) - 1
    return Outcome(
        value=percent(rate),
        unit="percent",
        formula="CAGR = (final / initial)^(1 / years) - 1",
        steps=[
            f"final / initial = {plain(ratio)}",
            f"CAGR = {plain(ratio)}^(1/{plain(asked.years)}) - 1 = {percent(rate)} % a year",
        ],
        figures={"gain": money(asked.final - asked.initial)},
    )


def _crossing(flows: Sequence[Decimal]) -> tuple[int, Decimal]:
    """Return the year in which the running sum first reaches zero, and the sum before that year."""
    running = flows[0]
    for year, flow in enumerate(flows[1:], start=1):
        if running + flow >= 0:
            return year, running
        running += flow
    raise Impossible("cashflows", f"they never pay back the outlay: {money(-running)} is missing at the end")
