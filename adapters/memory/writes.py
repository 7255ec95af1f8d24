"""What is written about exchanges, generations and feedback, inside a transaction that is already open."""

import sqlite3
from typing import Any

from adapters.memory import erasures
from adapters.memory.rows import FEEDBACK_COLUMNS, GENERATION_COLUMNS, INTERACTION_COLUMNS
from core_integrator.contracts.errors import NotFound

Values = tuple[Any, ...]


def _insert(table: str, columns: str) -> str:
    # The same id again changes nothing; every other conflict is an error.
    marks = ", ".join("?" for _ in columns.split(","))
    return f"INSERT INTO {table} ({columns}) VALUES ({marks}) ON CONFLICT (id) DO NOTHING"  # noqa: S608 - constants


_ADD_INTERACTION = _insert("interactions", INTERACTION_COLUMNS)
_ADD_GENERATION = _insert("generations", GENERATION_COLUMNS)
_ADD_FEEDBACK = _insert("feedback", FEEDBACK_COLUMNS)


def add_exchange(
    connection: sqlite3.Connection, interaction: Values | None, generation: Values | None
) -> None:
    """Store the rows; those already there stay as they are."""
    if interaction is not None:
        connection.execute(_ADD_INTERACTION, interaction)
    if generation is not None:
        connection.execute(_ADD_GENERATION, generation)


def add_feedback(connection: sqlite3.Connection, feedback: Values) -> int:
    """Append a verdict and return the sum of the generation's scores.

    Raises:
        NotFound: The user has no such generation.
    """
    generation_id, user_id = feedback[1:3]
    owned = "SELECT 1 FROM generations WHERE id = ? AND user_id = ?"
    if connection.execute(owned, (generation_id, user_id)).fetchone() is None:
        raise NotFound("generation")
    connection.execute(_ADD_FEEDBACK, feedback)
    total = "SELECT sum(score) FROM feedback WHERE generation_id = ?"
    return int(connection.execute(total, (generation_id,)).fetchone()[0] or 0)


def mark_forwarded(connection: sqlite3.Connection, feedback_id: str, at_us: int) -> None:
    """Note when the verdict first reached the generator (µs UTC)."""
    update = "UPDATE feedback SET forwarded_us = ? WHERE id = ? AND forwarded_us IS NULL"
    connection.execute(update, (at_us, feedback_id))


def give_up_forwarding(connection: sqlite3.Connection, feedback_id: str, at_us: int) -> None:
    """Note when it was seen that the verdict will never reach a generator (µs UTC)."""
    connection.execute("UPDATE feedback SET given_up_us = ? WHERE id = ?", (at_us, feedback_id))


def drop_generation(connection: sqlite3.Connection, generation_id: str, user_id: str) -> bool:
    """Delete the user's generation and its feedback; false if there was none."""
    delete = "DELETE FROM generations WHERE id = ? AND user_id = ?"
    return connection.execute(delete, (generation_id, user_id)).rowcount > 0


def erase(connection: sqlite3.Connection, user_id: str) -> None:
    """Delete everything of a user but the answers kept under idempotency keys, which name nobody.

    A hash of the user stays, so that restoring an older backup erases them again.
    """
    erasures.note(connection, user_id)
    # Overwritten, not only let go: what lies in free pages gets into every backup.
    before = connection.execute("PRAGMA secure_delete").fetchone()[0]
    connection.execute("PRAGMA secure_delete = ON")
    # Verdicts before what they judge, so that nothing is deleted by a cascade.
    for table, _ in erasures.OWNED:
        connection.execute(f"DELETE FROM {table} WHERE user_id = ?", (user_id,))  # noqa: S608 - constants
    connection.execute(f"PRAGMA secure_delete = {before}")


def beat(connection: sqlite3.Connection) -> int:
    """Count one more heartbeat and return the count."""
    upsert = "INSERT INTO heartbeat VALUES (1, 1) ON CONFLICT (id) DO UPDATE SET beats = beats + 1"
    connection.execute(upsert)
    return beats(connection)


def beats(connection: sqlite3.Connection) -> int:
    """Return how often a heartbeat was counted."""
    row = connection.execute("SELECT beats FROM heartbeat").fetchone()
    return int(row[0]) if row else 0
