"""Every figure of the acceptance table, over HTTP, against figures worked out here in another way."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from fractions import Fraction

import httpx
import pytest

from agents.finance.calculations import CALCULATIONS
from tests.agents.finance.asking import calculate, finance, refused
from tests.api.calls import core

CENT = Decimal("0.01")
RATE = Decimal("0.005")
FLOWS = [-1000, 300, 400, 500, 200]


def grow(amount: Fraction, percent: int, periods: int, *, paid: int = 0) -> Fraction:
    """Add interest period by period, and a payment at the end of each."""
    for _ in range(periods):
        amount += amount * percent_of(percent) + paid
    return amount


def percent_of(percent: Fraction | int) -> Fraction:
    """Return per cent as a fraction."""
    return Fraction(percent) / 100


def worth(flows: list[int], rate: Fraction) -> Fraction:
    """Discount flow by flow, from the last to the first."""
    value = Fraction(0)
    for flow in reversed(flows):
        value = value / (1 + rate) + flow
    return value


def halved(at: Callable[[Fraction], Fraction], low: Fraction, high: Fraction) -> Fraction:
    """Find where a falling function is zero."""
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if at(middle) > 0 else (low, middle)
    return low


def repaid(principal: int, monthly: Fraction, months: int) -> Fraction:
    """Find the payment that brings a loan to zero."""

    def left(payment: Fraction) -> Fraction:
        owed = Fraction(principal)
        for _ in range(months):
            # Rounded to 1e-12: exact fractions would grow to thousands of digits.
            owed = Fraction(round((owed * (1 + monthly) - payment) * 10**12), 10**12)
        return owed

    return halved(left, Fraction(0), Fraction(principal))


def internal(flows: list[int]) -> Fraction:
    """Find the rate in per cent at which flows are worth nothing."""
    return 100 * halved(lambda rate: worth(flows, rate), Fraction(0), Fraction(1))


TABLE = [
    ("simple_interest", {"principal": 1000, "annual_rate": 5, "years": 10}, "1500.00", Fraction(1500)),
    (
        "compound_interest",
        {"principal": 1000, "annual_rate": 5, "years": 10, "periods_per_year": 1},
        "1628.89",
        grow(Fraction(1000), 5, 10),
    ),
    (
        "compound_interest",
        {"principal": "1000", "annual_rate": "5", "years": 10, "periods_per_year": 12},
        "1647.01",
        1000 * (1 + Fraction(5, 1200)) ** 120,
    ),
    (
        "future_value",
        {"present_value": 1000, "annual_rate": 5, "years": 10},
        "1628.89",
        grow(Fraction(1000), 5, 10),
    ),
    (
        "loan_payment",
        {"principal": 200000, "annual_rate": 6, "months": 360},
        "1199.10",
        repaid(200000, Fraction(6, 1200), 360),
    ),
    (
        "loan_payment",
        {"principal": 10000, "annual_rate": 8, "months": 24},
        "452.27",
        repaid(10000, Fraction(8, 1200), 24),
    ),
    ("npv", {"rate": 10, "cashflows": FLOWS}, "115.57", worth(FLOWS, Fraction(1, 10))),
    (
        "annuity_future_value",
        {"payment": 200, "annual_rate": 6, "years": 10, "periods_per_year": 12},
        "32775.87",
        200 * sum((1 + Fraction(6, 1200)) ** k for k in range(120)),
    ),
    (
        "present_value",
        {"future_value": 10000, "annual_rate": 4, "years": 5},
        "8219.27",
        worth([0, 0, 0, 0, 0, 10000], Fraction(4, 100)),
    ),
    (
        "savings_goal",
        {"target": 20000, "annual_rate": 4, "months": 36},
        "523.81",
        Fraction(20000) / sum((1 + Fraction(4, 1200)) ** k for k in range(36)),
    ),
    ("break_even", {"fixed_costs": 50000, "unit_price": 25, "unit_cost": 15}, "5000", Fraction(5000)),
    ("straight_line_depreciation", {"cost": 50000, "salvage": 5000, "years": 5}, "9000", Fraction(45000, 5)),
    ("payback", {"cashflows": [-1000, 300, 400, 500]}, "2.60", 2 + Fraction(300, 500)),
    ("emergency_fund", {"savings": 9000, "monthly_expenses": 2500}, "3.60", Fraction(9000, 2500)),
    (
        "convert_currency",
        {"amount": "99.99", "rate": "1.0850"},
        "108.49",
        Fraction("99.99") * Fraction("1.085"),
    ),
]
RATES = [
    ("irr", {"cashflows": FLOWS}, "15.32", internal(FLOWS)),
    ("irr", {"cashflows": [-100, 60, 60]}, "13.07", internal([-100, 60, 60])),
    ("roi", {"initial": 1200, "final": 1500}, "25.00", 100 * Fraction(300, 1200)),
    (
        "cagr",
        {"initial": 1000, "final": 2000, "years": 5},
        "14.87",
        100 * halved(lambda rate: 2 - (1 + rate) ** 5, Fraction(0), Fraction(1)),
    ),
    (
        "effective_rate",
        {"nominal_rate": 12, "periods_per_year": 12},
        "12.6825",
        100 * ((1 + Fraction(1, 100)) ** 12 - 1),
    ),
    ("debt_to_income", {"monthly_debt": 1500, "monthly_income": 5000}, "30.00", Fraction(30)),
]


@pytest.mark.parametrize(("calculation", "params", "stated", "own"), TABLE)
def test_amounts_are_right_to_the_cent(
    client: httpx.Client, calculation: str, params: dict, stated: str, own: Fraction
) -> None:
    """The table's figure and the one worked out here agree with the answer."""
    result = calculate(client, calculation, **params)

    value = Decimal(result["value"])
    assert abs(value - Decimal(stated)) < CENT
    assert abs(Fraction(value) - own) <= Fraction(1, 200)
    assert result["formula"]
    assert result["steps"]


