"""Films, feedback and repeated requests in one SQLite file; every write is durable when it returns."""

import json
import sqlite3
import threading
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from services.text_to_video.errors import ServiceError, unavailable

Status = Literal["queued", "processing", "completed", "failed", "cancelled"]
UNFINISHED: tuple[Status, ...] = ("queued", "processing")

_SCHEMA = """
CREATE TABLE IF NOT EXISTS films (
    id TEXT PRIMARY KEY, fingerprint TEXT NOT NULL, film_order TEXT NOT NULL CHECK (json_valid(film_order)),
    status TEXT NOT NULL, progress REAL NOT NULL DEFAULT 0, stage TEXT, created_s REAL NOT NULL,
    started_s REAL, finished_s REAL, error TEXT, cached INTEGER NOT NULL DEFAULT 0) STRICT;
CREATE INDEX IF NOT EXISTS films_by_fingerprint ON films (fingerprint, status);
CREATE INDEX IF NOT EXISTS films_by_status ON films (status);
CREATE TABLE IF NOT EXISTS feedback (
    seq INTEGER PRIMARY KEY, film_id TEXT NOT NULL REFERENCES films (id) ON DELETE CASCADE,
    rating INTEGER, command TEXT, comment TEXT, created_s REAL NOT NULL) STRICT;
CREATE INDEX IF NOT EXISTS feedback_by_film ON feedback (film_id);
CREATE TABLE IF NOT EXISTS answers (
    scope TEXT PRIMARY KEY, fingerprint TEXT NOT NULL, status INTEGER NOT NULL, body TEXT NOT NULL,
    created_s REAL NOT NULL) STRICT;
"""


