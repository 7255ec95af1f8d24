"""What the finance module answers.  Amounts are decimal strings with two places, shares are per cent."""

from typing import Any

from pydantic import BaseModel, Field


class Calculated(BaseModel):
    """A figure, and how it came about."""

    calculation: str = Field(default=..., description="What was computed.")
    inputs: dict[str, Any] = Field(default=..., description="The parameters as they were understood.")
    value: str = Field(default=..., description="The figure, as a decimal string.", examples=["1199.10"])
    unit: str = Field(
        default=..., description="currency (or its code), percent, years, months, units or ratio."
    )
    formula: str = Field(default=..., description="The formula.")
    steps: list[str] = Field(default=..., description="The formula with numbers.")
    figures: dict[str, str] = Field(default_factory=dict, description="Figures beside the value.")
    rows: list[dict[str, str | int]] | None = Field(default=None, description="The table, if there is one.")


class Rejected(BaseModel):
    """A row that was not kept."""

    index: int = Field(default=..., description="Its place among the rows, from 0.")
    field: str = Field(default=..., description="The field at fault.")
    reason: str = Field(default=..., description="Why.")


class Recorded(BaseModel):
    """What came of the rows."""

    stored: int = Field(default=..., description="Rows kept.")
    rejected: list[Rejected] = Field(default=..., description="Rows that were not, each with its reason.")
    rejected_count: int = Field(default=..., description="How many were not.")


class Answered(BaseModel):
    """A figure of the user's rows."""

    metric: str = Field(default=..., description="What was understood.")
    filters: dict[str, str] = Field(default=..., description="Which rows were meant; send both to ask again.")
    answer: str = Field(default=..., description="The figure in a sentence.")
    value: str | None = Field(default=..., description="The figure; null where there is none.")
    unit: str = Field(default=..., description="currency, percent or count.")
    rows_used: int = Field(default=..., description="How many rows it rests on.")
    figures: dict[str, str] = Field(default_factory=dict, description="Figures beside the value.")
    breakdown: list[dict[str, str]] | None = Field(default=None, description="The value in parts.")


class Sums(BaseModel):
    """Income, spending and their difference."""

    income: str = Field(default=..., description="Sum of the positive amounts.")
    spending: str = Field(default=..., description="Sum of the negative amounts, without the sign.")
    net: str = Field(default=..., description="Income minus spending.")


class CategorySums(Sums):
    """One category."""

    category: str = Field(default=..., description="Its name.")
    count: int = Field(default=..., description="Rows.")
    share: str | None = Field(default=..., description="Per cent of all spending; null without spending.")


class MonthSums(Sums):
    """One calendar month."""

    month: str = Field(default=..., description="``YYYY-MM``.")
    count: int = Field(default=..., description="Rows.")
    savings_rate: str | None = Field(default=..., description="Net as per cent of income; null without.")


class MonthlyAverage(Sums):
    """Totals divided by the calendar months from the first to the last row."""

    months: int = Field(default=..., description="The months divided by.")


class Trend(BaseModel):
    """The least-squares line through the monthly nets."""

    slope_per_month: str = Field(default=..., description="How much the net changes a month.")
    direction: str = Field(default=..., description="rising, falling or flat.")
    words: str = Field(default=..., description="The same in a sentence.")


class FarRow(BaseModel):
    """A row far from the median of its category."""

    date: str = Field(default=..., description="The day.")
    amount: str = Field(default=..., description="The amount, signed.")
    category: str = Field(default=..., description="The category.")
    median: str = Field(default=..., description="Median amount of that category.")
    score: str = Field(default=..., description="Robust score; above 3.5 is far.")


class Narrative(BaseModel):
    """A paragraph that a text generator wrote about the figures."""

    text: str = Field(default=..., description="The paragraph.")
    source: str = Field(default="creatorcore", description="Who wrote it.")
    model: str | None = Field(default=None, description="With which model, as it says itself.")


class Figures(BaseModel):
    """A user's rows in figures; each can be recomputed from the others or from the rows."""

    period: str | None = Field(default=None, description="The year or month; null is everything.")
    rows_used: int = Field(default=..., description="How many rows they rest on.")
    totals: Sums = Field(default=..., description="Over all these rows.")
    savings_rate: str | None = Field(default=..., description="Net as per cent of income; null without.")
    by_category: list[CategorySums] = Field(default=..., description="They add up to the totals.")
    by_month: list[MonthSums] = Field(default=..., description="They add up to the totals.")
    average_per_month: MonthlyAverage | None = Field(default=..., description="Null without rows.")
    trend: Trend | None = Field(default=..., description="Null for fewer than two months.")
    outliers: list[FarRow] = Field(default=..., description="At most 50, the furthest first.")
    outliers_count: int = Field(default=..., description="How many there are.")
    outlier_rule: str = Field(default=..., description="What counts as one.")


class Analyzed(Figures):
    """Figures, and the ratios of a statement if one was given."""

    ratios: dict[str, str] | None = Field(default=None, description="Those that could be computed.")
    narrative: Narrative | None = Field(default=None, description="Null unless asked for and at hand.")


class Generated(Figures):
    """A report: the figures of ``analyze``, as Markdown, and as a chart."""

    report_id: str = Field(default=..., description="The report.")
    generation_id: str = Field(default=..., description="The same id, for feedback.")
    report_type: str = Field(default=..., description="What it is about.")
    report_url: str = Field(default=..., description="The report as Markdown.")
    chart_url: str = Field(default=..., description="Its chart as SVG.")
    narrative: Narrative | None = Field(default=None, description="Null when CreatorCore is away or slow.")


class Recommendation(BaseModel):
    """Advice, with the figure it rests on and the rule that called for it."""

    rule: str = Field(default=..., description="Name of the rule.")
    advice: str = Field(default=..., description="What to do or look at.")
    figure: dict[str, str] = Field(default=..., description="Name, value and unit of the figure.")
    threshold: str = Field(default=..., description="When the rule speaks.")


class Reviewed(BaseModel):
    """What the user's rows suggest."""

    period: str | None = Field(default=None, description="The year or month; null is everything.")
    rows_used: int = Field(default=..., description="How many rows they rest on.")
    recommendations: list[Recommendation] = Field(default=..., description="None if every rule is kept.")
    rules: dict[str, str] = Field(default=..., description="The rules that were looked at.")


class PastCall(BaseModel):
    """One past exchange with this module."""

    id: str = Field(default=..., description="Its id.")
    intent: str = Field(default=..., description="What was asked for.")
    timestamp: str = Field(default=..., description="When.")
    data: dict[str, Any] = Field(default=..., description="What was sent.")
    result: dict[str, Any] = Field(default=..., description="What was answered.")


class Past(BaseModel):
    """A page of past exchanges, newest first."""

    items: list[PastCall] = Field(default=..., description="The exchanges.")
    next_cursor: str | None = Field(default=None, description="Ask with it for the next page.")
