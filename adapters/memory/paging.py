"""A page of the primary store, completed by what still waits for it."""

from collections.abc import Collection, Sequence
from typing import TypeVar

from adapters.memory.cursors import read_cursor, write_cursor
from adapters.memory.documents import place
from core_integrator.contracts.ports import Generation, Interaction, Page

Row = TypeVar("Row", bound=Interaction | Generation)


def completed(page: Page[Row], waiting: Sequence[Row], limit: int, *, replaced: Collection[str]) -> Page[Row]:
    """Return the page with what waits, newest first; rows of ids in ``replaced`` are taken from there alone.

    What waits and is older than the page's end comes with a later page, behind the rows in between.
    """
    rows = [row for row in page.rows if row.id not in replaced]
    if page.next_cursor is None:
        rows += waiting
    else:
        end = read_cursor(page.next_cursor)
        rows += [row for row in waiting if place(row) >= end]
    rows.sort(key=place, reverse=True)
    if len(rows) > limit:
        return Page(rows[:limit], write_cursor(*place(rows[limit - 1])))
    return Page(rows, page.next_cursor)
