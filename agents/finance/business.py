"""Costs, depreciation and the ratios of a statement.

Formulas after C. Horngren, S. Datar, M. Rajan, *Cost Accounting* (break-even) and Brealey, Myers, Allen,
chapter 29 (ratios); declining balance as the spreadsheet function DDB computes it.
"""

from collections.abc import Callable
from decimal import ROUND_CEILING, Decimal

from agents.finance.money import Impossible, cents, fixed, money, plain
from agents.finance.outcome import Outcome, Row
from agents.finance.params import BreakEven, DecliningBalance, Depreciation


def break_even(asked: BreakEven) -> Outcome:
    """Units = fixed costs / (price - variable cost)."""
    margin = asked.unit_price - asked.unit_cost
    if margin <= 0:
        raise Impossible("unit_price", "it must be above unit_cost: no number of units covers the costs")
    units = asked.fixed_costs / margin
    whole = units.to_integral_value(ROUND_CEILING)
    return Outcome(
        value=fixed(units, 2),
        unit="units",
        formula="units = fixed costs / (unit price - unit cost)",
        steps=[
            f"a unit brings {plain(asked.unit_price)} - {plain(asked.unit_cost)} = {plain(margin)}",
            f"units = {plain(asked.fixed_costs)} / {plain(margin)} = {plain(units)}",
        ],
        figures={
            "whole_units": f"{whole:f}",
            "contribution_per_unit": money(margin),
            "revenue": money(units * asked.unit_price),
        },
    )


def straight_line_depreciation(asked: Depreciation) -> Outcome:
    """Depreciation a year = (cost - salvage) / years; the last row takes what rounding left."""
    whole = _depreciable(asked)
    yearly = whole / asked.years
    rows = _book(asked, lambda year, book: book if year == asked.years else cents(yearly))
    return Outcome(
        value=money(yearly),
        unit="currency",
        formula="(cost - salvage) / years",
        steps=[
            f"depreciable = {plain(asked.cost)} - {plain(asked.salvage)} = {plain(whole)}",
            f"a year = {plain(whole)} / {asked.years} = {money(yearly)}",
        ],
        figures={"depreciable": money(whole)},
        rows=rows,
    )


def declining_balance_depreciation(asked: DecliningBalance) -> Outcome:
    """Depreciation of a year = book value * factor / years, never below the salvage value.

    The value is the first year's; what is left above salvage after the last year stays in the books.
    """
    _depreciable(asked)
    rate = asked.factor / asked.years
    rows = _book(asked, lambda _, book: cents(book * rate))
    return Outcome(
        value=str(rows[0]["depreciation"]),
        unit="currency",
        formula="book value * factor / years, never below salvage",
        steps=[
            f"rate = {plain(asked.factor)} / {asked.years} = {plain(rate)} a year",
            f"first year = {plain(asked.cost)} * {plain(rate)}, at most cost - salvage"
            f" = {rows[0]['depreciation']}",
            f"after {asked.years} years the book value is {rows[-1]['book_value']}",
        ],
        figures={"final_book_value": str(rows[-1]["book_value"])},
        rows=rows,
    )


def _depreciable(asked: Depreciation) -> Decimal:
    if asked.salvage > asked.cost:
        raise Impossible("salvage", "it cannot be above cost")
    return asked.cost - asked.salvage


def _book(asked: Depreciation, depreciation: Callable[[int, Decimal], Decimal]) -> list[Row]:
    """Write the books year by year, never below salvage; ``depreciation`` says what a year would take."""
    rows: list[Row] = []
    book, salvage, total = cents(asked.cost), cents(asked.salvage), Decimal(0)
    for year in range(1, asked.years + 1):
        taken = min(depreciation(year, book), book - salvage)
        book, total = book - taken, total + taken
        rows.append(
            {
                "period": year,
                "depreciation": money(taken),
                "accumulated": money(total),
                "book_value": money(book),
            }
        )
    return rows
