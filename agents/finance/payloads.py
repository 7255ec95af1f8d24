"""What callers may ask of the finance module."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    JsonValue,
    StringConstraints,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic.json_schema import SkipJsonSchema

from agents.finance.calculations import CALCULATIONS, nearest
from agents.finance.csv_rows import MAX_ROWS
from agents.finance.metrics import Kind, Metric
from agents.finance.money import PositiveAmount
from agents.finance.params import Params, Statement

CategoryName = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=64)]
Question = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300)]
Period = Annotated[str, Field(pattern=r"^(19|20|21)\d\d(-(0[1-9]|1[0-2]))?$", examples=["2026", "2026-01"])]
# What people call the metrics, beside their names.
_SYNONYMS = {
    "spending": "total_spending",
    "expenses": "total_spending",
    "total_expenses": "total_spending",
    "income": "total_income",
    "net_income": "net",
    "by_category": "spending_by_category",
    "average_monthly": "average_per_month",
    "monthly_average": "average_per_month",
    "count": "transaction_count",
    "compare": "comparison",
    "compare_months": "comparison",
}
_ONE_KIND: Mapping[str, Kind] = {
    "total_spending": "expense",
    "spending_by_category": "expense",
    "largest_expense": "expense",
    "total_income": "income",
    "largest_income": "income",
}


def _canonical(name: object) -> object:
    return _SYNONYMS.get(name, name) if isinstance(name, str) else name


def _with_each_params(schema: dict[str, Any]) -> None:
    """Show, in the schema, which parameters go with which calculation."""
    schema["properties"]["calculation"]["enum"] = list(CALCULATIONS)
    schema["oneOf"] = [
        {
            "properties": {
                "calculation": {"const": name},
                "params": {**known.params.model_json_schema(), "examples": [dict(known.example)]},
            }
        }
        for name, known in CALCULATIONS.items()
    ]


class Calculate(BaseModel):
    """A calculation and its parameters; each calculation has its own."""

    model_config = ConfigDict(extra="forbid", json_schema_extra=_with_each_params)

    calculation: str = Field(default=..., description="What to compute.", examples=["loan_payment"])
    params: dict[str, JsonValue] | SkipJsonSchema[Params] = Field(
        default=..., description="Its parameters, by name."
    )

    @field_validator("calculation")
    @classmethod
    def _known(cls, name: str) -> str:
        if name not in CALCULATIONS:
            near = nearest(name)
            hint = f"; did you mean {near}?" if near else ""
            raise ValueError(f"unknown calculation{hint}; there are: {', '.join(CALCULATIONS)}")
        return name

    @field_validator("params", mode="wrap")
    @classmethod
    def _of_the_calculation(cls, params: Any, _: Any, info: ValidationInfo) -> Params:
        if not isinstance(params, Mapping):
            raise ValueError("give an object")  # noqa: TRY004 - pydantic translates only this
        calculation = CALCULATIONS.get(info.data.get("calculation", ""))
        # Which parameters are right nobody knows without the calculation, whose own error is told.
        model = calculation.params if calculation else _AnyParams
        checked: Params = model.model_validate(params)
        return checked


class _AnyParams(Params):
    model_config = ConfigDict(extra="allow")


class RecordRows(BaseModel):
    """Rows for one's ledger, as objects or as CSV text; a bad row is listed and never stops the others."""

    model_config = ConfigDict(extra="forbid")

    transactions: list[JsonValue] | None = Field(
        default=None,
        min_length=1,
        max_length=MAX_ROWS,
        description="Objects {date, amount, category, type?, note?}; an amount below zero is an expense.",
    )
    csv: str | None = Field(
        default=None,
        min_length=1,
        description="The same as CSV: a header with these names in any order; commas or semicolons.",
    )

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.transactions is None) == (self.csv is None):
            raise ValueError("give transactions or csv, one of both")
        return self


class Filters(BaseModel):
    """Which rows are meant."""

    model_config = ConfigDict(extra="forbid")

    category: CategoryName | None = Field(
        default=None, description="Name of a category; case and plural do not matter."
    )
    period: Period | None = Field(default=None, description="``YYYY`` or ``YYYY-MM``.")
    type: Kind | None = Field(default=None, description="Only income, or only expenses.")
    compare_to: Period | None = Field(default=None, description="The other period of a comparison.")


class Query(BaseModel):
    """A question in English, or a metric with filters."""

    model_config = ConfigDict(extra="forbid")

    question: Question | None = Field(
        default=None, description="In English.", examples=["What was my savings rate in January?"]
    )
    metric: Annotated[Metric, BeforeValidator(_canonical)] | None = Field(
        default=None, description="The figure wanted."
    )
    filters: Filters = Field(default_factory=Filters, description="Which rows; only with a metric.")

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.question is None) == (self.metric is None):
            raise ValueError("give question or metric, one of both")
        if self.question is not None and "filters" in self.model_fields_set:
            raise ValueError("filters go with a metric; a question says itself which rows it means")
        return self


class Analyze(Statement):
    """A period of one's rows; figures of a statement, here or under ``statement``, add its ratios."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    period: Period | None = Field(default=None, description="``YYYY`` or ``YYYY-MM``; everything if absent.")
    statement: Statement | None = Field(default=None, description="Figures of a statement.")
    narrative: bool = Field(default=False, description="Whether CreatorCore shall write a paragraph.")

    def figures(self) -> Statement | None:
        """Return the figures of the statement, wherever they were given; none if there are none."""
        names = Statement.model_fields.keys()
        flat = {name: getattr(self, name) for name in names if getattr(self, name) is not None}
        if self.statement is None and not flat:
            return None
        return (self.statement or Statement()).model_copy(update=flat)


ReportType = Literal["summary", "spending", "income", "cashflow"]


class GenerateReport(BaseModel):
    """A report about one's rows."""

    model_config = ConfigDict(extra="forbid")

    report_type: ReportType = Field(default="summary", description="What it is about.")
    period: Period | None = Field(default=None, description="``YYYY`` or ``YYYY-MM``; everything if absent.")


class Review(BaseModel):
    """A period of one's rows to look through for advice."""

    model_config = ConfigDict(extra="forbid")

    period: Period | None = Field(default=None, description="``YYYY`` or ``YYYY-MM``; everything if absent.")


class History(BaseModel):
    """Asks for a page of one's past exchanges with this module."""

    model_config = ConfigDict(extra="forbid")

    limit: int = Field(default=10, ge=1, le=50, description="Exchanges on a page.")
    cursor: str | None = Field(
        default=None, max_length=200, description="``next_cursor`` of the page before."
    )


class Trade(BaseModel):
    """An order to trade: it is refused, and these figures go into what is said instead."""

    model_config = ConfigDict(extra="ignore")

    symbol: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9.:^=/-]{1,20}$")] | None = Field(
        default=None, description="What would be traded."
    )
    amount: PositiveAmount | None = Field(default=None, description="Money that would be moved.")
    quantity: PositiveAmount | None = Field(default=None, description="Number of units.")
    price: PositiveAmount | None = Field(default=None, description="Price of a unit.")


def refused_type(metric: str, kind: Kind | None) -> str | None:
    """Return why a metric cannot be limited to this type of rows; none if it can."""
    if kind is None:
        return None
    if metric in {"net", "savings_rate"}:
        return f"{metric} needs income and expenses"
    if _ONE_KIND.get(metric, kind) != kind:
        return f"{metric} is about {_ONE_KIND[metric]} only"
    return None
