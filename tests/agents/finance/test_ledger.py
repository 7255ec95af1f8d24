"""Recording rows, and what becomes of those that are wrong."""

import httpx
import pytest

from tests.agents.finance.asking import ROWS, finance, refused
from tests.api.calls import core


def test_bad_rows_are_listed_and_the_others_kept(client: httpx.Client) -> None:
    """A statement of a hundred rows is not lost for one (CI-07)."""
    good = {"date": "2026-03-01", "amount": 5, "category": "x"}
    rows = [
        {**good, "date": "2026-02-30"},
        good,
        {**good, "amount": "x"},
        {**good, "amount": 0},
        {**good, "amount": "1.005"},
        {**good, "amount": "1e16"},
        {**good, "amount": True},
        {**good, "category": "  "},
        {**good, "category": "a\u0001b"},
        {**good, "category": 7},
        {**good, "type": "gift"},
        {**good, "type": "income", "amount": -5},
        {**good, "note": "n" * 501},
        {**good, "colour": "red"},
        {"date": "2026-03-01", "category": "x"},
        "row",
        {**good, "date": "1899-12-31"},
        {**good, "date": 20260301},
    ]

    result = finance(client, "record", {"transactions": rows}, user="lister")

    assert result["stored"] == 1
    assert [(one["index"], one["field"]) for one in result["rejected"]] == [
        (0, "date"),
        (2, "amount"),
        (3, "amount"),
        (4, "amount"),
        (5, "amount"),
        (6, "amount"),
        (7, "category"),
        (8, "category"),
        (9, "category"),
        (10, "type"),
        (11, "type"),
        (12, "note"),
        (13, "colour"),
        (14, "amount"),
        (15, "row"),
        (16, "date"),
        (17, "date"),
    ]
    assert all(one["reason"] for one in result["rejected"])
    assert finance(client, "analyze", {}, user="lister")["totals"]["income"] == "5.00"


def test_an_expense_may_be_written_without_sign(client: httpx.Client) -> None:
    """``type`` says it."""
    row = {"date": "2026-03-01", "amount": "12.30", "category": "tea", "type": "expense"}

    finance(client, "record", {"transactions": [row]}, user="unsigned")

    assert finance(client, "analyze", {}, user="unsigned")["totals"]["net"] == "-12.30"


def test_a_statement_as_csv(client: httpx.Client) -> None:
    """As a bank in Europe exports it: mark, semicolons, decimal comma, empty lines, its own order."""
    text = "\ufeffAmount;Category;Date;Note\r\n"
    text += '-120,50;groceries;2026-01-05;"a;b"\r\n\r\n2500;salary;2026-01-31;\r\n'

    result = finance(client, "record", {"csv": text}, user="bank")

    assert result == {"stored": 2, "rejected": [], "rejected_count": 0}
    totals = finance(client, "analyze", {}, user="bank")["totals"]
    assert totals == {"income": "2500.00", "spending": "120.50", "net": "2379.50"}


def test_bad_rows_of_a_csv_are_listed_too(client: httpx.Client) -> None:
    """With the same fields and places as rows of JSON."""
    lines = ["2026-02-30,1,x", "2026-02-01,abc,x", "2026-02-01,1", "2026-02-01,1,x,y", "2026-02-01,1,x"]
    text = "\n".join(["date,amount,category", *lines])

    result = finance(client, "record", {"csv": text}, user="csv")

    assert result["stored"] == 1
    assert [(one["index"], one["field"]) for one in result["rejected"]] == [
        (0, "date"),
        (1, "amount"),
        (2, "category"),
        (3, "row"),
    ]


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({}, "data"),
        ({"csv": "date,amount,category\n", "transactions": ROWS}, "data"),
        ({"transactions": []}, "data.transactions"),
        ({"transactions": {"date": 1}}, "data.transactions"),
        ({"csv": ""}, "data.csv"),
        ({"csv": "\n \n"}, "data.csv"),
        ({"csv": "date,amount\n2026-01-01,5\n"}, "data.csv"),
        ({"csv": "date,amount,category,iban\n"}, "data.csv"),
        ({"csv": "date,amount,category,date\n"}, "data.csv"),
        ({"csv": 'date,amount,category\n2026-01-01,5,"open\n2026-01-01,5,x\n'}, "data.csv"),
        ({"csv": "date,amount,category\n" + "2026-01-01,5,x\n" * 100_001}, "data.csv"),
    ],
)
def test_what_cannot_be_read_at_all_is_refused(client: httpx.Client, data: dict, field: str) -> None:
    """And nothing of it is kept."""
    status, fields = refused(client, "record", data, user="nobody")

    assert status == 422
    assert field in fields
    assert finance(client, "analyze", {}, user="nobody")["rows_used"] == 0


def test_a_repeated_request_keeps_nothing_twice(client: httpx.Client) -> None:
    """A client that lost the answer asks again with the same key."""
    for _ in range(2):
        answer = core(
            client, "finance", "record", {"transactions": ROWS}, user="repeat", **{"Idempotency-Key": "k1"}
        )
        assert answer.json()["result"]["stored"] == 5

    assert finance(client, "analyze", {}, user="repeat")["rows_used"] == 5


def test_users_never_see_each_others_rows(client: httpx.Client) -> None:
    """B asks what A recorded (CI-07)."""
    finance(client, "record", {"transactions": ROWS}, user="owner_a")

    answered = finance(client, "query", {"question": "groceries spending"}, user="owner_a")
    other = core(client, "finance", "query", {"metric": "total_spending"}, user="owner_b").json()["result"]
    assert answered["rows_used"] == 2
    assert (other["value"], other["rows_used"]) == ("0.00", 0)
    assert finance(client, "analyze", {}, user="owner_b")["rows_used"] == 0
    assert finance(client, "generate", {}, user="owner_b")["rows_used"] == 0
    assert finance(client, "history", {}, user="owner_b")["items"][-1]["result"]["rows_used"] == 0


def test_the_history_holds_no_rows(client: httpx.Client) -> None:
    """Rows are private: the hub's history shows that they came, never what they were."""
    finance(client, "record", {"transactions": [{**ROWS[0], "note": "secret-note"}]}, user="private")
    finance(
        client, "record", {"csv": "date,amount,category,note\n2026-01-01,5,x,secret-note\n"}, user="private"
    )

    shown = client.get("/get-history", params={"user_id": "private"})
    assert len(shown.json()) == 2
    assert "secret-note" not in shown.text


def test_a_hundred_thousand_rows(client: httpx.Client) -> None:
    """Each is kept, and the sums are right; added up here in whole cents."""
    moved = [(i % 99_991 + 1) * (-1 if i % 5 else 1) for i in range(100_000)]
    lines = [
        f"20{20 + i % 5}-{i % 12 + 1:02}-{i % 28 + 1:02},{cents / 100:.2f},c{i % 37}"
        for i, cents in enumerate(moved)
    ]

    stored = finance(client, "record", {"csv": "\n".join(["date,amount,category", *lines])}, user="big")
    figures = finance(client, "analyze", {}, user="big")

    assert stored == {"stored": 100_000, "rejected": [], "rejected_count": 0}
    assert figures["rows_used"] == 100_000
    assert figures["totals"]["income"] == f"{sum(c for c in moved if c > 0) / 100:.2f}"
    assert figures["totals"]["spending"] == f"{-sum(c for c in moved if c < 0) / 100:.2f}"
    assert len(figures["by_category"]) == 37
