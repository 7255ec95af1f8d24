"""What was sent, acknowledged and seen, and the account that is given at the end."""

import json
import sqlite3
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pymongo import MongoClient


@dataclass
class Ledger:
    """Every write by its text, which names its user; and what went wrong, in words."""

    acknowledged: dict[str, str] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)
    failed_without_reason: list[str] = field(default_factory=list)

    @property
    def violations(self) -> dict[str, list[str]]:
        """Return what must be empty."""
        return {
            "lost": self.lost,
            "doubled": self.doubled,
            "foreign rows": self.foreign,
            "read-your-writes violations": self.unread,
            "failed without a reason": self.failed_without_reason,
        }

    @property
    def kept(self) -> bool:
        """Tell whether every promise was kept."""
        return not any(self.violations.values())

    def sees(self, user: str, rows: list[dict[str, Any]], where: str) -> list[str]:
        """Return the texts of a user's rows; note those that are another's."""
        self.foreign += [f"{where}: {row['id']} shown to {user}" for row in rows if _owner(row) != user]
        return [row["request"]["data"]["text"] for row in rows]

    def audit(self, where: str, user_of_text: list[tuple[str, str]]) -> None:
        """Compare the texts of a place, each with its owner there, with what was acknowledged."""
        held = Counter(text for _, text in user_of_text)
        self.lost += [f"{where}: {text}" for text in self.acknowledged if not held[text]]
        self.doubled += [f"{where}: {text}" for text, times in held.items() if times > 1]
        self.foreign += [
            f"{where}: {text} is {user}'s"
            for user, text in user_of_text
            if self.acknowledged.get(text, user) != user
        ]
        self.counts[f"rows in {where}"] = len(user_of_text)

    def report(self) -> str:
        """Return the account, a line a figure."""
        figures = [*sorted(self.counts.items()), *((name, len(s)) for name, s in self.violations.items())]
        lines = [f"{name:<34}{number:>8}" for name, number in figures]
        examples = [f"  {name}: {each}" for name, some in self.violations.items() for each in some[:5]]
        return "\n".join([*lines, *examples])


def in_sqlite(data_dir: Path) -> list[tuple[str, str]]:
    """Return owner and text of every exchange in the file."""
    with closing(sqlite3.connect(data_dir / "memory.db")) as connection:
        rows = connection.execute("SELECT user_id, request FROM interactions").fetchall()
        assert connection.execute("PRAGMA quick_check").fetchone() == ("ok",)
    return [(user, _text(request)) for user, request in rows]


def in_mongodb(url: str, database: str) -> list[tuple[str, str]]:
    """Return owner and text of every exchange in MongoDB."""
    with MongoClient(url) as client:
        rows = list(client[database]["interactions"].find({}, {"user_id": 1, "request": 1}))
    return [(row["user_id"], _text(row["request"])) for row in rows]


def _text(request: str) -> str:
    return json.loads(request)["data"]["text"]


def _owner(row: dict[str, Any]) -> str:
    return row["request"]["user_id"]
