"""What is written about exchanges, generations and feedback, inside a transaction that is already open."""

import sqlite3
from typing import Any

from adapters.memory.erasures import user_hash
from adapters.memory.rows import FEEDBACK_COLUMNS, GENERATION_COLUMNS, INTERACTION_COLUMNS
from core_integrator.contracts.errors import NotFound

Values = tuple[Any, ...]


def _insert(table: str, columns: str) -> str:
    names = [name.strip() for name in columns.split(",")]
    marks = {name: f"?{number}" for number, name in enumerate(names, 1)}
    # What is written after an erasure is dated after it, or the erasure would take it along wherever it is
    # done once more: a call may have begun before, and clocks differ.
    erased = f"(SELECT until_us FROM erasures WHERE user_hash = ?{len(names) + 1})"  # noqa: S608 - constants
    marks["created_us"] = f"max({marks['created_us']}, 1 + coalesce({erased}, {marks['created_us']} - 1))"
    # The same id again changes nothing; every other conflict is an error.
    values = ", ".join(marks.values())
    return (
        f"INSERT INTO {table} ({columns}) VALUES ({values})"  # noqa: S608 - constants
        " ON CONFLICT (id) DO NOTHING RETURNING created_us"
    )


_ADD_INTERACTION = _insert("interactions", INTERACTION_COLUMNS)
_ADD_GENERATION = _insert("generations", GENERATION_COLUMNS)
_ADD_FEEDBACK = _insert("feedback", FEEDBACK_COLUMNS)


def add_exchange(
    connection: sqlite3.Connection, interaction: Values | None, generation: Values | None
) -> tuple[int | None, int | None]:
    """Store the rows; return the moment (µs UTC) under which each is kept, none if it was there already."""
    return (
        None if interaction is None else _added(connection, _ADD_INTERACTION, interaction, interaction[1]),
        None if generation is None else _added(connection, _ADD_GENERATION, generation, generation[1]),
    )


def _added(connection: sqlite3.Connection, insert: str, row: Values, user_id: str) -> int | None:
    kept = connection.execute(insert, (*row, user_hash(user_id))).fetchall()
    return kept[0][0] if kept else None


def add_feedback(connection: sqlite3.Connection, feedback: Values) -> int:
    """Append a verdict and return the sum of the generation's scores.

    Raises:
        NotFound: The user has no such generation.
    """
    generation_id, user_id = feedback[1:3]
    owned = "SELECT 1 FROM generations WHERE id = ? AND user_id = ?"
    if connection.execute(owned, (generation_id, user_id)).fetchone() is None:
        raise NotFound("generation")
    _added(connection, _ADD_FEEDBACK, feedback, user_id)
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


# Verdicts before what they judge, so that nothing is deleted by a cascade; each walks an index of the user's.
_OF_USER = {
    "feedback": (
        "SELECT seq FROM feedback WHERE generation_id IN (SELECT id FROM generations WHERE user_id = ?1)"
        " AND created_us <= ?2"
    ),
    "generations": "SELECT seq FROM generations WHERE user_id = ?1 AND created_us <= ?2",
    "interactions": "SELECT seq FROM interactions WHERE user_id = ?1 AND created_us <= ?2",
    "records": "SELECT seq FROM records WHERE user_id = ?1 AND first_us <= ?2",
    # A claim that still runs keeps its key, or the same request would run twice.
    "claims": "SELECT seq FROM claims WHERE user_id = ?1 AND status IS NOT NULL AND ?2",
}


def erase_some(connection: sqlite3.Connection, user_id: str, until_us: int, limit: int) -> bool:
    """Delete at most ``limit`` rows of a user, made up to a moment (µs UTC); true if there may be more."""
    # Overwritten, not only let go: what lies in free pages gets into every backup.
    before = connection.execute("PRAGMA secure_delete").fetchone()[0]
    connection.execute("PRAGMA secure_delete = ON")
    for table, chosen in _OF_USER.items():
        delete = f"DELETE FROM {table} WHERE seq IN ({chosen} LIMIT ?3)"  # noqa: S608 - constants
        limit -= connection.execute(delete, (user_id, until_us, max(limit, 0))).rowcount
    connection.execute(f"PRAGMA secure_delete = {before}")
    return limit <= 0


def newest_us(connection: sqlite3.Connection, user_id: str) -> int:
    """Return the newest moment (µs UTC) of anything of a user; 0 if there is nothing."""
    sql = """
        SELECT max(at) FROM (
            SELECT max(created_us) AS at FROM interactions WHERE user_id = ?1
            UNION ALL SELECT max(created_us) FROM generations WHERE user_id = ?1
            UNION ALL SELECT max(created_us) FROM feedback
                WHERE generation_id IN (SELECT id FROM generations WHERE user_id = ?1)
            UNION ALL SELECT max(first_us) FROM records WHERE user_id = ?1)
    """
    return int(connection.execute(sql, (user_id,)).fetchone()[0] or 0)


def beat(connection: sqlite3.Connection) -> int:
    """Count one more heartbeat and return the count."""
    upsert = "INSERT INTO heartbeat VALUES (1, 1) ON CONFLICT (id) DO UPDATE SET beats = beats + 1"
    connection.execute(upsert)
    return beats(connection)


def beats(connection: sqlite3.Connection) -> int:
    """Return how often a heartbeat was counted."""
    row = connection.execute("SELECT beats FROM heartbeat").fetchone()
    return int(row[0]) if row else 0
