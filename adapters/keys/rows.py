"""Keys as rows, and the table they are in."""

import json
import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from adapters.sqlite.schema import Schema
from core_integrator.contracts.clock import microseconds, moment
from core_integrator.contracts.signing import SigningKey

# "CIke" in ASCII: says whose file this is.
_APPLICATION_ID = 0x43496B65

_MARK_CHANGE = "UPDATE registry SET token = randomblob(16); END"
_INITIAL = (
    """
    CREATE TABLE keys (
        seq INTEGER PRIMARY KEY,
        key_id TEXT NOT NULL UNIQUE,
        public_key BLOB NOT NULL UNIQUE CHECK (length(public_key) = 32),
        owner TEXT NOT NULL,
        scopes TEXT NOT NULL CHECK (json_valid(scopes)),
        subjects TEXT NOT NULL CHECK (json_valid(subjects)),
        status TEXT NOT NULL CHECK (status IN ('pending', 'active', 'revoked')),
        not_before_us INTEGER NOT NULL,
        not_after_us INTEGER,
        legacy TEXT NOT NULL CHECK (json_valid(legacy)),
        legacy_until_us INTEGER,
        created_by TEXT NOT NULL,
        revoked_us INTEGER,
        replaced_by TEXT
    ) STRICT
    """,
    # Another value after every change, whoever made it: whoever knows the present one knows the keys.
    "CREATE TABLE registry (id INTEGER PRIMARY KEY CHECK (id = 1), token BLOB NOT NULL) STRICT",
    "INSERT INTO registry VALUES (1, randomblob(16))",
    f"CREATE TRIGGER key_added AFTER INSERT ON keys BEGIN {_MARK_CHANGE}",
    f"CREATE TRIGGER key_changed AFTER UPDATE ON keys BEGIN {_MARK_CHANGE}",
    f"CREATE TRIGGER key_removed AFTER DELETE ON keys BEGIN {_MARK_CHANGE}",
)

KEYS = Schema("key registry", _APPLICATION_ID, (_INITIAL,))

_ADD = """
    INSERT INTO keys (
        key_id, public_key, owner, scopes, subjects, status, not_before_us, not_after_us,
        legacy, legacy_until_us, created_by, revoked_us, replaced_by
    ) VALUES (
        :key_id, :public_key, :owner, :scopes, :subjects, :status, :not_before_us, :not_after_us,
        :legacy, :legacy_until_us, :created_by, :revoked_us, :replaced_by
    ) ON CONFLICT DO NOTHING
"""
# What was revoked stays so, whoever read the key before and writes it after.
_REPLACE = """
    UPDATE keys SET
        scopes = :scopes, subjects = :subjects, status = :status, not_before_us = :not_before_us,
        not_after_us = :not_after_us, legacy = :legacy, legacy_until_us = :legacy_until_us,
        revoked_us = :revoked_us, replaced_by = :replaced_by
    WHERE key_id = :key_id AND status <> 'revoked'
"""
_COLUMNS = """
    key_id, public_key, owner, scopes, subjects, status, not_before_us, not_after_us,
    legacy, legacy_until_us, created_by, revoked_us, replaced_by
"""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Every key at one moment, oldest first, and the token that names that state."""

    token: bytes = b""
    by_id: Mapping[str, SigningKey] = field(default_factory=dict)
    by_public_key: Mapping[bytes, SigningKey] = field(default_factory=dict)


def add(connection: sqlite3.Connection, row: Mapping[str, Any]) -> bool:
    """Insert a key; false if its id or its public key is there."""
    return connection.execute(_ADD, row).rowcount == 1


def replace(connection: sqlite3.Connection, row: Mapping[str, Any]) -> bool:
    """Write a key anew; false if there is none of its id, or it is revoked."""
    return connection.execute(_REPLACE, row).rowcount == 1


def newer(connection: sqlite3.Connection, token: bytes) -> Snapshot | None:
    """Return the keys as they are now; none if that is the state which the token names."""
    connection.execute("BEGIN")
    try:
        present = connection.execute("SELECT token FROM registry").fetchone()[0]
        if present == token:
            return None
        rows = connection.execute(f"SELECT {_COLUMNS} FROM keys ORDER BY seq").fetchall()  # noqa: S608 - ours
    finally:
        connection.rollback()
    keys = [_key(row) for row in rows]
    return Snapshot(present, {key.key_id: key for key in keys}, {key.public_key: key for key in keys})


def key_row(key: SigningKey) -> dict[str, Any]:
    """Return the columns of a key."""
    return {
        "key_id": key.key_id,
        "public_key": key.public_key,
        "owner": key.owner,
        "scopes": _names(key.scopes),
        "subjects": _names(key.subjects),
        "status": key.status,
        "not_before_us": microseconds(key.not_before),
        "not_after_us": _microseconds(key.not_after),
        "legacy": _names(key.legacy),
        "legacy_until_us": _microseconds(key.legacy_until),
        "created_by": key.created_by,
        "revoked_us": _microseconds(key.revoked_at),
        "replaced_by": key.replaced_by,
    }


def _key(row: tuple[Any, ...]) -> SigningKey:
    return SigningKey(
        key_id=row[0],
        public_key=row[1],
        owner=row[2],
        scopes=frozenset(json.loads(row[3])),
        subjects=frozenset(json.loads(row[4])),
        status=row[5],
        not_before=moment(row[6]),
        not_after=_moment(row[7]),
        legacy=frozenset(json.loads(row[8])),
        legacy_until=_moment(row[9]),
        created_by=row[10],
        revoked_at=_moment(row[11]),
        replaced_by=row[12],
    )


def _names(names: Iterable[str]) -> str:
    return json.dumps(sorted(names))


def _microseconds(at: datetime | None) -> int | None:
    return None if at is None else microseconds(at)


def _moment(at_us: int | None) -> datetime | None:
    return None if at_us is None else moment(at_us)
