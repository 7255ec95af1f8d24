"""Rows that modules keep for their users, inside a transaction or a reader's connection."""

import sqlite3
from collections.abc import Sequence

from core_integrator.contracts.ports import Record, Shelf

_KEEP = """
    INSERT INTO records (user_id, module, kind, id, payload, first_us, changed_us)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6)
    ON CONFLICT (user_id, module, kind, id)
    DO UPDATE SET payload = excluded.payload, changed_us = excluded.changed_us
"""
_ON_SHELF = """
    SELECT id, payload FROM records
    WHERE user_id = ? AND module = ? AND kind = ? AND id >= ? AND id < ?
    ORDER BY seq
"""
# Above every id that begins with a prefix, whatever follows.
_BEYOND = "\U0010ffff"


def keep(connection: sqlite3.Connection, shelf: Shelf, records: Sequence[Record], from_us: int) -> None:
    """Store the records, a microsecond apart; one whose id is there gets the new payload."""
    place = (shelf.user_id, shelf.module, shelf.kind)
    rows = [(*place, record.id, record.payload, from_us + n) for n, record in enumerate(records)]
    connection.executemany(_KEEP, rows)


def on_shelf(connection: sqlite3.Connection, shelf: Shelf, prefix: str) -> Sequence[Record]:
    """Return the records whose id begins with ``prefix``, in the order they were first stored."""
    asked = (shelf.user_id, shelf.module, shelf.kind, prefix, prefix + _BEYOND)
    return [Record(*row) for row in connection.execute(_ON_SHELF, asked)]