@dataclass(frozen=True, slots=True)
class Film:
    """One ordered film as it stands."""

    id: str
    fingerprint: str
    order: dict[str, Any]
    status: Status
    progress: float
    stage: str | None
    created_s: float
    started_s: float | None
    finished_s: float | None
    error: dict[str, str] | None
    cached: bool


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer kept for repeats of its request."""

    status: int
    body: dict[str, Any]


class Store:
    """The service's own tables.  Every method raises ``ServiceError`` 503 when the file cannot be used."""

    def __init__(self, path: Path) -> None:
        self._lock = threading.Lock()
        self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=3)
        for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
            self._connection.execute(f"PRAGMA {pragma}")
        self._connection.executescript(_SCHEMA)

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def answer_to(self, scope: str, fingerprint: str) -> Answer | None:
        """Return the answer an idempotency key got before.

        Raises:
            ServiceError: 422, the key was used with another body.
        """
        with self._transaction() as connection:
            return _answer(connection, scope, fingerprint)

    def add_film(
        self, film: Film, answer: Answer, *, scope: str | None, request_fingerprint: str, most_waiting: int
    ) -> Answer:
        """Take an order with its answer; of two under one key, the first wins and both get its answer.

        Raises:
            ServiceError: 503 when too many films wait, 422 when the key was used with another body.
        """
        with self._transaction() as connection:
            if scope and (before := _answer(connection, scope, request_fingerprint)):
                return before
            waiting = connection.execute("SELECT count(*) FROM films WHERE status = 'queued'").fetchone()[0]
            if waiting >= most_waiting:
                raise unavailable("too many films are waiting", retry_after_s=30)
            columns = "id, fingerprint, film_order, status, progress, stage, created_s, finished_s, cached"
            values = (
                film.id,
                film.fingerprint,
                json.dumps(film.order),
                film.status,
                film.progress,
                film.stage,
            )
            rest = (film.created_s, film.finished_s, int(film.cached))
            connection.execute(f"INSERT INTO films ({columns}) VALUES (?,?,?,?,?,?,?,?,?)", values + rest)  # noqa: S608 - constant
            _keep(connection, scope, request_fingerprint, answer, film.created_s)
            return answer

    def film(self, film_id: str) -> Film | None:
        """Return a film, if there is one."""
        with self._transaction() as connection:
            row = connection.execute(f"SELECT {_COLUMNS} FROM films WHERE id = ?", (film_id,)).fetchone()  # noqa: S608 - constant
        return _film(row) if row else None

    def finished_like(self, fingerprint: str) -> Film | None:
        """Return a completed film of an equal order, if there is one."""
        query = f"SELECT {_COLUMNS} FROM films WHERE fingerprint = ? AND status = 'completed' LIMIT 1"  # noqa: S608 - constant
        with self._transaction() as connection:
            row = connection.execute(query, (fingerprint,)).fetchone()
        return _film(row) if row else None

    def unfinished(self) -> list[str]:
        """Return the ids of films that are queued or being made, oldest first."""
        query = "SELECT id FROM films WHERE status IN ('queued', 'processing') ORDER BY created_s"
        with self._transaction() as connection:
            return [row[0] for row in connection.execute(query)]

    def start(self, film_id: str, at_s: float) -> Film | None:
        """Mark a film as being made; none if it is finished, cancelled or gone."""
        with self._transaction() as connection:
            connection.execute(
                "UPDATE films SET status = 'processing', started_s = ? "
                "WHERE id = ? AND status IN ('queued', 'processing')",
                (at_s, film_id),
            )
            row = connection.execute(f"SELECT {_COLUMNS} FROM films WHERE id = ?", (film_id,)).fetchone()  # noqa: S608 - constant
        film = _film(row) if row else None
        return film if film and film.status == "processing" else None

    def progress(self, film_id: str, per_cent: float, stage: str) -> None:
        """Note how far a film is; it never falls, also not when the work begins anew."""
        with self._transaction() as connection:
            connection.execute(
                "UPDATE films SET progress = max(progress, ?), stage = ? "
                "WHERE id = ? AND status = 'processing'",
                (per_cent, stage, film_id),
            )

    def finish(
        self, film_id: str, status: Status, at_s: float, *, error: dict[str, str] | None = None
    ) -> bool:
        """End a film; false if it had ended already or is gone.  Of two who end it, one does."""
        with self._transaction() as connection:
            done = connection.execute(
                "UPDATE films SET status = ?, finished_s = ?, error = ?, stage = NULL, "
                "progress = CASE WHEN ? = 'completed' THEN 100 ELSE progress END "
                "WHERE id = ? AND status IN ('queued', 'processing')",
                (status, at_s, json.dumps(error) if error else None, status, film_id),
            )
            return done.rowcount == 1

    def delete(self, film_id: str) -> bool:
        """Forget a film with its feedback; false if there was none."""
        with self._transaction() as connection:
            return connection.execute("DELETE FROM films WHERE id = ?", (film_id,)).rowcount == 1

    def add_feedback(
        self, film_id: str, verdict: dict[str, Any], *, scope: str | None, fingerprint: str, at_s: float
    ) -> Answer:
        """Append a verdict, once for each key.

        Raises:
            ServiceError: 404 for an unknown film, 422 when the key was used with another body.
        """
        answer = Answer(200, {"generation_id": film_id, "stored": True})
        with self._transaction() as connection:
            if scope and (before := _answer(connection, scope, fingerprint)):
                return before
            if not connection.execute("SELECT 1 FROM films WHERE id = ?", (film_id,)).fetchone():
                raise ServiceError(404, "not_found", "no such film")
            connection.execute(
                "INSERT INTO feedback (film_id, rating, command, comment, created_s) VALUES (?, ?, ?, ?, ?)",
                (film_id, verdict["rating"], verdict["command"], verdict["comment"], at_s),
            )
            _keep(connection, scope, fingerprint, answer, at_s)
        return answer

    def feedback(self, film_id: str) -> list[dict[str, Any]]:
        """Return every verdict on a film, oldest first."""
        query = "SELECT rating, command, comment, created_s FROM feedback WHERE film_id = ? ORDER BY seq"
        names = ("rating", "command", "comment", "created_s")
        with self._transaction() as connection:
            return [dict(zip(names, row, strict=True)) for row in connection.execute(query, (film_id,))]

    def count(self, status: Status) -> int:
        """Return how many films are in a state."""
        with self._transaction() as connection:
            query = "SELECT count(*) FROM films WHERE status = ?"
            return int(connection.execute(query, (status,)).fetchone()[0])

    @contextmanager
    def _transaction(self) -> Generator[sqlite3.Connection, None, None]:
        with self._lock:
            try:
                self._connection.execute("BEGIN IMMEDIATE")
                try:
                    yield self._connection
                except BaseException:
                    self._connection.execute("ROLLBACK")
                    raise
                self._connection.execute("COMMIT")
            except sqlite3.Error as error:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise unavailable("the store cannot be used now") from error


_COLUMNS = (
    "id, fingerprint, film_order, status, progress, stage, created_s, started_s, finished_s, error, cached"
)


def _film(row: tuple[Any, ...]) -> Film:
    film_id, fingerprint, order, status, progress, stage, created, started, finished, error, cached = row
    return Film(
        film_id,
        fingerprint,
        json.loads(order),
        status,
        progress,
        stage,
        created,
        started,
        finished,
        json.loads(error) if error else None,
        bool(cached),
    )


def _answer(connection: sqlite3.Connection, scope: str, fingerprint: str) -> Answer | None:
    query = "SELECT fingerprint, status, body FROM answers WHERE scope = ?"
    row = connection.execute(query, (scope,)).fetchone()
    if row is None:
        return None
    if row[0] != fingerprint:
        raise ServiceError(
            422, "idempotency_mismatch", "this Idempotency-Key was used before with another body"
        )
    return Answer(row[1], json.loads(row[2]))


def _keep(
    connection: sqlite3.Connection, scope: str | None, fingerprint: str, answer: Answer, at_s: float
) -> None:
    if scope:
        connection.execute(
            "INSERT INTO answers (scope, fingerprint, status, body, created_s) VALUES (?, ?, ?, ?, ?)",
            (scope, fingerprint, answer.status, json.dumps(answer.body), at_s),
        )
