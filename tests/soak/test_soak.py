"""The soak in short, and that its account can be bad."""

import sqlite3
from contextlib import closing
from pathlib import Path

from tests.soak.ledger import Ledger, in_sqlite
from tests.soak.run import soak


def test_a_short_soak_keeps_every_promise(tmp_path: Path) -> None:
    """Hub, one of its workers and MongoDB are killed under users; `make soak` does it for minutes."""
    ledger = soak(tmp_path, seconds=6, kills=3, users=8, pause_s=0.05, seed=1)

    assert ledger.kept, ledger.report()
    assert ledger.counts["hub killed, all processes"] == ledger.counts["hub killed, one worker"] == 1
    assert ledger.counts["MongoDB killed"] == 1
    assert ledger.counts["acknowledged by the journal alone"] > 0
    written = ledger.counts["writes acknowledged"]
    assert written > 50
    for place in ("SQLite", "MongoDB", "/get-history"):
        assert ledger.counts[f"rows in {place}"] == written


def test_the_account_finds_what_is_lost_doubled_and_anothers(tmp_path: Path) -> None:
    """Zeros from an account that cannot count would say nothing."""
    with closing(sqlite3.connect(tmp_path / "memory.db")) as connection, connection:
        connection.execute("CREATE TABLE interactions (user_id, request)")
        for user, text in (("ada", "a 1"), ("ada", "a 1"), ("bob", "a 2")):
            request = f'{{"data": {{"text": "{text}"}}}}'
            connection.execute("INSERT INTO interactions VALUES (?, ?)", (user, request))
    ledger = Ledger(acknowledged={"a 1": "ada", "a 2": "ada", "a 3": "ada"})

    ledger.audit("SQLite", in_sqlite(tmp_path))
    ledger.sees("bob", [{"id": "x", "request": {"user_id": "ada", "data": {"text": "a 1"}}}], "context")

    assert ledger.lost == ["SQLite: a 3"]
    assert ledger.doubled == ["SQLite: a 1"]
    assert ledger.foreign == ["SQLite: a 2 is bob's", "context: x shown to bob"]
    assert not ledger.kept
