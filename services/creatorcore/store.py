"""Texts, verdicts and repeated requests in one SQLite file; every write is durable when it returns."""

import json
import sqlite3
import threading
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from services.creatorcore.errors import ServiceError, not_found
from services.creatorcore.ranking import Candidates, Vector

APPLICATION_ID = 0x43524331  # "CRC1"
ANSWERS_KEPT_S = 7 * 86_400.0

# What is compared is kept apart from what is read: ranking goes through thousands of small rows.
_SCHEMA = """
CREATE TABLE IF NOT EXISTS texts (
    number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, owner TEXT, topic TEXT NOT NULL,
    topic_key TEXT NOT NULL, request TEXT NOT NULL CHECK (json_valid(request)), output_text TEXT NOT NULL,
    metadata TEXT NOT NULL CHECK (json_valid(metadata)), score REAL NOT NULL DEFAULT 0,
    created_s REAL NOT NULL) STRICT;
CREATE INDEX IF NOT EXISTS texts_by_owner ON texts (owner, number);
CREATE INDEX IF NOT EXISTS texts_by_topic ON texts (owner, topic_key, number);
CREATE TABLE IF NOT EXISTS embeddings (
    number INTEGER PRIMARY KEY REFERENCES texts (number) ON DELETE CASCADE, owner TEXT, model TEXT NOT NULL,
    dimensions INTEGER NOT NULL, score REAL NOT NULL DEFAULT 0, vector BLOB NOT NULL) STRICT;
CREATE INDEX IF NOT EXISTS embeddings_by_owner ON embeddings (owner, model, dimensions, number);
CREATE TABLE IF NOT EXISTS verdicts (
    number INTEGER PRIMARY KEY, text_id TEXT NOT NULL REFERENCES texts (id) ON DELETE CASCADE,
    verdict TEXT NOT NULL CHECK (json_valid(verdict)), worth REAL NOT NULL, created_s REAL NOT NULL) STRICT;
CREATE INDEX IF NOT EXISTS verdicts_by_text ON verdicts (text_id);
CREATE TABLE IF NOT EXISTS answers (
    scope TEXT PRIMARY KEY, fingerprint TEXT NOT NULL, status INTEGER NOT NULL, body TEXT NOT NULL,
    created_s REAL NOT NULL) STRICT;
CREATE INDEX IF NOT EXISTS answers_by_age ON answers (created_s);
"""


class UnusableFile(Exception):
    """The file cannot be opened as this service's own; the message says why."""


@dataclass(frozen=True, slots=True)
class Text:
    """A text that was made, as it is read again."""

    number: int
    id: str
    owner: str | None
    topic: str
    output_text: str
    score: float
    created_s: float


