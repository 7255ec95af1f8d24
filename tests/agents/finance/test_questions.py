"""Questions in English, and the structured form that is answered with them."""

from datetime import date

import httpx
import pytest

from agents.finance.questions import NotUnderstood, understand
from tests.agents.finance.asking import ROWS, finance, refused
from tests.api.calls import core, error_of

CATEGORIES = {
    "groceries": "expense",
    "rent": "expense",
    "salary": "income",
    "Pet Food": "expense",
    "net": "expense",
}
MONTHS = {"2026-01", "2026-02", "2025-12"}
TODAY = date(2026, 3, 15)


@pytest.fixture(scope="module")
def asked(client: httpx.Client) -> httpx.Client:
    """The hub, with the five rows of CI-07 kept for ada."""
    finance(client, "record", {"transactions": ROWS})
    return client


@pytest.mark.parametrize(
    ("question", "value", "metric", "rows"),
    [
        ("groceries in January 2026", "120.50", "total_spending", 1),
        ("How much did I spend on groceries in January 2026?", "120.50", "total_spending", 1),
        ("What is my total spending?", "1100.75", "total_spending", 3),
        ("What was my savings rate in January?", "59.18", "savings_rate", 3),
        ("What was my largest expense?", "900.00", "largest_expense", 3),
        ("What is my net?", "3899.25", "net", 5),
        ("total income in 2026", "5000.00", "total_income", 2),
        ("average spending per month", "550.38", "average_per_month", 3),
        ("Compare spending in January and February 2026", "940.25", "comparison", 3),
        ("How many transactions in 2026-02?", "2", "transaction_count", 2),
        ("spending by category", "1100.75", "spending_by_category", 3),
        ("How much did I spend on yachts?", "0.00", "total_spending", 0),
    ],
)
def test_the_figures_of_the_acceptance_case(
    asked: httpx.Client, question: str, value: str, metric: str, rows: int
) -> None:
    """And the structured form that comes back gives the same figure (CI-07)."""
    found = finance(asked, "query", {"question": question})

    assert (found["value"], found["metric"], found["rows_used"]) == (value, metric, rows)
    assert value in found["answer"]
    again = finance(asked, "query", {"metric": found["metric"], "filters": found["filters"]})
    assert again["value"] == value


def test_an_answer_names_what_it_found(asked: httpx.Client) -> None:
    """The largest expense is a row, an unknown category is said to be one."""
    largest = finance(asked, "query", {"question": "largest expense"})
    unknown = finance(asked, "query", {"question": "spending on yachts"})

    assert largest["figures"] == {"category": "rent", "date": "2026-01-12", "amount": "-900.00"}
    assert "No stored row has the category yachts" in unknown["answer"]


@pytest.mark.parametrize(
    "question",
    [
        "What is the meaning of life",
        "What is the net worth of Apple?",
        "How much may I spend?",
        "income and spending",
        "groceries and rent in January",
        "spending since January",
        "spending in 2026-13",
        "savings rate for groceries",
        "Compare January with February and March spending",
        "average spending",
        "!?",
        "多少钱",
    ],
)
def test_what_is_not_understood_is_an_error_that_helps(asked: httpx.Client, question: str) -> None:
    """Never a guess."""
    error = error_of(core(asked, "finance", "query", {"question": question}))

    assert error["code"] == "invalid_argument"
    assert len(error["details"]["supported_questions"]) > 5


def test_all_questions_it_says_it_supports_are_understood(asked: httpx.Client) -> None:
    """The list in the error is a promise."""
    error = error_of(core(asked, "finance", "query", {"question": "hm"}))

    for question in error["details"]["supported_questions"]:
        assert finance(asked, "query", {"question": question})["answer"]


