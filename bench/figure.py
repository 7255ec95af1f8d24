"""A measured figure beside its limit."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure: what it is, what was measured, and what it may be."""

    name: str
    value: float
    unit: str
    limit: float
    at_least: bool = False
    note: str = ""

    @property
    def met(self) -> bool:
        """Whether the limit is kept."""
        return self.value >= self.limit if self.at_least else self.value <= self.limit

    def row(self) -> str:
        """Return a row of a Markdown table."""
        sign = "≥" if self.at_least else "≤"
        verdict = "yes" if self.met else "**no**"
        return (
            f"| {self.name} | {self.value:.4g} {self.unit} | {sign} {self.limit:g} {self.unit} "
            f"| {verdict} | {self.note} |"
        )