@dataclass(frozen=True, slots=True)
class NewText:
    """A text about to be stored, with what it was made of and its embedding."""

    id: str
    owner: str | None
    topic: str
    request: dict[str, Any]
    output_text: str
    metadata: dict[str, Any]
    embedding_model: str
    vector: Vector
    created_s: float


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer kept for repeats of its request."""

    status: int
    body: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Repeatable:
    """Under which key a request may come again, and what it says."""

    scope: str
    fingerprint: str


class Store:
    """The service's tables.  Every method raises ``ServiceError`` 503 when the file cannot be used."""

    def __init__(self, path: Path) -> None:
        """Open the file.

        Raises:
            UnusableFile: It is no SQLite file, another program's, or cannot be written.
        """
        self._lock = threading.Lock()
        try:
            self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=3)
            self._prepare(path.name)
        except sqlite3.Error as error:
            raise UnusableFile(f"{path.name} in the data folder cannot be used: {error}") from error

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def answer_to(self, request: Repeatable) -> Answer | None:
        """Return the answer an idempotency key got before.

        Raises:
            ServiceError: 422, the key was used with another body.
        """
        with self._transaction() as connection:
            return _answer(connection, request)

    def keep_answer(self, request: Repeatable, answer: Answer, at_s: float) -> None:
        """Keep what a repeat is told, in place of what it would have been told before."""
        with self._transaction() as connection:
            _keep(connection, request, answer, at_s)

    def forget_answer(self, request: Repeatable) -> None:
        """Let a repeat be a new request."""
        with self._transaction() as connection:
            connection.execute("DELETE FROM answers WHERE scope = ?", (request.scope,))

    def candidates(self, owner: str | None, model: str, dimensions: int) -> Candidates:
        """Return what a new text of this owner under this embedding model can be compared with."""
        query = (
            "SELECT number, score, vector FROM embeddings "
            "WHERE owner IS ? AND model = ? AND dimensions = ? ORDER BY number"
        )
        with self._transaction("DEFERRED") as connection:
            rows = connection.execute(query, (owner, model, dimensions)).fetchall()
        vectors = np.frombuffer(b"".join(row[2] for row in rows), dtype="<f4").reshape(-1, dimensions)
        return Candidates([row[0] for row in rows], vectors, [row[1] for row in rows])

    def texts(self, numbers: Sequence[int]) -> list[Text]:
        """Return the texts of these numbers, in this order."""
        query = f"SELECT {_COLUMNS} FROM texts WHERE number = ?"  # noqa: S608 - constant
        with self._transaction("DEFERRED") as connection:
            return [Text(*connection.execute(query, (number,)).fetchone()) for number in numbers]

    def add_text(self, text: NewText, answer: Answer, request: Repeatable | None) -> None:
        """Store a text with its embedding and the answer to its request, all or nothing."""
        values = (
            text.id,
            text.owner,
            text.topic,
            topic_key(text.topic),
            json.dumps(text.request),
            text.output_text,
            json.dumps(text.metadata),
            text.created_s,
        )
        with self._transaction() as connection:
            number = connection.execute(
                "INSERT INTO texts (id, owner, topic, topic_key, request, output_text, metadata, created_s) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                values,
            ).lastrowid
            connection.execute(
                "INSERT INTO embeddings (number, owner, model, dimensions, vector) VALUES (?, ?, ?, ?, ?)",
                (number, text.owner, text.embedding_model, len(text.vector), _blob(text.vector)),
            )
            if request is not None:
                _keep(connection, request, answer, text.created_s)

    def add_verdict(
        self,
        text_id: str,
        verdict: dict[str, Any],
        worth: float,
        *,
        request: Repeatable | None,
        at_s: float,
    ) -> Answer:
        """Append a verdict, once for each key, and return the answer with the new sum.

        Raises:
            ServiceError: 404 for an unknown text, 422 when the key was used with another body.
        """
        with self._transaction() as connection:
            if request and (before := _answer(connection, request)):
                return before
            row = connection.execute(
                "UPDATE texts SET score = score + ? WHERE id = ? RETURNING number, score", (worth, text_id)
            ).fetchone()
            if row is None:
                raise not_found("text")
            connection.execute("UPDATE embeddings SET score = ? WHERE number = ?", (row[1], row[0]))
            connection.execute(
                "INSERT INTO verdicts (text_id, verdict, worth, created_s) VALUES (?, ?, ?, ?)",
                (text_id, json.dumps(verdict), worth, at_s),
            )
            answer = Answer(200, {"message": "feedback stored", "new_score": row[1]})
            if request is not None:
                _keep(connection, request, answer, at_s)
        return answer

    def history(self, owner: str | None, limit: int) -> list[Text]:
        """Return an owner's newest texts; without one, those nobody owns."""
        query = f"SELECT {_COLUMNS} FROM texts WHERE owner IS ? ORDER BY number DESC LIMIT ?"  # noqa: S608 - constant
        with self._transaction("DEFERRED") as connection:
            return [Text(*row) for row in connection.execute(query, (owner, limit))]

    def about(self, topic: str, owner: str | None) -> Text | None:
        """Return an owner's newest text about a topic."""
        query = (
            f"SELECT {_COLUMNS} FROM texts WHERE owner IS ? AND topic_key = ? "  # noqa: S608 - constant
            "ORDER BY number DESC LIMIT 1"
        )
        with self._transaction("DEFERRED") as connection:
            row = connection.execute(query, (owner, topic_key(topic))).fetchone()
        return Text(*row) if row else None

    def check(self) -> None:
        """Begin and end a write, as a request would."""
        with self._transaction() as connection:
            connection.execute("SELECT 1 FROM texts LIMIT 1").fetchone()

    def _prepare(self, name: str) -> None:
        found = self._connection.execute("PRAGMA application_id").fetchone()[0]
        tables = self._connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]
        if found != APPLICATION_ID and (found or tables):
            raise UnusableFile(f"{name} in the data folder belongs to another program")
        for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
            self._connection.execute(f"PRAGMA {pragma}")
        self._connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        self._connection.executescript(_SCHEMA)

    @contextmanager
    def _transaction(self, kind: str = "IMMEDIATE") -> Generator[sqlite3.Connection, None, None]:
        with self._lock:
            try:
                self._connection.execute(f"BEGIN {kind}")
                try:
                    yield self._connection
                except BaseException:
                    self._connection.execute("ROLLBACK")
                    raise
                self._connection.execute("COMMIT")
            except sqlite3.Error as error:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise ServiceError(
                    503, "service_unavailable", "the store cannot be used now", retry_after_s=5
                ) from error


_COLUMNS = "number, id, owner, topic, output_text, score, created_s"


def topic_key(topic: str) -> str:
    """Return what two spellings of one topic have in common."""
    return " ".join(topic.casefold().split())


def _blob(vector: Vector) -> bytes:
    return vector.astype("<f4").tobytes()


def _answer(connection: sqlite3.Connection, request: Repeatable) -> Answer | None:
    query = "SELECT fingerprint, status, body FROM answers WHERE scope = ?"
    row = connection.execute(query, (request.scope,)).fetchone()
    if row is None:
        return None
    if row[0] != request.fingerprint:
        raise ServiceError(
            422, "idempotency_mismatch", "this Idempotency-Key was used before with another body"
        )
    return Answer(row[1], json.loads(row[2]))


def _keep(connection: sqlite3.Connection, request: Repeatable, answer: Answer, at_s: float) -> None:
    connection.execute("DELETE FROM answers WHERE created_s < ?", (at_s - ANSWERS_KEPT_S,))
    connection.execute(
        "INSERT OR REPLACE INTO answers (scope, fingerprint, status, body, created_s) VALUES (?, ?, ?, ?, ?)",
        (request.scope, request.fingerprint, answer.status, json.dumps(answer.body), at_s),
    )
