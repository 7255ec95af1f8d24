"""Which old exchanges go, when not all are kept; one bounded step at a time.

Exchanges are looked at in the order they were stored, a window at a time, so that a step costs the same
however much is remembered.
"""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from config import Retention
from core_integrator.contracts.clock import microseconds

WINDOW = 2_000


@dataclass(frozen=True, slots=True)
class Pair:
    """A user and a module: each pair keeps its newest exchanges."""

    user_id: str
    module: str


@dataclass(frozen=True, slots=True)
class Plan:
    """One step: what goes from the journal, what the same rule means elsewhere, and where the next begins.

    Attributes:
        seqs: Rows of the journal.
        before_us: Everything older goes (µs UTC), if the rule is about age.
        pairs: Who had exchanges in this window, if the rule is about their number.
        newest: How many of each pair stay.
        upto: The next step begins after this row.
        more: Whether there is a next step now.
    """

    seqs: Sequence[int]
    before_us: int | None
    pairs: Sequence[Pair]
    newest: int | None
    upto: int
    more: bool


def plan(connection: sqlite3.Connection, retention: Retention, *, now: datetime, after: int) -> Plan:
    """Return the step that begins after a row of the journal."""
    if retention.age is not None:
        return _by_age(connection, microseconds(now - retention.age), after)
    if retention.newest is not None:
        return _by_number(connection, retention.newest, after)
    return Plan([], None, [], None, after, more=False)


def prune(connection: sqlite3.Connection, seqs: Sequence[int]) -> None:
    """Delete exchanges; what was made in them no longer refers to them."""
    for seq in seqs:
        connection.execute(
            "UPDATE generations SET interaction_id = NULL"
            " WHERE interaction_id = (SELECT id FROM interactions WHERE seq = ?)",
            (seq,),
        )
        connection.execute("DELETE FROM interactions WHERE seq = ?", (seq,))


def _by_age(connection: sqlite3.Connection, before_us: int, after: int) -> Plan:
    window = connection.execute(
        "SELECT seq, created_us FROM interactions WHERE seq > ? ORDER BY seq LIMIT ?", (after, WINDOW)
    ).fetchall()
    old = [seq for seq, created_us in window if created_us < before_us]
    # Rows lie in the order of their time, nearly: a window without an old one ends the pass.
    more = bool(old) and len(window) == WINDOW
    return Plan(old, before_us, [], None, window[-1][0] if more else 0, more)


def _by_number(connection: sqlite3.Connection, newest: int, after: int) -> Plan:
    window = connection.execute(
        "SELECT seq, user_id, module FROM interactions WHERE seq > ? ORDER BY seq LIMIT ?", (after, WINDOW)
    ).fetchall()
    pairs = [Pair(*pair) for pair in sorted({(user_id, module) for _, user_id, module in window})]
    seqs = [seq for pair in pairs for seq in _surplus(connection, pair, newest)]
    return Plan(seqs, None, pairs, newest, window[-1][0] if window else after, len(window) == WINDOW)


def _surplus(connection: sqlite3.Connection, pair: Pair, newest: int) -> list[int]:
    sql = """
        SELECT seq FROM (
            SELECT seq, id FROM interactions WHERE user_id = ? AND module = ?
            ORDER BY created_us DESC, id DESC LIMIT ? OFFSET ?) AS surplus
        WHERE NOT EXISTS (SELECT 1 FROM generations WHERE generations.interaction_id = surplus.id)
    """
    found = connection.execute(sql, (pair.user_id, pair.module, WINDOW, newest))
    return [seq for (seq,) in found]
