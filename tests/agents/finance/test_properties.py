"""What holds for all figures, not only those somebody thought of."""

from collections import defaultdict
from datetime import date
from decimal import Decimal, localcontext
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from agents.finance.analysis import analyse
from agents.finance.calculations import CALCULATIONS
from agents.finance.csv_rows import read_csv
from agents.finance.ledger import take_in
from agents.finance.loans import schedule
from agents.finance.money import CONTEXT, Impossible
from agents.finance.transactions import read_kept

CENTS = st.integers(min_value=1, max_value=10**12)
RATES = st.decimals(min_value="-99", max_value="60", places=3, allow_nan=False, allow_infinity=False)
FLOWS = st.lists(st.integers(min_value=-(10**6), max_value=10**6), min_size=2, max_size=40)
DAYS = st.dates(min_value=date(2020, 1, 1), max_value=date(2023, 12, 31)).map(date.isoformat)
CATEGORIES = st.sampled_from(["rent", "food", "salary", "Пенсия", "餐饮", 'a "b", c; d'])
ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "date": DAYS,
            "amount": st.integers(min_value=-(10**9), max_value=10**9)
            .filter(bool)
            .map(lambda cents: str(Decimal(cents) / 100)),
            "category": CATEGORIES,
            "note": st.sampled_from(["", "x", "two words"]),
        }
    ),
    max_size=60,
)


def ledger(rows: list) -> list:
    """Read rows as the module keeps them."""
    intake = take_in(rows)
    assert not intake.rejected
    return read_kept([text for _, text in intake.kept])


def changes(flows: list[int]) -> int:
    """Count the changes of sign."""
    signs = [flow > 0 for flow in flows if flow]
    return sum(one != other for one, other in pairwise(signs))


@given(cents=CENTS, rate=RATES, months=st.integers(min_value=1, max_value=480))
def test_a_schedule_ends_at_zero_and_repays_the_loan(cents: int, rate: Decimal, months: int) -> None:
    """Whatever the rate: no cent is left, none is repaid twice, the balance never rises."""
    with localcontext(CONTEXT):
        rows = list(schedule(Decimal(cents) / 100, rate / 1200, months))

    assert rows[-1].balance == 0
    assert sum(row.principal for row in rows) == Decimal(cents) / 100
    assert all(row.payment == row.interest + row.principal for row in rows)
    if rate >= 0:
        assert all(later.balance <= earlier.balance for earlier, later in pairwise(rows))


@given(flows=FLOWS)
@example(flows=[22, 1, 2048, -1])
def test_npv_at_the_irr_is_zero(flows: list[int]) -> None:
    """Or there is a refusal that names the cash flows; a rate that is no solution is never told."""
    calculation = CALCULATIONS["irr"]
    if not min(flows) < 0 < max(flows):
        with pytest.raises(Impossible, match=r"^cashflows"):
            calculation.outcome(calculation.params(cashflows=flows))
        return
    try:
        outcome = calculation.outcome(calculation.params(cashflows=flows))
    except Impossible:
        # Several changes of sign may leave no solution; one change always has one.
        assert changes(flows) > 1
        return

    factor = 1 / (1 + Fraction(outcome.figures["rate"]))
    terms = [flow * factor**k for k, flow in enumerate(flows)]
    assert abs(sum(terms)) <= Fraction(1, 10**6) * sum(map(abs, terms))


@given(flows=st.lists(st.integers(min_value=1, max_value=1000), min_size=1, max_size=40))
def test_an_outlay_that_pays_back_has_an_irr(flows: list[int]) -> None:
    """One change of sign always has a solution, so it must be found."""
    calculation = CALCULATIONS["irr"]

    outcome = calculation.outcome(calculation.params(cashflows=[-1000, *flows]))

    assert Decimal(outcome.value) > -100
    assert (Decimal(outcome.value) >= 0) == (sum(flows) >= 1000)


@given(rows=ROWS)
def test_the_sums_of_an_analysis_agree(rows: list) -> None:
    """Totals, categories and months are one ledger seen three ways; added up here in fractions."""
    figures = analyse(ledger(rows))

    own: dict = defaultdict(Fraction)
    for row in rows:
        own[row["amount"].startswith("-")] += abs(Fraction(row["amount"]))
    for parts in (figures.by_category, figures.by_month):
        assert sum(Fraction(part.income) for part in parts) == own[False] == Fraction(figures.totals.income)
        assert (
            sum(Fraction(part.spending) for part in parts) == own[True] == Fraction(figures.totals.spending)
        )
        assert sum(part.count for part in parts) == figures.rows_used == len(rows)
    assert Fraction(figures.totals.net) == own[False] - own[True]


@given(rows=ROWS)
def test_months_add_up_to_their_year(rows: list) -> None:
    """A period holds what its months hold."""
    kept = ledger(rows)

    years = {row["date"][:4] for row in rows}
    assert sum(analyse(kept, year).rows_used for year in years) == len(rows)
    for year in years:
        months = [analyse(kept, f"{year}-{month:02}") for month in range(1, 13)]
        assert sum(Fraction(month.totals.net) for month in months) == Fraction(analyse(kept, year).totals.net)


@given(rows=ROWS, delimiter=st.sampled_from(",;"), bom=st.booleans(), order=st.permutations(range(4)))
def test_csv_and_json_give_the_same_ledger(
    rows: list, delimiter: str, *, bom: bool, order: list[int]
) -> None:
    """In any order of columns, with either delimiter, with or without a byte order mark."""
    names = [("date", "amount", "category", "note")[place] for place in order]
    quoted = [['"' + row[name].replace('"', '""') + '"' for name in names] for row in rows]
    text = "\n".join(delimiter.join(fields) for fields in [names, *quoted])

    read = read_csv(("\ufeff" if bom else "") + text)

    assert ledger(read) == ledger(rows)


@pytest.mark.parametrize("name", CALCULATIONS)
@given(data=st.data())
def test_extreme_figures_never_break_a_calculation(name: str, data: st.DataObject) -> None:
    """Within the bounds there is an answer or a named refusal, never an error of ours."""
    calculation = CALCULATIONS[name]
    amount = st.sampled_from(["0", "1e15", "-1e15", "1e-20", "0.01", "-0.01", "1000"])
    rate = st.sampled_from(["1e6", "0", "-99.99999999999999999", "1e-20", "-1e-20", "7"])
    choices = {
        "rate": amount if name == "convert_currency" else rate,
        "annual_rate": rate,
        "nominal_rate": rate,
        "months": st.sampled_from([1, 2, 360, 2000]),
        "periods_per_year": st.sampled_from([1, 12, 365, 10_000]),
        "years": st.sampled_from([1, 2, 10, 1000]),
        "cashflows": st.lists(amount, min_size=2, max_size=5),
        "dates": st.lists(
            st.sampled_from(["0001-01-01", "2026-01-01", "9999-12-31"]), min_size=2, max_size=5
        ),
        "from": st.just("EUR"),
        "to": st.just("USD"),
    }
    params = {field: data.draw(choices.get(field, amount), label=field) for field in calculation.example}

    try:
        outcome = calculation.outcome(calculation.params.model_validate(params))
    except (Impossible, ValueError):
        return

    assert Decimal(outcome.value).is_finite()
