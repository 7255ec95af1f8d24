"""Verdicts on texts that Noopur was not told yet: a table of its own, beside what their generators know.

A row names a verdict, and goes with it: what is erased is not told.
"""

import sqlite3

from adapters.memory import rows
from adapters.memory.queries import judged_columns
from core_integrator.contracts.ports import Feedback, Generation

# Whose generations Noopur knows.
MODULE = "creator"

TABLE = (
    """
    CREATE TABLE untold (
        seq INTEGER PRIMARY KEY,
        feedback_id TEXT NOT NULL UNIQUE REFERENCES feedback (id) ON DELETE CASCADE,
        tries INTEGER NOT NULL DEFAULT 0
    ) STRICT
    """,
    # In the order of telling: one that cannot be told goes behind the others.
    "CREATE INDEX untold_in_order ON untold (tries, seq)",
)
_FIRST = f"""
    SELECT {judged_columns()}
    FROM feedback JOIN generations ON generations.id = feedback.generation_id
    WHERE feedback.id = (SELECT feedback_id FROM untold ORDER BY tries, seq LIMIT 1)
"""  # noqa: S608 - constants


def queue(connection: sqlite3.Connection, feedback_id: str) -> None:
    """Let a verdict wait, if Noopur knows the kind of thing it judges."""
    insert = """
        INSERT INTO untold (feedback_id)
        SELECT feedback.id FROM feedback JOIN generations ON generations.id = feedback.generation_id
        WHERE feedback.id = ? AND generations.module = ?
    """
    connection.execute(insert, (feedback_id, MODULE))


def first(connection: sqlite3.Connection) -> tuple[Feedback, Generation] | None:
    """Return the verdict whose turn it is, with what it judges; none if nothing waits."""
    row = connection.execute(_FIRST).fetchone()
    return None if row is None else rows.judged(row)


def settle(connection: sqlite3.Connection, feedback_id: str) -> None:
    """Take a verdict out: Noopur knows it, or will never take it."""
    connection.execute("DELETE FROM untold WHERE feedback_id = ?", (feedback_id,))


def postpone(connection: sqlite3.Connection, feedback_id: str) -> None:
    """Move a verdict behind those that were tried less often."""
    connection.execute("UPDATE untold SET tries = tries + 1 WHERE feedback_id = ?", (feedback_id,))


def count(connection: sqlite3.Connection) -> int:
    """Return how many verdicts wait."""
    return int(connection.execute("SELECT count(*) FROM untold").fetchone()[0])
