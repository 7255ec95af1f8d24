"""The ratios of a statement, as far as its figures allow.

Definitions after Brealey, Myers, Allen, *Principles of Corporate Finance*, chapter 29.
"""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from agents.finance.money import Impossible, fixed
from agents.finance.outcome import Outcome
from agents.finance.params import Statement


@dataclass(frozen=True, slots=True)
class Ratio:
    """A quotient: what it needs, which figure it divides by, and how it is told."""

    name: str
    needs: tuple[str, ...]
    top: Callable[..., Decimal]
    below: str
    formula: str
    unit: str = "ratio"


RATIOS = (
    Ratio(
        "current_ratio",
        ("current_assets",),
        lambda assets: assets,
        "current_liabilities",
        "current assets / current liabilities",
    ),
    Ratio(
        "quick_ratio",
        ("current_assets", "inventory"),
        lambda assets, inventory: assets - inventory,
        "current_liabilities",
        "(current assets - inventory) / current liabilities",
    ),
    Ratio("debt_to_equity", ("debt",), lambda debt: debt, "equity", "debt / equity"),
    Ratio(
        "gross_margin",
        ("revenue", "cost_of_goods"),
        lambda revenue, cost: revenue - cost,
        "revenue",
        "(revenue - cost of goods) / revenue",
        "percent",
    ),
    Ratio("net_margin", ("net_income",), lambda income: income, "revenue", "net income / revenue", "percent"),
    Ratio(
        "return_on_equity", ("net_income",), lambda income: income, "equity", "net income / equity", "percent"
    ),
)


@dataclass(frozen=True, slots=True)
class Computed:
    """A ratio with its value as a decimal string."""

    name: str
    value: str
    unit: str
    formula: str


def ratios(asked: Statement) -> Outcome:
    """Compute each ratio whose figures are given and whose divisor is above zero; the value is the first."""
    found = computed(asked)
    if not found:
        raise Impossible(
            "", "no ratio can be computed: give both figures of at least one, divisors above zero"
        )
    missing = [ratio.name for ratio in RATIOS if ratio.name not in {one.name for one in found}]
    steps = [f"{one.name} = {one.formula} = {one.value}{' %' * (one.unit == 'percent')}" for one in found]
    if missing:
        steps.append(f"not computable from what was given: {', '.join(missing)}")
    return Outcome(
        value=found[0].value,
        unit=found[0].unit,
        formula=found[0].formula,
        steps=steps,
        figures={one.name: one.value for one in found},
        rows=[{"name": one.name, "value": one.value, "unit": one.unit} for one in found],
    )


def computed(asked: Statement) -> list[Computed]:
    """Return the ratios that can be computed."""
    given = {name: value for name, value in asked if isinstance(value, Decimal)}
    return [
        Computed(ratio.name, _value(ratio, given), ratio.unit, ratio.formula)
        for ratio in RATIOS
        if all(name in given for name in ratio.needs) and given.get(ratio.below, Decimal(0)) > 0
    ]


def _value(ratio: Ratio, given: dict[str, Decimal]) -> str:
    quotient = ratio.top(*(given[name] for name in ratio.needs)) / given[ratio.below]
    return fixed(quotient * 100 if ratio.unit == "percent" else quotient, 2)
