"""What an export asks the journal: verdicts of everybody, what they judge, and what made that."""

import json
import sqlite3
from collections.abc import Mapping, Sequence

from adapters.memory import rows
from adapters.memory.rows import FEEDBACK_COLUMNS, GENERATION_COLUMNS, INTERACTION_COLUMNS
from core_integrator.contracts.clock import microseconds
from core_integrator.contracts.ports import Feedback, Generation, Interaction

_VERDICTS = f"SELECT {FEEDBACK_COLUMNS} FROM feedback WHERE id > ? ORDER BY id LIMIT ?"  # noqa: S608 - constants
_WAITING_VERDICTS = f"""
    SELECT {FEEDBACK_COLUMNS} FROM feedback
    WHERE id IN (SELECT ref FROM backlog WHERE kind = 'feedback' AND ref > ? ORDER BY ref LIMIT ?)
    ORDER BY id
"""  # noqa: S608 - constants
_GENERATIONS = f"""
    SELECT {GENERATION_COLUMNS} FROM generations WHERE id IN (SELECT value FROM json_each(?))
"""  # noqa: S608 - constants
_STILL_WAITING = """
    AND EXISTS (SELECT 1 FROM backlog WHERE backlog.kind = 'generation' AND backlog.ref = generations.id)
"""
# Stored in one transaction, with one moment; the exchange tells the user what was made.
_EXCHANGE = f"""
    SELECT {INTERACTION_COLUMNS} FROM interactions
    WHERE user_id = ? AND module = ? AND created_us = ? AND instr(response, ?)
    ORDER BY id LIMIT 1
"""  # noqa: S608 - constants


def verdicts(connection: sqlite3.Connection, after: str, limit: int) -> Sequence[Feedback]:
    """Return the first verdicts whose id is greater, by id."""
    return [rows.feedback(row) for row in connection.execute(_VERDICTS, (after, limit)).fetchall()]


def waiting_verdicts(connection: sqlite3.Connection, after: str, limit: int) -> Sequence[Feedback]:
    """Return the first verdicts that MongoDB misses and whose id is greater, by id."""
    return [rows.feedback(row) for row in connection.execute(_WAITING_VERDICTS, (after, limit)).fetchall()]


def generations(connection: sqlite3.Connection, ids: Sequence[str]) -> Mapping[str, Generation]:
    """Return the generations that are there, by id."""
    return _generations(connection, _GENERATIONS, ids)


def waiting_generations(connection: sqlite3.Connection, ids: Sequence[str]) -> Mapping[str, Generation]:
    """Return those of the generations that MongoDB misses, by id."""
    return _generations(connection, _GENERATIONS + _STILL_WAITING, ids)


def exchanges(connection: sqlite3.Connection, made: Sequence[Generation]) -> Mapping[str, Interaction]:
    """Return the exchanges that made the generations, by the generations' ids."""
    found: dict[str, Interaction] = {}
    for each in made:
        asked = (each.user_id, each.module, microseconds(each.created_at), each.id)
        row = connection.execute(_EXCHANGE, asked).fetchone()
        if row is not None:
            found[each.id] = rows.interaction(row)
    return found


def _generations(connection: sqlite3.Connection, sql: str, ids: Sequence[str]) -> Mapping[str, Generation]:
    found = connection.execute(sql, (json.dumps(list(ids)),)).fetchall()
    return {made.id: made for made in map(rows.generation, found)}
