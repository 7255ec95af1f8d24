"""What each calculation needs.  Rates are per cent a year, amounts numbers or decimal strings."""

import re
from datetime import date
from decimal import Decimal
from typing import Annotated, Any

from pydantic import AliasChoices, BaseModel, BeforeValidator, ConfigDict, Field

from agents.finance.currencies import Currency
from agents.finance.money import (
    MAX_PERIODS,
    Amount,
    NotNegative,
    Periods,
    PositiveAmount,
    PositiveYears,
    Rate,
    WholeYears,
    Years,
)

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def _iso_day(given: object) -> object:
    # Pydantic alone would also take seconds since 1970.
    if not isinstance(given, str) or not _DAY.fullmatch(given):
        raise ValueError("give a date as YYYY-MM-DD")
    return given


Day = Annotated[date, BeforeValidator(_iso_day)]
Cashflows = Annotated[list[Amount], Field(min_length=2, max_length=MAX_PERIODS)]


class Params(BaseModel):
    """Parameters of a calculation."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class SimpleInterest(Params):
    """Interest on the principal alone."""

    principal: Amount = Field(default=..., description="Amount at the start.")
    annual_rate: Rate = Field(default=..., description="Per cent a year.")
    years: Years = Field(default=..., description="Length in years.")


class CompoundInterest(SimpleInterest):
    """Interest on interest."""

    periods_per_year: Periods = Field(default=1, description="How often interest is added in a year.")


class FutureValue(Params):
    """What an amount of today is worth later."""

    principal: Amount = Field(
        default=...,
        validation_alias=AliasChoices("principal", "present_value", "amount"),
        description="Amount today; ``present_value`` and ``amount`` mean the same.",
    )
    annual_rate: Rate = Field(default=..., description="Per cent a year.")
    years: Years = Field(default=..., description="Length in years.")
    periods_per_year: Periods = Field(default=1, description="How often interest is added in a year.")


class PresentValue(Params):
    """What an amount of later is worth today."""

    future_value: Amount = Field(
        default=...,
        validation_alias=AliasChoices("future_value", "principal", "amount"),
        description="Amount at the end; ``principal`` and ``amount`` mean the same.",
    )
    annual_rate: Rate = Field(default=..., description="Per cent a year.")
    years: Years = Field(default=..., description="Length in years.")
    periods_per_year: Periods = Field(default=1, description="How often interest is added in a year.")


class AnnuityFutureValue(Params):
    """What regular payments at the end of each period grow to."""

    payment: Amount = Field(default=..., description="Paid at the end of each period.")
    annual_rate: Rate = Field(default=..., description="Per cent a year.")
    years: Years = Field(default=..., description="Length in years.")
    periods_per_year: Periods = Field(default=1, description="Payments a year.")


class SavingsGoal(Params):
    """What to put aside each month to have a sum at the end."""

    target: PositiveAmount = Field(default=..., description="Sum wanted at the end.")
    annual_rate: Rate = Field(default=..., description="Per cent a year, added monthly.")
    months: Periods = Field(default=..., description="Monthly payments, each at the end of its month.")


class Loan(Params):
    """A loan repaid in equal monthly payments."""

    principal: PositiveAmount = Field(default=..., description="Amount lent.")
    annual_rate: Rate = Field(default=..., description="Per cent a year, charged monthly.")
    months: Periods = Field(default=..., description="Number of monthly payments.")


class EffectiveRate(Params):
    """A nominal rate and how often it is charged."""

    nominal_rate: Rate = Field(default=..., description="Per cent a year.")
    periods_per_year: Periods = Field(default=..., description="How often interest is added in a year.")


class NetPresentValue(Params):
    """Cash flows at equal intervals, the first of them now."""

    rate: Rate = Field(default=..., description="Discount rate, per cent a period.")
    cashflows: Cashflows = Field(
        default=..., description="Negative is paid, positive received; first is now."
    )


class InternalRate(Params):
    """Cash flows at equal intervals, the first of them now."""

    cashflows: Cashflows = Field(
        default=..., description="Negative is paid, positive received; first is now."
    )


class DatedInternalRate(InternalRate):
    """Cash flows, each on a day."""

    dates: Annotated[list[Day], Field(min_length=2, max_length=MAX_PERIODS)] = Field(
        default=..., description="A day (``YYYY-MM-DD``) for each cash flow."
    )


class Payback(InternalRate):
    """Yearly cash flows, the first of them the outlay."""


class ReturnOnInvestment(Params):
    """What went in and what came out."""

    initial: PositiveAmount = Field(default=..., description="Amount put in.")
    final: NotNegative = Field(default=..., description="Amount taken out.")


class AnnualGrowth(ReturnOnInvestment):
    """What went in, what came out, and how long it took."""

    years: PositiveYears = Field(default=..., description="Length in years.")


class BreakEven(Params):
    """Costs and price of one product."""

    fixed_costs: NotNegative = Field(default=..., description="Costs that do not depend on sales.")
    unit_price: PositiveAmount = Field(default=..., description="Price of one unit.")
    unit_cost: NotNegative = Field(default=..., description="Variable cost of one unit.")


class Depreciation(Params):
    """A thing that loses value over whole years."""

    cost: PositiveAmount = Field(default=..., description="What it cost.")
    salvage: NotNegative = Field(default=..., description="What it is worth at the end.")
    years: WholeYears = Field(default=..., description="Useful life.")


class DecliningBalance(Depreciation):
    """The same, losing a fixed part of what is left each year."""

    factor: Annotated[PositiveAmount, Field(le=10)] = Field(
        default=Decimal(2), description="Multiple of the straight-line rate; 2 is double."
    )


class Statement(Params):
    """Figures of a balance sheet and an income statement, as far as they are known."""

    current_assets: NotNegative | None = Field(
        default=None, description="Cash and what becomes cash in a year."
    )
    current_liabilities: NotNegative | None = Field(default=None, description="Due within a year.")
    inventory: NotNegative | None = Field(default=None, description="Part of the current assets.")
    debt: NotNegative | None = Field(default=None, description="Borrowed money.")
    equity: Amount | None = Field(default=None, description="The owners' part.")
    revenue: NotNegative | None = Field(default=None, description="Sales.")
    cost_of_goods: NotNegative | None = Field(default=None, description="Direct cost of what was sold.")
    net_income: Amount | None = Field(default=None, description="Profit after everything, or loss.")


class Budget(Params):
    """What comes in and where it goes."""

    income: PositiveAmount = Field(default=..., description="Income after tax.")
    needs: NotNegative = Field(default=..., description="Rent, food, and what else is necessary.")
    wants: NotNegative = Field(default=..., description="What is pleasant.")
    savings: NotNegative = Field(default=..., description="Put aside, or paid off debts.")


class DebtToIncome(Params):
    """Monthly debt payments and income."""

    monthly_debt: NotNegative = Field(default=..., description="Debt payments a month.")
    monthly_income: PositiveAmount = Field(default=..., description="Income a month, before tax.")


class EmergencyFund(Params):
    """Savings and what a month costs."""

    savings: NotNegative = Field(default=..., description="Money at hand.")
    monthly_expenses: PositiveAmount = Field(default=..., description="Necessary spending a month.")


class ConvertCurrency(Params):
    """An amount and a rate that the caller gives: this module knows no rates."""

    model_config = ConfigDict(extra="forbid", frozen=True, serialize_by_alias=True)

    amount: Amount = Field(default=..., description="Amount in the first currency.")
    rate: PositiveAmount = Field(
        default=..., description="Units of the second currency for one of the first."
    )
    source: Currency | None = Field(default=None, alias="from", description="First currency, ISO 4217.")
    target: Currency | None = Field(default=None, alias="to", description="Second currency, ISO 4217.")


def inputs_of(params: Params) -> dict[str, Any]:
    """Return the parameters as they were understood: decimals as plain strings, unset ones left out."""
    return {name: _shown(value) for name, value in params.model_dump(exclude_none=True).items()}


def _shown(value: Any) -> Any:
    if isinstance(value, list):
        return [_shown(part) for part in value]
    if isinstance(value, Decimal):
        return f"{value:f}"
    return value.isoformat() if isinstance(value, date) else value
