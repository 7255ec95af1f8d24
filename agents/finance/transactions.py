"""A row of a user's ledger: how it is read, checked and written for keeping."""

import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple

from pydantic import TypeAdapter

from agents.finance.money import MAX_AMOUNT, exact

FIELDS = ("date", "amount", "category", "type", "note")
REQUIRED = ("date", "amount", "category")
MAX_CATEGORY = 64
MAX_NOTE = 500
_YEARS = range(1900, 2200)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
# Control characters, lone surrogates, code points that are no characters, line and paragraph separators.
_UNPRINTABLE = frozenset({"Cc", "Cs", "Cn", "Zl", "Zp"})


class Transaction(NamedTuple):
    """What moved: the day as ``YYYY-MM-DD``, whole cents (below zero is spent), the category, a note."""

    date: str
    cents: int
    category: str
    note: str


class BadRow(Exception):
    """A row cannot be kept; names the field at fault."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"{field}: {reason}")
        self.field = field
        self.reason = reason


_KEPT = TypeAdapter(list[Transaction])


def read_row(row: object) -> Transaction:
    """Read one row with the fields ``date, amount, category`` and perhaps ``type, note``.

    Raises:
        BadRow: A field is missing, unknown or wrong.
    """
    if not isinstance(row, Mapping):
        raise BadRow("row", "give an object")
    for name in row:
        if name not in FIELDS:
            raise BadRow(str(name)[:64], "Unknown field")
    for name in REQUIRED:
        if row.get(name) in (None, ""):
            raise BadRow(name, "Field required")
    day = _day(row["date"])
    amount = _cents(row["amount"])
    category = _text("category", row["category"], MAX_CATEGORY)
    signed = _signed(amount, row.get("type"))
    return Transaction(day, signed, category, _text("note", row.get("note") or "", MAX_NOTE))


def written(transaction: Transaction) -> str:
    """Write a row as a short JSON text."""
    return json.dumps(transaction, ensure_ascii=False, separators=(",", ":"))


def read_kept(payloads: Sequence[str]) -> list[Transaction]:
    """Read the rows that ``written`` wrote; a category keeps the spelling it first had."""
    rows = _KEPT.validate_json(f"[{','.join(payloads)}]")
    spelling: dict[str, str] = {}
    for name in {row.category: None for row in rows}:
        spelling.setdefault(name.casefold(), name)
    return [row._replace(category=spelling[row.category.casefold()]) for row in rows]


def _day(given: object) -> str:
    if not isinstance(given, str) or not _DAY.fullmatch(given.strip()):
        raise BadRow("date", "give a date as YYYY-MM-DD")
    try:
        day = date.fromisoformat(given.strip())
    except ValueError:
        raise BadRow("date", "there is no such day") from None
    if day.year not in _YEARS:
        raise BadRow("date", f"give a year from {_YEARS[0]} to {_YEARS[-1]}")
    return day.isoformat()


def _cents(given: object) -> int:
    try:
        amount = exact(given)
    except ValueError as error:
        raise BadRow("amount", str(error)) from None
    if abs(amount) > MAX_AMOUNT:
        raise BadRow("amount", f"it must lie between -{MAX_AMOUNT} and {MAX_AMOUNT}")
    if amount == 0:
        raise BadRow("amount", "it must not be zero")
    if amount * 100 % 1:
        raise BadRow("amount", "give at most 2 decimal places")
    return int(amount * 100)


def _signed(amount: int, kind: object) -> int:
    if kind in (None, ""):
        return amount
    if not isinstance(kind, str) or kind.strip().lower() not in {"income", "expense"}:
        raise BadRow("type", "give income or expense")
    if kind.strip().lower() == "expense":
        return -abs(amount)
    if amount < 0:
        raise BadRow("type", "income has a negative amount")
    return amount


def _text(field: str, given: object, longest: int) -> str:
    if not isinstance(given, str):
        raise BadRow(field, "give a text")
    text = unicodedata.normalize("NFC", " ".join(given.split()))
    if not text and field in REQUIRED:
        raise BadRow(field, "Field required")
    if len(text) > longest:
        raise BadRow(field, f"give at most {longest} characters")
    if not text.isascii() or not text.isprintable():
        _refuse_unprintable(field, text)
    return text


def _refuse_unprintable(field: str, text: str) -> None:
    if any(unicodedata.category(character) in _UNPRINTABLE for character in text):
        raise BadRow(field, "it holds a character that cannot be printed")
