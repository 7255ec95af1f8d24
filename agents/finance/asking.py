"""From what a caller asked to a metric over rows, or to a refusal that helps."""

from collections.abc import Mapping, Sequence
from datetime import date

from pydantic import JsonValue

from agents.finance.answers import Answered
from agents.finance.metrics import Kind, Metric, Wanted, compute
from agents.finance.payloads import Filters, Query, refused_type
from agents.finance.questions import SUPPORTED, NotUnderstood, understand
from agents.finance.transactions import Transaction
from core_integrator import InvalidArgument, InvalidPayload


def answer(asked: Query, rows: Sequence[Transaction], today: date) -> Answered:
    """Answer a question or compute a metric.

    Raises:
        InvalidArgument: The question is not understood; its details list what can be asked.
        InvalidPayload: The filters do not go with the metric.
    """
    if asked.metric is not None:
        wanted = _structured(asked.metric, asked.filters)
    else:
        wanted = _understood(str(asked.question), rows, today)
    found = compute(wanted, rows)
    note = "" if found.rows_used else _unknown_category(wanted, rows)
    return Answered(
        metric=wanted.metric,
        filters=wanted.filters(),
        answer=f"{found.answer}{note}",
        value=found.value,
        unit=found.unit,
        rows_used=found.rows_used,
        figures=dict(found.figures),
        breakdown=found.breakdown,
    )


def _structured(metric: Metric, filters: Filters) -> Wanted:
    if reason := refused_type(metric, filters.type):
        raise _refused("type", reason)
    if metric == "savings_rate" and filters.category:
        raise _refused("category", "a savings rate is about all rows")
    if metric == "comparison":
        for name in ("period", "compare_to"):
            if getattr(filters, name) is None:
                raise _refused(name, "a comparison needs two periods")
    elif filters.compare_to:
        raise _refused("compare_to", "it goes with the metric comparison only")
    return Wanted(metric, filters.category, filters.period, filters.type, filters.compare_to)


def _refused(name: str, reason: str) -> InvalidPayload:
    return InvalidPayload([{"path": f"data.filters.{name}", "reason": reason}])


def _understood(question: str, rows: Sequence[Transaction], today: date) -> Wanted:
    months = {row.date[:7] for row in rows}
    try:
        return understand(question, categories=_kinds(rows), months=months, today=today)
    except NotUnderstood:
        asked: list[JsonValue] = list(SUPPORTED)
        raise InvalidArgument(
            "data.question: it is not understood; details list what can be asked",
            details={"fields": [_fault()], "supported_questions": asked},
        ) from None


def _fault() -> JsonValue:
    return {"path": "data.question", "reason": "it is not understood"}


def _kinds(rows: Sequence[Transaction]) -> Mapping[str, Kind]:
    """Tell of each category whether money is ever spent there."""
    spent = {row.category for row in rows if row.cents < 0}
    return {row.category: "expense" if row.category in spent else "income" for row in rows}


def _unknown_category(wanted: Wanted, rows: Sequence[Transaction]) -> str:
    if wanted.category is None or compute(Wanted("transaction_count", wanted.category), rows).rows_used:
        return ""
    return f" No stored row has the category {wanted.category}."
