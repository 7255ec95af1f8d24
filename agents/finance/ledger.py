"""Takes in many rows at once: what is good is kept, what is not is listed."""

from collections.abc import Iterable
from dataclasses import dataclass

from agents.finance.transactions import BadRow, read_row, written


@dataclass(frozen=True, slots=True)
class Rejection:
    """A row that was not kept: its place (from 0), the field at fault, and why."""

    index: int
    field: str
    reason: str


@dataclass(frozen=True, slots=True)
class Intake:
    """What came of the rows: those to keep, each with its place and its text, and the refused ones."""

    kept: list[tuple[int, str]]
    rejected: list[Rejection]


def take_in(rows: Iterable[object]) -> Intake:
    """Read each row on its own; a bad one never stops the others."""
    intake = Intake([], [])
    for index, row in enumerate(rows):
        try:
            intake.kept.append((index, written(read_row(row))))
        except BadRow as bad:
            intake.rejected.append(Rejection(index, bad.field, bad.reason))
    return intake
