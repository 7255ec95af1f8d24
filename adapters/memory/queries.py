"""What is asked about exchanges and generations.  Every query walks an index in its order."""

import json
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from adapters.memory import rows
from adapters.memory.cursors import write_cursor
from adapters.memory.rows import FEEDBACK_COLUMNS, GENERATION_COLUMNS, INTERACTION_COLUMNS
from core_integrator.contracts.clock import microseconds
from core_integrator.contracts.ports import Feedback, Generation, Interaction, Page

Row = TypeVar("Row", Interaction, Generation)
After = tuple[int, str]

_NEWEST_FIRST = "ORDER BY created_us DESC, id DESC"
# Jumps from module to module along the index, then takes the newest few of each.
_NEWEST_OF_EACH = f"""
    WITH RECURSIVE modules (name) AS (
        SELECT min(module) FROM interactions WHERE user_id = :user_id
        UNION ALL
        SELECT (SELECT min(module) FROM interactions WHERE user_id = :user_id AND module > name)
        FROM modules WHERE name IS NOT NULL
    )
    SELECT {INTERACTION_COLUMNS} FROM modules CROSS JOIN interactions
    WHERE interactions.seq IN (
        SELECT seq FROM interactions WHERE user_id = :user_id AND module = modules.name
        {_NEWEST_FIRST} LIMIT :per_module
    )
    {_NEWEST_FIRST}
"""  # noqa: S608 - constants


def _of(table: str, columns: str) -> str:
    return ", ".join(f"{table}.{column.strip()}" for column in columns.split(","))


def judged_columns() -> str:
    """Return the columns of a verdict beside what it judges, as :func:`rows.judged` reads them."""
    return f"{_of('feedback', FEEDBACK_COLUMNS)}, {_of('generations', GENERATION_COLUMNS)}"


_WAITING = f"""
    SELECT {judged_columns()}
    FROM feedback JOIN generations ON generations.id = feedback.generation_id
    WHERE feedback.forwarded_us IS NULL AND feedback.given_up_us IS NULL AND feedback.created_us < ?
    ORDER BY feedback.seq LIMIT ?
"""  # noqa: S608 - constants


def interactions(
    connection: sqlite3.Connection, user_id: str, module: str | None, after: After | None, limit: int
) -> Page[Interaction]:
    """Return a page of the user's exchanges (of one module if given), newest first."""
    sql, values = _select("interactions", INTERACTION_COLUMNS, user_id, module, after)
    return _page(connection.execute(sql, (*values, limit + 1)).fetchall(), rows.interaction, limit)


def generations(
    connection: sqlite3.Connection, user_id: str, module: str, after: After | None, limit: int
) -> Page[Generation]:
    """Return a page of the user's generations of a module, newest first."""
    sql, values = _select("generations", GENERATION_COLUMNS, user_id, module, after)
    return _page(connection.execute(sql, (*values, limit + 1)).fetchall(), rows.generation, limit)


def newest_of_each_module(
    connection: sqlite3.Connection, user_id: str, per_module: int
) -> Sequence[Interaction]:
    """Return the newest few exchanges of each of the user's modules, newest first over all."""
    asked = {"user_id": user_id, "per_module": per_module}
    return [rows.interaction(row) for row in connection.execute(_NEWEST_OF_EACH, asked).fetchall()]


def generation(connection: sqlite3.Connection, generation_id: str, user_id: str | None) -> Generation | None:
    """Return the generation, of this user unless none is given."""
    sql = f"SELECT {GENERATION_COLUMNS} FROM generations WHERE id = ?1 AND (?2 IS NULL OR user_id = ?2)"  # noqa: S608 - constants
    row = connection.execute(sql, (generation_id, user_id)).fetchone()
    return None if row is None else rows.generation(row)


def feedback(connection: sqlite3.Connection, feedback_id: str) -> Feedback | None:
    """Return the verdict; none if it is unknown."""
    sql = f"SELECT {FEEDBACK_COLUMNS} FROM feedback WHERE id = ?"  # noqa: S608 - constants
    row = connection.execute(sql, (feedback_id,)).fetchone()
    return None if row is None else rows.feedback(row)


def waiting_feedback(
    connection: sqlite3.Connection, before_us: int, limit: int
) -> Sequence[tuple[Feedback, Generation]]:
    """Return the oldest verdicts that no generator knows of yet, each with what it judges."""
    return [rows.judged(row) for row in connection.execute(_WAITING, (before_us, limit)).fetchall()]


def scores(connection: sqlite3.Connection, generation_ids: Sequence[str]) -> Mapping[str, int]:
    """Return the sum of the verdicts on each generation that was judged."""
    sql = """
        SELECT generation_id, sum(score) FROM feedback
        WHERE generation_id IN (SELECT value FROM json_each(?)) GROUP BY generation_id
    """
    return dict(connection.execute(sql, (json.dumps(list(generation_ids)),)).fetchall())


def _select(
    table: str, columns: str, user_id: str, module: str | None, after: After | None
) -> tuple[str, tuple[Any, ...]]:
    conditions, values = ["user_id = ?"], [user_id]
    if module is not None:
        conditions.append("module = ?")
        values.append(module)
    wanted = " AND ".join(conditions)
    if after is None:
        return f"SELECT {columns} FROM {table} WHERE {wanted} {_NEWEST_FIRST} LIMIT ?", tuple(values)  # noqa: S608 - constants
    older = "(created_us, id) < (?, ?)"
    sql = f"SELECT {columns} FROM {table} WHERE {wanted} AND {older} {_NEWEST_FIRST} LIMIT ?"  # noqa: S608 - constants
    return sql, (*values, *after)


def _page(found: list[Any], convert: Callable[[Any], Row], limit: int) -> Page[Row]:
    """Return the first ``limit`` rows; one more was asked for, to know whether there is a next page."""
    shown = [convert(row) for row in found[:limit]]
    if len(found) <= limit or not shown:
        return Page(shown, None)
    return Page(shown, write_cursor(microseconds(shown[-1].created_at), shown[-1].id))
