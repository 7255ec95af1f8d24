"""The audit log's records in a SQLite file of their own; all that is ever done to them is to add one."""

import json
import sqlite3
from collections.abc import AsyncGenerator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import fields
from pathlib import Path

from adapters.sqlite.database import open_database
from adapters.sqlite.readers import Readers, open_readers
from adapters.sqlite.schema import Schema
from adapters.sqlite.writer import Writer, open_writer
from core_integrator.contracts.audit import (
    NOT_OURS,
    AuditQuery,
    AuditRecord,
    AuditSeal,
    AuditStore,
    AuditTail,
)
from core_integrator.contracts.clock import microseconds
from core_integrator.contracts.errors import StorageUnavailable

DEADLINE_S = 5.0
GENESIS = "0" * 64

# "CIau" in ASCII: says whose file this is.
_APPLICATION_ID = 0x43496175
_COLUMNS = tuple(field.name for field in fields(AuditRecord))

_INITIAL = (
    """
    CREATE TABLE audit (
        seq INTEGER PRIMARY KEY,
        ts_us INTEGER NOT NULL,
        actor TEXT NOT NULL,
        kind TEXT NOT NULL,
        action TEXT NOT NULL,
        object TEXT NOT NULL,
        result TEXT NOT NULL,
        request_id TEXT NOT NULL,
        ip_hash TEXT NOT NULL,
        detail TEXT NOT NULL CHECK (json_valid(detail)),
        prev_hash TEXT NOT NULL,
        hash TEXT NOT NULL
    ) STRICT
    """,
    "CREATE INDEX audit_of_actor ON audit (actor, seq)",
    "CREATE INDEX audit_of_action ON audit (action, seq)",
    # Against accidents; against intent there is the chain.
    "CREATE TRIGGER audit_stays BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'only added to'); END",
    "CREATE TRIGGER audit_holds BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'only added to'); END",
    """
    CREATE TABLE tail (
        id INTEGER PRIMARY KEY CHECK (id = 1),
        seq INTEGER NOT NULL,
        hash TEXT NOT NULL,
        seal TEXT NOT NULL
    ) STRICT
    """,
)

AUDIT = Schema("audit log", _APPLICATION_ID, (_INITIAL,))

_SELECT = f"SELECT {', '.join(_COLUMNS)} FROM audit"  # noqa: S608 - our own names
_PLACES = ", ".join("?" * len(_COLUMNS))
_INSERT = f"INSERT INTO audit ({', '.join(_COLUMNS)}) VALUES ({_PLACES})"  # noqa: S608 - our own names
_CONDITIONS = {
    "actor": "actor = ?",
    "action": "action = ?",
    "object": "object = ?",
    "result": "result = ?",
    "request_id": "request_id = ?",
    "since": "ts_us >= ?",
    "until": "ts_us < ?",
    "before": "seq < ?",
}


class SqliteAudit:
    """Keeps records in the file; see :class:`AuditStore`."""

    def __init__(self, writer: Writer, readers: Readers, seal: AuditSeal) -> None:
        self._writer = writer
        self._readers = readers
        self._seal = seal
        # Found ours before, so that a signature is looked at only after another process wrote.
        self._known: AuditTail | None = None

    async def add(self, records: Sequence[AuditRecord]) -> int:
        """Number and chain records, keep them durably, all or none, and return the number of the last.

        Raises:
            StorageUnavailable: They are not kept.  Somebody else changed the log, or it cannot be written.
        """
        return await self._writer.write(lambda connection: self._add(connection, records))

    async def tail(self) -> AuditTail | None:
        """Return the newest record's seal; none while there are no records.

        Raises:
            StorageUnavailable: It cannot be read now.
        """
        return await self._readers.read(_tail)

    async def found(self, query: AuditQuery) -> Sequence[AuditRecord]:
        """Return what was asked for, newest first.

        Raises:
            StorageUnavailable: It cannot be read now.
        """
        asked = {name: getattr(query, name) for name in _CONDITIONS if getattr(query, name) is not None}
        for name in asked.keys() & {"since", "until"}:
            asked[name] = microseconds(asked[name])
        where = " AND ".join(_CONDITIONS[name] for name in asked) or "1"
        statement = f"{_SELECT} WHERE {where} ORDER BY seq DESC LIMIT ?"
        return await self._readers.read(lambda c: _records(c, statement, *asked.values(), query.limit))

    async def following(self, seq: int, *, limit: int) -> Sequence[AuditRecord]:
        """Return the records after a number, oldest first.

        Raises:
            StorageUnavailable: They cannot be read now.
        """
        statement = f"{_SELECT} WHERE seq > ? ORDER BY seq LIMIT ?"
        return await self._readers.read(lambda c: _records(c, statement, seq, limit))

    def _add(self, connection: sqlite3.Connection, records: Sequence[AuditRecord]) -> int:
        # Inside the write transaction: whoever wrote before, in whatever process, is what this follows on.
        tail = _tail(connection)
        if tail is not None and tail != self._known and not self._seal.holds(tail):
            # To go on would seal what somebody else made of the log.
            raise StorageUnavailable(NOT_OURS)
        seq, newest = (tail.seq, tail.hash) if tail else (0, GENESIS)
        added = []
        for record in records:
            seq += 1
            previous, newest = newest, self._seal.link(newest, {**record.facts(), "seq": seq})
            added.append(_row(record, seq, previous, newest))
        connection.executemany(_INSERT, added)
        self._known = AuditTail(seq, newest, self._seal.seal(seq, newest))
        connection.execute("INSERT OR REPLACE INTO tail VALUES (1, ?, ?, ?)", (seq, newest, self._known.seal))
        return seq


def _tail(connection: sqlite3.Connection) -> AuditTail | None:
    row = connection.execute("SELECT seq, hash, seal FROM tail").fetchone()
    return None if row is None else AuditTail(*row)


def _row(record: AuditRecord, seq: int, previous: str, own: str) -> tuple[object, ...]:
    """Return the values of ``_COLUMNS``."""
    return (
        seq,
        record.ts_us,
        record.actor,
        record.kind,
        record.action,
        record.object,
        record.result,
        record.request_id,
        record.ip_hash,
        json.dumps(record.detail),
        previous,
        own,
    )


def _records(connection: sqlite3.Connection, statement: str, *values: object) -> list[AuditRecord]:
    # A damaged text is shown as it can be, and its hash tells.
    connection.text_factory = lambda text: text.decode(errors="replace")
    return [_record(dict(zip(_COLUMNS, row, strict=True))) for row in connection.execute(statement, values)]


def _record(row: dict[str, str]) -> AuditRecord:
    try:
        detail = dict(json.loads(row["detail"]))
    except (ValueError, TypeError):
        detail = {"unreadable": row["detail"]}
    return AuditRecord(**{**row, "detail": detail})  # type: ignore[arg-type]  # columns are the fields


@asynccontextmanager
async def open_sqlite_audit(
    path: Path, seal: AuditSeal, *, deadline_s: float = DEADLINE_S
) -> AsyncGenerator[AuditStore, None]:
    """Open the records in the file, made if missing; several processes may have it open.

    Raises:
        StorageUnavailable: The file cannot be opened, is not the hub's, or is of a newer version.
    """
    async with AsyncExitStack() as stack:
        database = await stack.enter_async_context(open_database(path, AUDIT, deadline_s=deadline_s))
        readers = await stack.enter_async_context(open_readers(path, name=AUDIT.name, deadline_s=deadline_s))
        writer = await stack.enter_async_context(open_writer(database, deadline_s=deadline_s))
        yield SqliteAudit(writer, readers, seal)