@pytest.mark.parametrize(("calculation", "params", "stated", "own"), RATES)
def test_rates_are_right(
    client: httpx.Client, calculation: str, params: dict, stated: str, own: Fraction
) -> None:
    """Within 0.005 percentage points of the table, and to four places of the figure worked out here."""
    result = calculate(client, calculation, **params)

    assert result["unit"] == "percent"
    assert abs(Decimal(result["value"]) - Decimal(stated)) <= RATE
    assert abs(Fraction(result["value"]) - own) <= Fraction(1, 10_000)


def test_interest_stands_beside_the_final_amount(client: httpx.Client) -> None:
    """Both are asked for as often."""
    simple = calculate(client, "simple_interest", principal=1000, annual_rate=5, years=10)
    goal = calculate(
        client, "compound_interest", principal=1000, annual_rate=5, years=10, periods_per_year=12
    )

    assert simple["figures"]["interest"] == "500.00"
    assert goal["figures"]["interest"] == "647.01"


def test_the_interest_of_a_loan_is_told_rounded_and_unrounded(client: httpx.Client) -> None:
    """Banks round each row; formulas do not: both figures are in use."""
    long = calculate(client, "loan_payment", principal=200000, annual_rate=6, months=360)["figures"]
    short = calculate(client, "loan_payment", principal=10000, annual_rate=8, months=24)["figures"]

    assert (long["total_interest"], long["total_interest_unrounded"]) == ("231677.04", "231676.38")
    assert short["total_interest"] == "854.55"


