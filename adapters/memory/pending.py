"""What waits for the primary, as a user would read it: the rows that its answers must be completed by."""

import json
import sqlite3
from collections.abc import Mapping, Sequence
from typing import Any

from adapters.memory import rows
from adapters.memory.rows import GENERATION_COLUMNS, INTERACTION_COLUMNS
from core_integrator.contracts.ports import Generation, Interaction, Record, Shelf

After = tuple[int, str]
_BEYOND = "\U0010ffff"


def interactions(
    connection: sqlite3.Connection, user_id: str, module: str | None, after: After | None, limit: int
) -> Sequence[Interaction]:
    """Return the user's newest exchanges that wait."""
    kinds = "('interaction')"
    found = _newest(connection, kinds, "interactions", INTERACTION_COLUMNS, user_id, module, after, limit)
    return [rows.interaction(row) for row in found]


def generations(
    connection: sqlite3.Connection, user_id: str, module: str, after: After | None, limit: int
) -> Sequence[Generation]:
    """Return the user's newest generations that wait, namesakes of dropped ones among them."""
    kinds = "('generation', 'dropped')"
    found = _newest(connection, kinds, "generations", GENERATION_COLUMNS, user_id, module, after, limit)
    return [rows.generation(row) for row in found]


def records(connection: sqlite3.Connection, shelf: Shelf, prefix: str) -> Sequence[tuple[int, Record]]:
    """Return the records of a shelf that wait, each with when it was first kept (µs)."""
    sql = """
        SELECT first_us, id, payload FROM records
        WHERE user_id = ? AND module = ? AND kind = ? AND id >= ? AND id < ? AND EXISTS (
            SELECT 1 FROM backlog WHERE backlog.user_id = records.user_id AND backlog.kind = 'record'
            AND backlog.ref = CAST(records.seq AS TEXT))
        ORDER BY first_us
    """
    asked = (shelf.user_id, shelf.module, shelf.kind, prefix, prefix + _BEYOND)
    return [(first_us, Record(*record)) for first_us, *record in connection.execute(sql, asked)]


def scores(connection: sqlite3.Connection, generation_ids: Sequence[str]) -> Mapping[str, Mapping[str, int]]:
    """Return every verdict's score, by generation and verdict."""
    sql = """
        SELECT generation_id, id, score FROM feedback
        WHERE generation_id IN (SELECT value FROM json_each(?))
    """
    found: dict[str, dict[str, int]] = {}
    for generation_id, feedback_id, score in connection.execute(sql, (json.dumps(list(generation_ids)),)):
        found.setdefault(generation_id, {})[feedback_id] = score
    return found


def _newest(
    connection: sqlite3.Connection,
    kinds: str,
    table: str,
    columns: str,
    user_id: str,
    module: str | None,
    after: After | None,
    limit: int,
) -> Sequence[Any]:
    sql = f"""
        SELECT {columns} FROM {table}
        WHERE user_id = :user_id AND (:module IS NULL OR module = :module)
        AND (:created_us IS NULL OR (created_us, id) < (:created_us, :id))
        AND id IN (SELECT ref FROM backlog WHERE user_id = :user_id AND kind IN {kinds})
        ORDER BY created_us DESC, id DESC LIMIT :limit
    """  # noqa: S608 - constants
    created_us, row_id = after or (None, None)
    asked = {"user_id": user_id, "module": module, "created_us": created_us, "id": row_id}
    return connection.execute(sql, {**asked, "limit": limit}).fetchall()
