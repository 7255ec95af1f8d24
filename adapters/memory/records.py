"""Rows that modules keep for their users, inside a transaction or a reader's connection."""

import sqlite3
from collections.abc import Sequence

from adapters.memory.erasures import user_hash
from core_integrator.contracts.ports import Record, Shelf

Dated = tuple[int, int, Record]

_KEEP = """
    INSERT INTO records (user_id, module, kind, id, payload, first_us, changed_us)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6)
    ON CONFLICT (user_id, module, kind, id)
    DO UPDATE SET payload = excluded.payload, changed_us = max(excluded.changed_us, changed_us + 1)
"""
# After the newest of all, whoever kept it and whatever the clock says, and after the user's erasure: so the
# order of storing is the order of these moments everywhere.
_FREE = """
    SELECT max(?1,
        1 + coalesce((SELECT first_us FROM records ORDER BY seq DESC LIMIT 1), 0),
        1 + coalesce((SELECT until_us FROM erasures WHERE user_hash = ?2), 0))
"""
_ON_SHELF = """
    SELECT id, payload FROM records
    WHERE user_id = ? AND module = ? AND kind = ? AND id >= ? AND id < ?
    ORDER BY seq
"""
# Above every id that begins with a prefix, whatever follows.
_BEYOND = "\U0010ffff"


def keep(connection: sqlite3.Connection, shelf: Shelf, records: Sequence[Record], now_us: int) -> None:
    """Store the records, a microsecond apart; one whose id is there gets the new payload."""
    from_us = connection.execute(_FREE, (now_us, user_hash(shelf.user_id))).fetchone()[0]
    place = (shelf.user_id, shelf.module, shelf.kind)
    rows = [(*place, record.id, record.payload, from_us + n) for n, record in enumerate(records)]
    connection.executemany(_KEEP, rows)


def dated(connection: sqlite3.Connection, shelf: Shelf, record_ids: Sequence[str]) -> Sequence[Dated]:
    """Return records that are there, each with when it was first kept and last changed (µs UTC)."""
    sql = """
        SELECT first_us, changed_us, id, payload FROM records
        WHERE user_id = ? AND module = ? AND kind = ? AND id = ?
    """
    place = (shelf.user_id, shelf.module, shelf.kind)
    found = [connection.execute(sql, (*place, record_id)).fetchone() for record_id in record_ids]
    return [(first_us, changed_us, Record(*record)) for first_us, changed_us, *record in found]


def on_shelf(connection: sqlite3.Connection, shelf: Shelf, prefix: str) -> Sequence[Record]:
    """Return the records whose id begins with ``prefix``, in the order they were first stored."""
    asked = (shelf.user_id, shelf.module, shelf.kind, prefix, prefix + _BEYOND)
    return [Record(*row) for row in connection.execute(_ON_SHELF, asked)]