def test_a_schedule_has_the_rows_of_a_bank(client: httpx.Client) -> None:
    """The rows of the acceptance table (CI-05), and all of them add up."""
    result = calculate(client, "amortization_schedule", principal=200000, annual_rate=6, months=360)

    rows = result["rows"]
    assert [row["period"] for row in rows] == list(range(1, 361))
    seen = {n: (rows[n - 1]["interest"], rows[n - 1]["balance"]) for n in (1, 2, 12, 120, 360)}
    assert seen == {
        1: ("1000.00", "199800.90"),
        2: ("999.00", "199600.80"),
        12: ("988.77", "197543.99"),
        120: ("838.66", "167371.60"),
        360: ("5.97", "0.00"),
    }
    assert rows[0]["principal"] == "199.10"
    assert sum(Decimal(row["principal"]) for row in rows) == 200000
    assert sum(Decimal(row["interest"]) for row in rows) == Decimal(result["figures"]["total_interest"])


def test_ten_thousand_periods_are_answered(client: httpx.Client) -> None:
    """The longest schedule ends at zero like any other."""
    rows = calculate(client, "amortization_schedule", principal=10**15, annual_rate=3, months=10_000)["rows"]

    assert len(rows) == 10_000
    assert rows[-1]["balance"] == "0.00"


def test_ratios_are_those_that_the_figures_allow(client: httpx.Client) -> None:
    """The table's ratios; what is not given is left out, not guessed."""
    whole = {
        "current_assets": 50000,
        "current_liabilities": 25000,
        "debt": 40000,
        "equity": 80000,
        "revenue": 200000,
        "cost_of_goods": 120000,
        "net_income": 20000,
    }

    assert calculate(client, "ratios", **whole)["figures"] == {
        "current_ratio": "2.00",
        "debt_to_equity": "0.50",
        "gross_margin": "40.00",
        "net_margin": "10.00",
        "return_on_equity": "25.00",
    }
    assert calculate(client, "ratios", debt=40000, equity=80000)["figures"] == {"debt_to_equity": "0.50"}
    assert finance(client, "analyze", {"statement": whole})["ratios"]["current_ratio"] == "2.00"
    assert finance(client, "analyze", whole)["ratios"]["return_on_equity"] == "25.00"


def test_a_budget_is_held_against_50_30_20(client: httpx.Client) -> None:
    """Shares, targets and what each part is off by."""
    result = calculate(client, "budget_50_30_20", income=5000, needs=2600, wants=1400, savings=1000)

    shares = [(row["percent"], row["target_percent"], row["difference_percent"]) for row in result["rows"]]
    assert shares == [("52.00", "50", "2.00"), ("28.00", "30", "-2.00"), ("20.00", "20", "0.00")]


def test_xirr_counts_days(client: httpx.Client) -> None:
    """Found here by halving over Actual/365; the order in which flows are given does not matter."""
    flows = [(date(2025, 1, 1), -1000.0), (date(2025, 7, 1), 500.0), (date(2026, 1, 1), 700.0)]

    def at(rate: float) -> float:
        return sum(flow / (1 + rate) ** ((day - flows[0][0]).days / 365) for day, flow in flows)

    low, high = 0.0, 1.0
    for _ in range(60):
        low, high = ((low + high) / 2, high) if at((low + high) / 2) > 0 else (low, (low + high) / 2)
    given = {"cashflows": [700, -1000, 500], "dates": ["2026-01-01", "2025-01-01", "2025-07-01"]}

    assert float(calculate(client, "xirr", **given)["value"]) == pytest.approx(100 * low, abs=1e-4)


def test_declining_balance_never_falls_below_salvage(client: httpx.Client) -> None:
    """Year by year two fifths of what is left, then only what salvage allows."""
    result = calculate(client, "declining_balance_depreciation", cost=50000, salvage=5000, years=5)

    book, expected = Fraction(50000), []
    for _ in range(5):
        book -= min(book * Fraction(2, 5), book - 5000)
        expected.append(book)
    assert [Fraction(row["book_value"]) for row in result["rows"]] == expected


