"""The table of calculations: what each is called, needs and does."""

import decimal
import difflib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import localcontext
from typing import Any, Generic, TypeVar

from pydantic import JsonValue

from agents.finance import business, household, interest, loans, params, rates_of_return, ratios, returns
from agents.finance.money import CONTEXT, Impossible
from agents.finance.outcome import Outcome

P = TypeVar("P", bound=params.Params)


@dataclass(frozen=True)
class Calculation(Generic[P]):
    """A calculation: its parameters, its function, the parameter that makes its result big, an example."""

    params: type[P]
    run: Callable[[P], Outcome]
    driver: str
    example: Mapping[str, JsonValue]

    def outcome(self, given: P) -> Outcome:
        """Compute exactly.

        Raises:
            Impossible: The parameters cannot be computed with, or the result has too many digits.
        """
        with localcontext(CONTEXT):
            try:
                return self.run(given)
            except decimal.DecimalException:
                raise Impossible(self.driver, "with it the result is too large to state") from None


_LOAN: dict[str, JsonValue] = {"principal": 200000, "annual_rate": 6, "months": 360}
_FLOWS: list[JsonValue] = [-1000, 300, 400, 500, 200]
_GROWTH: dict[str, JsonValue] = {"principal": 1000, "annual_rate": 5, "years": 10}

CALCULATIONS: Mapping[str, Calculation[Any]] = {
    "simple_interest": Calculation(params.SimpleInterest, interest.simple_interest, "annual_rate", _GROWTH),
    "compound_interest": Calculation(
        params.CompoundInterest,
        interest.compound_interest,
        "annual_rate",
        {**_GROWTH, "periods_per_year": 12},
    ),
    "future_value": Calculation(params.FutureValue, interest.future_value, "annual_rate", _GROWTH),
    "present_value": Calculation(
        params.PresentValue,
        interest.present_value,
        "annual_rate",
        {"future_value": 10000, "annual_rate": 4, "years": 5},
    ),
    "annuity_future_value": Calculation(
        params.AnnuityFutureValue,
        interest.annuity_future_value,
        "annual_rate",
        {"payment": 200, "annual_rate": 6, "years": 10, "periods_per_year": 12},
    ),
    "savings_goal": Calculation(
        params.SavingsGoal,
        interest.savings_goal,
        "annual_rate",
        {"target": 20000, "annual_rate": 4, "months": 36},
    ),
    "loan_payment": Calculation(params.Loan, loans.loan_payment, "annual_rate", _LOAN),
    "amortization_schedule": Calculation(params.Loan, loans.amortization_schedule, "annual_rate", _LOAN),
    "effective_rate": Calculation(
        params.EffectiveRate,
        interest.effective_rate,
        "nominal_rate",
        {"nominal_rate": 12, "periods_per_year": 12},
    ),
    "npv": Calculation(params.NetPresentValue, returns.npv, "rate", {"rate": 10, "cashflows": _FLOWS}),
    "irr": Calculation(params.InternalRate, rates_of_return.irr, "cashflows", {"cashflows": _FLOWS}),
    "xirr": Calculation(
        params.DatedInternalRate,
        rates_of_return.xirr,
        "cashflows",
        {"cashflows": [-1000, 500, 700], "dates": ["2025-01-01", "2025-07-01", "2026-01-01"]},
    ),
    "payback": Calculation(
        params.Payback, returns.payback, "cashflows", {"cashflows": [-1000, 300, 400, 500]}
    ),
    "roi": Calculation(params.ReturnOnInvestment, returns.roi, "initial", {"initial": 1200, "final": 1500}),
    "cagr": Calculation(
        params.AnnualGrowth, returns.cagr, "years", {"initial": 1000, "final": 2000, "years": 5}
    ),
    "break_even": Calculation(
        params.BreakEven,
        business.break_even,
        "unit_price",
        {"fixed_costs": 50000, "unit_price": 25, "unit_cost": 15},
    ),
    "straight_line_depreciation": Calculation(
        params.Depreciation,
        business.straight_line_depreciation,
        "cost",
        {"cost": 50000, "salvage": 5000, "years": 5},
    ),
    "declining_balance_depreciation": Calculation(
        params.DecliningBalance,
        business.declining_balance_depreciation,
        "cost",
        {"cost": 50000, "salvage": 5000, "years": 5},
    ),
    "ratios": Calculation(
        params.Statement,
        ratios.ratios,
        "current_liabilities",
        {"current_assets": 50000, "current_liabilities": 25000, "debt": 40000, "equity": 80000},
    ),
    "budget_50_30_20": Calculation(
        params.Budget,
        household.budget_50_30_20,
        "income",
        {"income": 5000, "needs": 2600, "wants": 1400, "savings": 1000},
    ),
    "debt_to_income": Calculation(
        params.DebtToIncome,
        household.debt_to_income,
        "monthly_income",
        {"monthly_debt": 1500, "monthly_income": 5000},
    ),
    "emergency_fund": Calculation(
        params.EmergencyFund,
        household.emergency_fund,
        "monthly_expenses",
        {"savings": 9000, "monthly_expenses": 2500},
    ),
    "convert_currency": Calculation(
        params.ConvertCurrency,
        household.convert_currency,
        "rate",
        {"amount": 100, "rate": "1.0850", "from": "EUR", "to": "USD"},
    ),
}


def nearest(name: str) -> str | None:
    """Return the calculation whose name is most like this one; none if none is like it."""
    return next(iter(difflib.get_close_matches(name, CALCULATIONS, n=1)), None)