@pytest.mark.parametrize(
    ("question", "metric", "filters"),
    [
        ("GROCERY spending last month", "total_spending", {"category": "groceries", "period": "2026-02"}),
        ("spending this month", "total_spending", {"period": "2026-03"}),
        ("income last year", "total_income", {"period": "2025"}),
        ("net this year", "net", {"period": "2026"}),
        ("salary in Feb", "total_income", {"category": "salary", "period": "2026-02"}),
        ("rent in december", "total_spending", {"category": "rent", "period": "2025-12"}),
        ("spending in April", "total_spending", {"period": "2025-04"}),
        ("spending in March of 2024", "total_spending", {"period": "2024-03"}),
        ("what did I spend on pet foods", "total_spending", {"category": "Pet Food"}),
        ("spending on net", "total_spending", {"category": "net"}),
        ("largest income in 2026", "largest_income", {"period": "2026"}),
        ("monthly average income", "average_per_month", {"type": "income"}),
        ("how many expenses for rent", "transaction_count", {"category": "rent", "type": "expense"}),
        ("how much did I save in January", "net", {"period": "2026-01"}),
        (
            "did I spend more on rent in february than in january 2026",
            "comparison",
            {"category": "rent", "period": "2026-02", "type": "expense", "compare_to": "2026-01"},
        ),
        (
            "income in 2026 versus 2025",
            "comparison",
            {"period": "2026", "type": "income", "compare_to": "2025"},
        ),
    ],
)
def test_how_questions_are_read(question: str, metric: str, filters: dict) -> None:
    """Months by name, by number and by their distance from today; categories in singular and plural."""
    wanted = understand(question, categories=CATEGORIES, months=MONTHS, today=TODAY)

    assert (wanted.metric, wanted.filters()) == (metric, filters)


def test_last_month_in_january_is_december() -> None:
    """The year turns."""
    wanted = understand("spending last month", categories={}, months=set(), today=date(2026, 1, 31))

    assert wanted.period == "2025-12"


def test_may_is_a_month_only_where_one_is_expected() -> None:
    """It is also a verb."""
    wanted = understand("spending in May", categories={}, months=set(), today=TODAY)
    assert wanted.period == "2025-05"

    with pytest.raises(NotUnderstood):
        understand("may I spend much", categories={}, months=set(), today=TODAY)


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({}, "data"),
        ({"question": "net", "metric": "net"}, "data"),
        ({"question": "net", "filters": {"period": "2026"}}, "data"),
        ({"question": "x" * 301}, "data.question"),
        ({"metric": "mood"}, "data.metric"),
        ({"metric": "net", "filters": {"period": "2026-13"}}, "data.filters.period"),
        ({"metric": "net", "filters": {"period": "26"}}, "data.filters.period"),
        ({"metric": "net", "filters": {"type": "gift"}}, "data.filters.type"),
        ({"metric": "net", "filters": {"colour": "red"}}, "data.filters.colour"),
        ({"metric": "net", "filters": {"type": "income"}}, "data.filters.type"),
        ({"metric": "total_spending", "filters": {"type": "income"}}, "data.filters.type"),
        ({"metric": "savings_rate", "filters": {"category": "rent"}}, "data.filters.category"),
        ({"metric": "comparison", "filters": {"period": "2026-01"}}, "data.filters.compare_to"),
        ({"metric": "net", "filters": {"compare_to": "2026-01"}}, "data.filters.compare_to"),
    ],
)
def test_filters_that_do_not_fit_are_refused_by_name(client: httpx.Client, data: dict, field: str) -> None:
    """An ignored filter would give a wrong figure that looks right."""
    status, fields = refused(client, "query", data)

    assert status == 422
    assert field in fields


def test_without_rows_every_metric_says_so(client: httpx.Client) -> None:
    """Sums are zero; what has no figure is null."""
    values = {
        metric: finance(client, "query", {"metric": metric}, user="fresh")["value"]
        for metric in ("total_spending", "net", "transaction_count", "savings_rate", "largest_expense")
    }

    assert values == {
        "total_spending": "0.00",
        "net": "0.00",
        "transaction_count": "0",
        "savings_rate": None,
        "largest_expense": None,
    }