def test_floats_are_taken_as_they_are_written(client: httpx.Client) -> None:
    """Ten cents and twenty cents are thirty: no binary remainder."""
    assert calculate(client, "npv", rate=0, cashflows=[0.1, 0.2])["value"] == "0.30"
    assert calculate(client, "roi", initial="0.1", final=0.3)["value"] == "200.0000"
    assert calculate(client, "convert_currency", amount="1.005", rate=1)["value"] == "1.01"


def test_several_changes_of_sign_are_said(client: httpx.Client) -> None:
    """Both 10 % and 20 % solve these flows; whoever reads one of them should know."""
    result = calculate(client, "irr", cashflows=[-100, 230, -132])

    assert float(result["value"]) == pytest.approx(20, abs=1e-3) or float(result["value"]) == pytest.approx(
        10
    )
    assert any("not be unique" in step for step in result["steps"])


LOAN = {"principal": 1000, "annual_rate": 5, "months": 12}
BAD = [
    ("loan_payment", {**LOAN, "principal": "abc"}, 422, "principal"),
    ("loan_payment", {**LOAN, "principal": "NaN"}, 422, "principal"),
    ("loan_payment", {**LOAN, "principal": "Infinity"}, 422, "principal"),
    ("loan_payment", {**LOAN, "principal": True}, 422, "principal"),
    ("loan_payment", {**LOAN, "principal": None}, 422, "principal"),
    ("loan_payment", {**LOAN, "principal": 1.1e15}, 422, "principal"),
    ("loan_payment", {**LOAN, "principal": "1e-30"}, 422, "principal"),
    ("loan_payment", {**LOAN, "months": -3}, 422, "months"),
    ("loan_payment", {**LOAN, "months": 1.5}, 422, "months"),
    ("loan_payment", {**LOAN, "months": 10_001}, 422, "months"),
    ("loan_payment", {**LOAN, "annual_rate": -100}, 400, "annual_rate"),
    ("loan_payment", {**LOAN, "annual_rate": -1e9}, 400, "annual_rate"),
    ("loan_payment", {**LOAN, "annual_rate": 1e9}, 422, "annual_rate"),
    ("loan_payment", {**LOAN, "surprise": 1}, 422, "surprise"),
    ("loan_payment", {"principal": 1000}, 422, "months"),
    ("simple_interest", {"principal": 1, "annual_rate": 1, "years": -1}, 422, "years"),
    ("simple_interest", {"principal": 1, "annual_rate": 1, "years": 1001}, 422, "years"),
    (
        "compound_interest",
        {"principal": 1, "annual_rate": 1e6, "years": 1000, "periods_per_year": 10_000},
        400,
        "annual_rate",
    ),
    ("annuity_future_value", {"payment": 1, "annual_rate": 1, "years": "0.3"}, 400, "years"),
    ("effective_rate", {"nominal_rate": -100, "periods_per_year": 12}, 400, "nominal_rate"),
    ("npv", {"rate": -100, "cashflows": [1, 2]}, 400, "rate"),
    ("npv", {"rate": 1, "cashflows": [1, "x"]}, 422, "cashflows.1"),
    ("npv", {"rate": 1, "cashflows": [1] * 10_001}, 422, "cashflows"),
    ("irr", {"cashflows": [100, 200]}, 400, "cashflows"),
    ("irr", {"cashflows": [0, 0]}, 400, "cashflows"),
    ("irr", {"cashflows": []}, 422, "cashflows"),
    ("xirr", {"cashflows": [-1, 2], "dates": ["2026-01-01"]}, 422, "dates"),
    ("xirr", {"cashflows": [-1, 2], "dates": ["2026-01-01", "2026-01-02", "2026-01-03"]}, 400, "dates"),
    ("xirr", {"cashflows": [-1, 2], "dates": ["2026-01-01", "2026-02-30"]}, 422, "dates.1"),
    ("xirr", {"cashflows": [-1, 2], "dates": ["2026-01-01", "20260301"]}, 422, "dates.1"),
    ("xirr", {"cashflows": [-1, 2], "dates": ["2026-01-01", "2026-01-01"]}, 400, "dates"),
    ("xirr", {"cashflows": [-1, 3e14], "dates": ["2026-01-01", "2026-01-02"]}, 400, "cashflows"),
    ("xirr", {"cashflows": [-1e15, "0.01"], "dates": ["2020-01-01", "2021-01-01"]}, 400, "cashflows"),
    ("payback", {"cashflows": [-1000, 1, 1]}, 400, "cashflows"),
    ("payback", {"cashflows": [1000, 1]}, 400, "cashflows"),
    ("roi", {"initial": 0, "final": 1}, 422, "initial"),
    ("cagr", {"initial": 1, "final": 2, "years": 0}, 422, "years"),
    ("cagr", {"initial": "0.01", "final": 1e15, "years": "0.001"}, 400, "years"),
    ("break_even", {"fixed_costs": 1, "unit_price": 5, "unit_cost": 5}, 400, "unit_price"),
    ("straight_line_depreciation", {"cost": 1, "salvage": 2, "years": 1}, 400, "salvage"),
    ("debt_to_income", {"monthly_debt": 1, "monthly_income": 0}, 422, "monthly_income"),
    ("convert_currency", {"amount": 1}, 422, "rate"),
    ("convert_currency", {"amount": 1, "rate": 1, "from": "XQQ"}, 422, "from"),
    ("convert_currency", {"amount": 1, "rate": 1, "to": "dollars"}, 422, "to"),
    ("convert_currency", {"amount": 1, "rate": 2, "from": "EUR", "to": "eur"}, 400, "rate"),
]


