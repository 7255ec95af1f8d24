"""What a calculation gives: a figure, and how it came about."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

Row = Mapping[str, str | int]


@dataclass(frozen=True, slots=True)
class Outcome:
    """A figure as a decimal string, its formula, the steps with numbers, figures beside it, a table."""

    value: str
    unit: str
    formula: str
    steps: Sequence[str]
    figures: Mapping[str, str] = field(default_factory=dict)
    rows: Sequence[Row] | None = None
