"""What the primary store still misses: a table that the journal's own triggers fill, in the same transaction.

A row names what changed, never its content: what is gone when its turn comes needs no replaying.
"""

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from adapters.memory import rows
from adapters.memory.changes import (
    AddFeedback,
    AddGeneration,
    AddInteraction,
    Change,
    DropGeneration,
    EraseUser,
    PutRecord,
    SettleFeedback,
)
from adapters.memory.rows import FEEDBACK_COLUMNS, GENERATION_COLUMNS, INTERACTION_COLUMNS
from core_integrator.contracts.ports import Record, Shelf

TABLE = (
    """
    CREATE TABLE backlog (
        seq INTEGER PRIMARY KEY AUTOINCREMENT,
        kind TEXT NOT NULL,
        ref TEXT NOT NULL,
        user_id TEXT NOT NULL,
        queued_s INTEGER NOT NULL DEFAULT (CAST(strftime('%s', 'now') AS INTEGER)),
        refused INTEGER
    ) STRICT
    """,
    "CREATE INDEX backlog_of_user ON backlog (user_id, kind, ref)",
)
# (name, when, kind, what the row is known by)
_TRIGGERS = (
    ("interaction_added", "AFTER INSERT ON interactions", "interaction", "NEW.id", "NEW"),
    ("generation_added", "AFTER INSERT ON generations", "generation", "NEW.id", "NEW"),
    ("feedback_added", "AFTER INSERT ON feedback", "feedback", "NEW.id", "NEW"),
    ("feedback_settled", "AFTER UPDATE OF forwarded_us, given_up_us ON feedback", "settled", "NEW.id", "NEW"),
    ("record_added", "AFTER INSERT ON records", "record", "NEW.seq", "NEW"),
    ("record_changed", "AFTER UPDATE OF payload ON records", "record", "NEW.seq", "NEW"),
    ("generation_dropped", "AFTER DELETE ON generations", "dropped", "OLD.id", "OLD"),
)
_EVERYTHING = (
    ("generation", "id", "generations"),
    ("interaction", "id", "interactions"),
    ("feedback", "id", "feedback"),
    ("settled", "id", "feedback WHERE forwarded_us IS NOT NULL OR given_up_us IS NOT NULL"),
    ("record", "seq", "records"),
)
# Deletions outlive a time without a primary, and their first way: see :func:`oldest`.
_DELETIONS = "('dropped', 'erased')"
_NOTES_DROPS = "generation_dropped"
# A namesake of what was dropped is not to go with it.
_NAMESAKES = (
    "SELECT 'generation', id, user_id FROM generations WHERE id = ?",
    "SELECT 'feedback', id, user_id FROM feedback WHERE generation_id = ?",
    "SELECT 'settled', id, user_id FROM feedback WHERE generation_id = ?"
    " AND (forwarded_us IS NOT NULL OR given_up_us IS NOT NULL)",
)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A row of the backlog; without a change there is nothing left to do for it."""

    seq: int
    change: Change | None


@dataclass(frozen=True, slots=True)
class Depth:
    """How many rows wait, since when the oldest does (Unix seconds), and how many were refused for good."""

    waiting: int
    oldest_s: int | None
    refused: int


def start(connection: sqlite3.Connection) -> None:
    """Let every change wait for the primary from now on; at the first time, all there is waits."""
    if is_on(connection):
        return
    for kind, ref, table in _EVERYTHING:
        connection.execute(
            f"INSERT INTO backlog (kind, ref, user_id)"  # noqa: S608 - constants
            f" SELECT '{kind}', {ref}, user_id FROM {table} ORDER BY seq"
        )
    for name, when, kind, ref, row in _TRIGGERS:
        connection.execute(
            f"CREATE TRIGGER IF NOT EXISTS mirror_{name} {when} BEGIN"  # noqa: S608 - constants
            f" INSERT INTO backlog (kind, ref, user_id) VALUES ('{kind}', {ref}, {row}.user_id); END"
        )


def stop(connection: sqlite3.Connection) -> None:
    """Let nothing wait any more but deletions; a later :func:`start` begins with all there is."""
    for name, *_ in _TRIGGERS:
        if name != _NOTES_DROPS:
            connection.execute(f"DROP TRIGGER IF EXISTS mirror_{name}")
    connection.execute(f"DELETE FROM backlog WHERE kind NOT IN {_DELETIONS}")  # noqa: S608 - constants


def oldest(
    connection: sqlite3.Connection, *, limit: int, queued_before_s: float, lingering_s: float
) -> Sequence[Waiting]:
    """Return the first rows in line that were queued before a moment (Unix seconds).

    Deletions linger: a write that was late on another connection may arrive after them.
    """
    sql = f"""
        SELECT seq, kind, ref, user_id FROM backlog
        WHERE refused IS NULL AND queued_s + iif(kind IN {_DELETIONS}, ?, 0) < ? ORDER BY seq LIMIT ?
    """  # noqa: S608 - constants
    found = connection.execute(sql, (lingering_s, queued_before_s, limit)).fetchall()
    return [Waiting(seq, _change(connection, kind, ref, user_id)) for seq, kind, ref, user_id in found]


def settle(connection: sqlite3.Connection, seqs: Iterable[int]) -> None:
    """Take rows out: the primary has them, or there is nothing to do."""
    for seq in seqs:
        delete = "DELETE FROM backlog WHERE seq = ? RETURNING kind, ref"
        for kind, ref in connection.execute(delete, (seq,)).fetchall():
            if kind == "dropped":
                _queue_namesakes(connection, ref)


def settle_changes(connection: sqlite3.Connection, changes: Sequence[Change]) -> None:
    """Take out the rows of changes that reached the primary on their first way; deletions linger."""
    for change in changes:
        match change:
            case AddInteraction(row):
                _settle_ref(connection, row.user_id, "interaction", row.id)
            case AddGeneration(row):
                _settle_ref(connection, row.user_id, "generation", row.id)
            case AddFeedback(row):
                _settle_ref(connection, row.user_id, "feedback", row.id)
            case PutRecord():
                _settle_record(connection, change)


def refuse(connection: sqlite3.Connection, refused: Sequence[tuple[int, int]]) -> None:
    """Set rows aside that the primary will never take, each with its code; the others go on."""
    connection.executemany(
        "UPDATE backlog SET refused = ? WHERE seq = ?", [(code, seq) for seq, code in refused]
    )


def queue_drop(connection: sqlite3.Connection, generation_id: str, user_id: str) -> None:
    """Let the forgetting of a generation wait that the journal itself does not hold."""
    insert = "INSERT INTO backlog (kind, ref, user_id) VALUES ('dropped', ?, ?)"
    connection.execute(insert, (generation_id, user_id))


def queue_erasure(connection: sqlite3.Connection, user_id: str, until_us: int) -> None:
    """Let the erasure of a user wait, in place of everything of theirs that still waited."""
    connection.execute("DELETE FROM backlog WHERE user_id = ?", (user_id,))
    if _has_trigger(connection, _NOTES_DROPS):
        add_erasure(connection, user_id, until_us)


def add_erasure(connection: sqlite3.Connection, user_id: str, until_us: int) -> None:
    """Let the erasure of a user up to a moment wait, behind all that waits already."""
    insert = "INSERT INTO backlog (kind, ref, user_id) VALUES ('erased', ?, ?)"
    connection.execute(insert, (str(until_us), user_id))


def waiting_erasures(connection: sqlite3.Connection) -> Mapping[str, int]:
    """Return the users whose erasure waits, each with its moment (µs UTC)."""
    found = connection.execute("SELECT user_id, ref FROM backlog WHERE kind = 'erased' ORDER BY seq")
    return {user_id: int(ref) for user_id, ref in found}


def all_dropped(connection: sqlite3.Connection) -> frozenset[str]:
    """Return the generations of anybody whose forgetting waits."""
    found = connection.execute("SELECT ref FROM backlog WHERE kind = 'dropped'")
    return frozenset(ref for (ref,) in found)


def depth(connection: sqlite3.Connection, *, lingering_s: int) -> Depth:
    """Return how much waits, and since when its turn has come."""
    sql = f"""
        SELECT count(*) FILTER (WHERE refused IS NULL),
            min(queued_s + iif(kind IN {_DELETIONS}, ?, 0)) FILTER (WHERE refused IS NULL),
            count(*) FILTER (WHERE refused IS NOT NULL)
        FROM backlog
    """  # noqa: S608 - constants
    return Depth(*connection.execute(sql, (lingering_s,)).fetchone())


def waits_for(connection: sqlite3.Connection, user_id: str) -> frozenset[str]:
    """Return what kinds of change wait for a user; nothing, almost always."""
    found = connection.execute("SELECT DISTINCT kind FROM backlog WHERE user_id = ?", (user_id,)).fetchall()
    return frozenset(kind for (kind,) in found)


def moving_generations(connection: sqlite3.Connection, user_id: str) -> frozenset[str]:
    """Return the generations of a user that wait to be added or dropped."""
    sql = "SELECT ref FROM backlog WHERE user_id = ? AND kind IN ('generation', 'dropped')"
    return frozenset(ref for (ref,) in connection.execute(sql, (user_id,)))


def is_on(connection: sqlite3.Connection) -> bool:
    """Return whether changes wait for a primary: whether this journal is under MongoDB."""
    return _has_trigger(connection, "interaction_added")


def dropped(connection: sqlite3.Connection, generation_ids: Sequence[str]) -> frozenset[str]:
    """Return which of the generations wait to be dropped."""
    sql = "SELECT ref FROM backlog WHERE kind = 'dropped' AND ref IN (SELECT value FROM json_each(?))"
    return frozenset(ref for (ref,) in connection.execute(sql, (json.dumps(list(generation_ids)),)))


def erased(connection: sqlite3.Connection) -> frozenset[str]:
    """Return the users that wait to be erased."""
    return frozenset(
        user_id for (user_id,) in connection.execute("SELECT user_id FROM backlog WHERE kind = 'erased'")
    )


def _queue_namesakes(connection: sqlite3.Connection, generation_id: str) -> None:
    for chosen in _NAMESAKES:
        connection.execute(f"INSERT INTO backlog (kind, ref, user_id) {chosen}", (generation_id,))


def _has_trigger(connection: sqlite3.Connection, name: str) -> bool:
    sql = "SELECT 1 FROM sqlite_schema WHERE type = 'trigger' AND name = ?"
    return connection.execute(sql, (f"mirror_{name}",)).fetchone() is not None


def _settle_ref(connection: sqlite3.Connection, user_id: str, kind: str, ref: str) -> None:
    # The user first: one index serves what is settled and what is read, and costs every write once.
    delete = "DELETE FROM backlog WHERE user_id = ? AND kind = ? AND ref = ?"
    connection.execute(delete, (user_id, kind, ref))


def _settle_record(connection: sqlite3.Connection, change: PutRecord) -> None:
    # Not when it has been changed since: the newer payload still waits.
    sql = """
        DELETE FROM backlog WHERE user_id = ?1 AND kind = 'record' AND ref = (
            SELECT CAST(seq AS TEXT) FROM records
            WHERE user_id = ?1 AND module = ?2 AND kind = ?3 AND id = ?4 AND changed_us <= ?5)
    """
    shelf = change.shelf
    connection.execute(sql, (shelf.user_id, shelf.module, shelf.kind, change.record.id, change.changed_us))


def _change(connection: sqlite3.Connection, kind: str, ref: str, user_id: str) -> Change | None:
    """Return the step a row stands for, made of what the journal holds now; none if that is gone."""
    if kind == "dropped":
        return DropGeneration(ref, user_id)
    if kind == "erased":
        return EraseUser(user_id, int(ref))
    if kind == "record":
        return _record(connection, int(ref))
    columns, table = _READ[kind]
    found = connection.execute(f"SELECT {columns} FROM {table} WHERE id = ?", (ref,)).fetchone()  # noqa: S608 - constants
    if found is None:
        return None
    if kind == "interaction":
        return AddInteraction(rows.interaction(found))
    if kind == "generation":
        return AddGeneration(rows.generation(found))
    return AddFeedback(rows.feedback(found)) if kind == "feedback" else SettleFeedback(ref, *found)


_READ = {
    "interaction": (INTERACTION_COLUMNS, "interactions"),
    "generation": (GENERATION_COLUMNS, "generations"),
    "feedback": (FEEDBACK_COLUMNS, "feedback"),
    "settled": ("forwarded_us, given_up_us", "feedback"),
}


def _record(connection: sqlite3.Connection, seq: int) -> PutRecord | None:
    sql = "SELECT user_id, module, kind, id, payload, first_us, changed_us FROM records WHERE seq = ?"
    found = connection.execute(sql, (seq,)).fetchone()
    if found is None:
        return None
    user_id, module, kind, record_id, payload, first_us, changed_us = found
    return PutRecord(Shelf(user_id, module, kind), Record(record_id, payload), first_us, changed_us)