@pytest.mark.parametrize(("calculation", "params", "status", "field"), BAD)
def test_bad_figures_are_refused_by_name(
    client: httpx.Client, calculation: str, params: dict, status: int, field: str
) -> None:
    """Whoever typed it sees which field to mend."""
    got, fields = refused(client, "calculate", {"calculation": calculation, "params": params})

    assert got == status
    assert f"data.params.{field}" in fields


def test_an_unknown_calculation_is_told_the_nearest(client: httpx.Client) -> None:
    """A typing error costs one look, not a manual."""
    answer = core(client, "finance", "calculate", {"calculation": "lone_payment", "params": {}})

    assert answer.status_code == 422
    reason = answer.json()["result"]["error"]["details"]["fields"][0]["reason"]
    assert "did you mean loan_payment?" in reason
    assert "xirr" in reason


@pytest.mark.parametrize("data", [{}, {"calculation": "npv"}, {"calculation": "npv", "params": [1]}])
def test_half_a_request_is_refused(client: httpx.Client, data: dict) -> None:
    """Never a failure of ours."""
    assert refused(client, "calculate", data)[0] == 422


@pytest.mark.parametrize("name", CALCULATIONS)
def test_the_examples_of_all_calculations_work(client: httpx.Client, name: str) -> None:
    """What ``/modules`` shows can be sent as it is."""
    result = calculate(client, name, **CALCULATIONS[name].example)

    assert Decimal(result["value"]).is_finite()
    assert result["inputs"].keys() <= CALCULATIONS[name].example.keys() | {"periods_per_year", "factor"}


def test_modules_shows_the_parameters_of_each_calculation(client: httpx.Client) -> None:
    """A form can be built from it."""
    modules = client.get("/modules").json()["modules"]
    intents = next(module["intents"] for module in modules if module["name"] == "finance")
    schema = next(intent["input_schema"] for intent in intents if intent["name"] == "calculate")

    shown = {
        one["properties"]["calculation"]["const"]: one["properties"]["params"] for one in schema["oneOf"]
    }
    assert shown.keys() == CALCULATIONS.keys()
    assert set(shown["loan_payment"]["required"]) == {"principal", "annual_rate", "months"}
