"""A report about a user's rows: the facts that are kept of it, and its Markdown."""

import html
import re
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from agents.finance.answers import CategorySums, Figures, MonthlyAverage, MonthSums, Sums, Trend
from agents.finance.payloads import ReportType

# What is kept of a report stays small, however many rows there are.
MAX_CATEGORIES = 30
MAX_MONTHS = 60
TITLES: Mapping[str, str] = {
    "summary": "Summary",
    "spending": "Spending",
    "income": "Income",
    "cashflow": "Cash flow",
}
_MARKED = re.compile(r"([\\`*_{}\[\]()#+\-.!|~:@])")


class ReportFacts(BaseModel):
    """The figures of a report, as they were when it was made."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    report_type: ReportType
    period: str | None
    made_at: str
    rows_used: int
    totals: Sums
    savings_rate: str | None
    by_category: list[CategorySums] = Field(default_factory=list)
    categories_left_out: int = 0
    by_month: list[MonthSums] = Field(default_factory=list)
    months_left_out: int = 0
    average_per_month: MonthlyAverage | None = None
    trend: Trend | None = None


def facts_of(figures: Figures, report_type: ReportType, made_at: str) -> ReportFacts:
    """Keep of the figures what a report shows: the 30 largest categories and the 60 newest months."""
    return ReportFacts(
        report_type=report_type,
        period=figures.period,
        made_at=made_at,
        rows_used=figures.rows_used,
        totals=figures.totals,
        savings_rate=figures.savings_rate,
        by_category=figures.by_category[:MAX_CATEGORIES],
        categories_left_out=max(0, len(figures.by_category) - MAX_CATEGORIES),
        by_month=figures.by_month[-MAX_MONTHS:],
        months_left_out=max(0, len(figures.by_month) - MAX_MONTHS),
        average_per_month=figures.average_per_month,
        trend=figures.trend,
    )


def title(facts: ReportFacts) -> str:
    """Name a report."""
    return f"{TITLES[facts.report_type]} report, {facts.period or 'all periods'}"


def markdown(facts: ReportFacts) -> str:
    """Write a report; what the user wrote is text in it, never markup."""
    lines = [f"# {title(facts)}", "", f"Made {facts.made_at} from {facts.rows_used} stored rows.", ""]
    if not facts.rows_used:
        lines += ["No rows are stored for this period, so there is nothing to report.", ""]
        return "\n".join(lines)
    for section in _SECTIONS[facts.report_type]:
        lines += [*section(facts), ""]
    return "\n".join(lines)


def _overview(facts: ReportFacts) -> list[str]:
    rate = f"{facts.savings_rate} %" if facts.savings_rate is not None else "none, there is no income"
    rows = [
        ["Income", facts.totals.income],
        ["Spending", facts.totals.spending],
        ["Net", facts.totals.net],
        ["Savings rate", rate],
    ]
    if facts.average_per_month:
        rows.append(["Average spending a month", facts.average_per_month.spending])
        rows.append(["Average income a month", facts.average_per_month.income])
    return _table(["Figure", "Value"], rows)


def _spending(facts: ReportFacts) -> list[str]:
    rows = [
        [_plain(one.category), one.spending, one.share or "", str(one.count)]
        for one in facts.by_category
        if one.spending != "0.00"
    ]
    return [
        "## Spending by category",
        "",
        *_table(["Category", "Spending", "Share %", "Rows"], rows),
        *_left_out(facts.categories_left_out, "categories with less"),
    ]


def _income(facts: ReportFacts) -> list[str]:
    rows = [[_plain(one.category), one.income] for one in facts.by_category if one.income != "0.00"]
    return [
        "## Income by category",
        "",
        *_table(["Category", "Income"], rows),
        *_left_out(facts.categories_left_out, "categories"),
    ]


def _months(facts: ReportFacts) -> list[str]:
    rows = [[one.month, one.income, one.spending, one.net, one.savings_rate or ""] for one in facts.by_month]
    lines = [
        "## By month",
        "",
        *_table(["Month", "Income", "Spending", "Net", "Savings rate %"], rows),
        *_left_out(facts.months_left_out, "earlier months"),
    ]
    if facts.trend:
        lines += ["", f"Trend: {facts.trend.words}."]
    return lines


_SECTIONS = {
    "summary": (_overview, _spending, _income, _months),
    "spending": (_overview, _spending, _months),
    "income": (_overview, _income, _months),
    "cashflow": (_overview, _months),
}


def _left_out(count: int, what: str) -> list[str]:
    return ["", f"{count} {what} are in the totals and not in this table."] if count else []


def _table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    ruler = ["---", *["---:"] * (len(header) - 1)]
    return [f"| {' | '.join(cells)} |" for cells in (header, ruler, *rows)]


def _plain(text: str) -> str:
    # Entities, because not every renderer knows that a backslash takes a tag its meaning.
    return _MARKED.sub(r"\\\1", html.escape(text, quote=False))


def read_facts(payload: Mapping[str, Any]) -> ReportFacts:
    """Read the facts back from where they were kept."""
    return ReportFacts.model_validate(payload)
