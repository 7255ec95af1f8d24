"""The figures a user can ask for, each with the rows it rests on."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from agents.finance.analysis import average, savings_rate
from agents.finance.figures import Totals, by_category, by_month, totals, within
from agents.finance.money import from_cents, share_percent
from agents.finance.transactions import Transaction
from agents.finance.words import same_words

Metric = Literal[
    "total_spending",
    "total_income",
    "net",
    "spending_by_category",
    "largest_expense",
    "largest_income",
    "average_per_month",
    "savings_rate",
    "transaction_count",
    "comparison",
]
Kind = Literal["income", "expense"]
MAX_PARTS = 200


@dataclass(frozen=True, slots=True)
class Wanted:
    """A metric and which rows it is about."""

    metric: Metric
    category: str | None = None
    period: str | None = None
    kind: Kind | None = None
    compare_to: str | None = None

    def filters(self) -> dict[str, str]:
        """Return the filters that are set, as callers write them."""
        named = {
            "category": self.category,
            "period": self.period,
            "type": self.kind,
            "compare_to": self.compare_to,
        }
        return {name: value for name, value in named.items() if value is not None}

    def where(self) -> str:
        """Say which rows are meant."""
        of = f" for {self.category}" if self.category else ""
        return of + (f" in {self.period}" if self.period else "")


@dataclass(frozen=True, slots=True)
class Found:
    """A figure in words and as a decimal string (none where there is none), and what it rests on."""

    answer: str
    value: str | None
    unit: str
    rows_used: int
    figures: Mapping[str, str] = field(default_factory=dict)
    breakdown: list[dict[str, str]] | None = None


def compute(wanted: Wanted, rows: Sequence[Transaction]) -> Found:
    """Compute a metric over the rows that its filters leave."""
    chosen = _chosen(rows, wanted, wanted.period)
    if wanted.metric == "comparison":
        return _comparison(wanted, chosen, _chosen(rows, wanted, wanted.compare_to))
    return _METRICS[wanted.metric](wanted, chosen)


def _chosen(rows: Sequence[Transaction], wanted: Wanted, period: str | None) -> list[Transaction]:
    chosen = within(rows, period)
    if wanted.category is not None:
        names = {name for name in {row.category for row in chosen} if same_words(name, wanted.category)}
        chosen = [row for row in chosen if row.category in names]
    return chosen


def _total_spending(wanted: Wanted, rows: list[Transaction]) -> Found:
    whole = totals(row for row in rows if row.cents < 0)
    return Found(
        f"Spending{wanted.where()}: {from_cents(whole.spending)}, {_from(whole.count)}.",
        from_cents(whole.spending),
        "currency",
        whole.count,
    )


def _total_income(wanted: Wanted, rows: list[Transaction]) -> Found:
    whole = totals(row for row in rows if row.cents > 0)
    return Found(
        f"Income{wanted.where()}: {from_cents(whole.income)}, {_from(whole.count)}.",
        from_cents(whole.income),
        "currency",
        whole.count,
    )


def _net(wanted: Wanted, rows: list[Transaction]) -> Found:
    whole = totals(rows)
    return Found(
        f"Net{wanted.where()}: {from_cents(whole.income)} income - {from_cents(whole.spending)} spending"
        f" = {from_cents(whole.net)}, {_from(whole.count)}.",
        from_cents(whole.net),
        "currency",
        whole.count,
        _figures(whole),
    )


def _spending_by_category(wanted: Wanted, rows: list[Transaction]) -> Found:
    spent = [row for row in rows if row.cents < 0]
    whole = totals(spent)
    parts = [
        {
            "category": one.name,
            "spending": from_cents(one.spending),
            "share": share_percent(one.spending, whole.spending),
        }
        for one in by_category(spent)
    ]
    named = ", ".join(f"{part['category']} {part['spending']}" for part in parts[:5]) or "none"
    more = f" and {len(parts) - 5} more" if len(parts) > 5 else ""
    return Found(
        f"Spending by category{wanted.where()}: {named}{more}; {from_cents(whole.spending)} in all.",
        from_cents(whole.spending),
        "currency",
        whole.count,
        breakdown=parts[:MAX_PARTS],
    )


def _largest_expense(wanted: Wanted, rows: list[Transaction]) -> Found:
    return _largest("expense", wanted, [row for row in rows if row.cents < 0])


def _largest_income(wanted: Wanted, rows: list[Transaction]) -> Found:
    return _largest("income", wanted, [row for row in rows if row.cents > 0])


def _largest(what: str, wanted: Wanted, rows: list[Transaction]) -> Found:
    if not rows:
        return Found(f"There is no {what}{wanted.where()}, from 0 rows.", None, "currency", 0)
    # Of equal amounts the earliest day counts.
    top = min(rows, key=lambda row: (-abs(row.cents), row.date))
    amount = from_cents(abs(top.cents))
    return Found(
        f"The largest {what}{wanted.where()} is {top.category}: {amount} on {top.date}, {_from(len(rows))}.",
        amount,
        "currency",
        len(rows),
        {"category": top.category, "date": top.date, "amount": from_cents(top.cents)},
    )


def _average_per_month(wanted: Wanted, rows: list[Transaction]) -> Found:
    income = wanted.kind == "income"
    months = len(by_month(rows))
    used = [row for row in rows if (row.cents > 0) == income]
    what = "income" if income else "spending"
    if not months:
        return Found(f"There are no rows{wanted.where()} to average.", None, "currency", 0)
    amount = sum(abs(row.cents) for row in used)
    value = average(amount, months)
    return Found(
        f"Average {what} a month{wanted.where()}: {from_cents(amount)} / {months}"
        f" month{'s' * (months > 1)} = {value}, {_from(len(used))}.",
        value,
        "currency",
        len(used),
        {"total": from_cents(amount), "months": str(months)},
    )


def _savings_rate(wanted: Wanted, rows: list[Transaction]) -> Found:
    whole = totals(rows)
    rate = savings_rate(whole)
    if rate is None:
        answer = f"Without income{wanted.where()} there is no savings rate, {_from(whole.count)}."
    else:
        answer = (
            f"Savings rate{wanted.where()}: {from_cents(whole.net)} net / {from_cents(whole.income)} income"
            f" = {rate} %, {_from(whole.count)}."
        )
    return Found(answer, rate, "percent", whole.count, _figures(whole))


def _transaction_count(wanted: Wanted, rows: list[Transaction]) -> Found:
    used = [row for row in rows if wanted.kind is None or (row.cents > 0) == (wanted.kind == "income")]
    what = {"income": "income rows", "expense": "expenses", None: "transactions"}[wanted.kind]
    return Found(f"Number of {what}{wanted.where()}: {len(used)}.", str(len(used)), "count", len(used))


def _comparison(wanted: Wanted, rows: list[Transaction], others: list[Transaction]) -> Found:
    one, other = totals(rows), totals(others)
    what, first, second = {
        "expense": ("Spending", one.spending, other.spending),
        "income": ("Income", one.income, other.income),
        None: ("Net", one.net, other.net),
    }[wanted.kind]
    used = sum(_counts(row, wanted.kind) for row in [*rows, *others])
    of = f" for {wanted.category}" if wanted.category else ""
    change = from_cents(first - second)
    return Found(
        f"{what}{of}: {from_cents(first)} in {wanted.period} - {from_cents(second)} in {wanted.compare_to}"
        f" = {change}, {_from(used)}.",
        change,
        "currency",
        used,
        {str(wanted.period): from_cents(first), str(wanted.compare_to): from_cents(second)},
    )


def _counts(row: Transaction, kind: Kind | None) -> bool:
    return kind is None or (row.cents > 0) == (kind == "income")


def _figures(whole: Totals) -> dict[str, str]:
    return {"income": from_cents(whole.income), "spending": from_cents(whole.spending)}


def _from(rows: int) -> str:
    return f"from {rows} row{'' if rows == 1 else 's'}"


_METRICS: Mapping[str, Callable[[Wanted, list[Transaction]], Found]] = {
    "total_spending": _total_spending,
    "total_income": _total_income,
    "net": _net,
    "spending_by_category": _spending_by_category,
    "largest_expense": _largest_expense,
    "largest_income": _largest_income,
    "average_per_month": _average_per_month,
    "savings_rate": _savings_rate,
    "transaction_count": _transaction_count,
}
