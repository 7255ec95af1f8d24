"""Internal rates of return: by pyxirr, or by halving where it gives up; checked before they are told."""

import itertools
import math
from collections.abc import Sequence
from datetime import date
from decimal import Decimal

import pyxirr

from agents.finance.money import Impossible, percent
from agents.finance.outcome import Outcome
from agents.finance.params import DatedInternalRate, InternalRate

# How far from zero the NPV at the rate may be, as part of the sum of all discounted amounts.
TOLERANCE = 1e-7
DAYS_A_YEAR = 365
# Rates from -99.99999999999999 % to beyond 10^15: further a double does not tell them from the ends.
WIDEST_FORCE, HALVINGS = 36.0, 200


def irr(asked: InternalRate) -> Outcome:
    """Find the rate r at which the sum of C_t / (1 + r)^t is zero, in per cent a period.

    Source: Brealey, Myers, Allen, chapter 5; root by the library pyxirr.
    """
    flows = [float(flow) for flow in asked.cashflows]
    _need_both_signs(flows)
    rate = pyxirr.irr(flows, silent=True)
    return _outcome(rate, flows, [float(t) for t in range(len(flows))], "0 = sum of C_t / (1 + r)^t")


def xirr(asked: DatedInternalRate) -> Outcome:
    """Find the yearly rate r at which the sum of C_k / (1 + r)^(days_k / 365) is zero, in per cent.

    Days count from the earliest date, a year has 365 days (Actual/365 Fixed), as in spreadsheets.
    """
    if len(asked.dates) != len(asked.cashflows):
        raise Impossible("dates", "give one date for each cash flow")
    if len(set(asked.dates)) == 1:
        raise Impossible("dates", "at least two different days are needed")
    order = sorted(zip(asked.dates, (float(flow) for flow in asked.cashflows), strict=True))
    dates, flows = [day for day, _ in order], [flow for _, flow in order]
    _need_both_signs(flows)
    rate = pyxirr.xirr(dates, flows, silent=True)
    return _outcome(rate, flows, _years_since_first(dates), "0 = sum of C_k / (1 + r)^(days_k / 365)")


def _years_since_first(dates: Sequence[date]) -> list[float]:
    return [(day - dates[0]).days / DAYS_A_YEAR for day in dates]


def _need_both_signs(flows: Sequence[float]) -> None:
    if not min(flows) < 0 < max(flows):
        raise Impossible("cashflows", "at least one must be negative and one positive")


def _outcome(rate: float | None, flows: Sequence[float], times: Sequence[float], formula: str) -> Outcome:
    by = "pyxirr finds"
    if rate is None or residual(rate, flows, times) > TOLERANCE:
        rate, by = _halved(flows, times), "halving finds"
    left = math.inf if rate is None else residual(rate, flows, times)
    if rate is None or left > TOLERANCE:
        raise Impossible(
            "cashflows", "no rate above -100 % that brings their present value to zero was found"
        )
    changes = _sign_changes(flows)
    value = percent(Decimal(repr(rate)))
    steps = [
        f"the cash flows change sign {changes} time{'s' if changes > 1 else ''}",
        f"{by} r = {rate!r} = {value} %",
        f"check: the NPV at r is {left:.1e} of the sum of all discounted amounts",
    ]
    if changes > 1:
        steps.append(
            "with several changes of sign other rates may solve the equation too: it may not be unique"
        )
    return Outcome(value, "percent", formula, steps, {"rate": f"{Decimal(repr(rate)):f}"})


def residual(rate: float, flows: Sequence[float], times: Sequence[float]) -> float:
    """Return |NPV| as part of the sum of the discounted amounts' sizes; infinity where there is no NPV."""
    if not -1 < rate < math.inf:
        return math.inf
    terms = _discounted(math.log1p(rate), flows, times)
    whole = math.fsum(map(abs, terms))
    return abs(math.fsum(terms)) / whole if whole else math.inf


def _discounted(force: float, flows: Sequence[float], times: Sequence[float]) -> list[float]:
    """Return the flows discounted at a force of interest log(1 + r), all divided by the largest factor."""
    exponents = [-time * force for time in times]
    # The division changes no sign and no ratio, and keeps every factor below 1.
    top = max(exponents)
    return [flow * math.exp(exponent - top) for flow, exponent in zip(flows, exponents, strict=True)]


def _halved(flows: Sequence[float], times: Sequence[float]) -> float | None:
    """Find the rate by halving an interval; none unless the sign changes once, so that there is just one.

    One change of sign means one positive root (Descartes' rule of signs).  The interval is one of the force
    of interest log(1 + r), because roots near -100 % lie too close together as rates.
    """
    if _sign_changes(flows) != 1:
        return None
    low, high = -WIDEST_FORCE, WIDEST_FORCE
    sign = math.fsum(_discounted(low, flows, times))
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        if math.fsum(_discounted(middle, flows, times)) * sign > 0:
            low = middle
        else:
            high = middle
    return math.expm1((low + high) / 2)


def _sign_changes(flows: Sequence[float]) -> int:
    signs = [flow > 0 for flow in flows if flow]
    return sum(one != other for one, other in itertools.pairwise(signs))
