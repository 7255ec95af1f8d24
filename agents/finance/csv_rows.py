"""A statement as CSV text (RFC 4180), turned into rows."""

import csv
import io
import re
from collections.abc import Iterator

from agents.finance.transactions import FIELDS, REQUIRED

MAX_ROWS = 100_000
# With semicolons between fields the comma is free for decimals, as in much of Europe.
_DECIMAL_COMMA = re.compile(r"[+\-\N{MINUS SIGN}]?\d+,\d{1,2}")


class BadCsv(Exception):
    """The text as a whole cannot be read."""


def read_csv(text: str) -> list[dict[str, str]]:
    """Return the rows under the names of the header; blank lines do not count.

    Raises:
        BadCsv: The header or the quoting is wrong, or there are more than 100 000 rows.
    """
    lines = io.StringIO(text.removeprefix("\ufeff"), newline="")
    delimiter = _delimiter(text)
    reader = csv.reader(lines, delimiter=delimiter, strict=True, skipinitialspace=True)
    try:
        filled = (fields for fields in reader if any(field.strip() for field in fields))
        header = _header(next(filled, []))
        return list(_rows(header, filled, comma=delimiter == ";"))
    except csv.Error as error:
        raise BadCsv(f"line {reader.line_num}: {error}") from None


def _delimiter(text: str) -> str:
    first = next((line for line in text.lstrip("\ufeff").splitlines() if line.strip()), "")
    return ";" if first.count(";") > first.count(",") else ","


def _header(fields: list[str]) -> list[str]:
    names = [field.strip().lower() for field in fields]
    for name in REQUIRED:
        if name not in names:
            raise BadCsv(f"the header has no column {name}")
    for name in names:
        if name not in FIELDS:
            raise BadCsv(f"the header may name {', '.join(FIELDS)}, and nothing else")
    if len(set(names)) != len(names):
        raise BadCsv("the header names a column twice")
    return names


def _rows(header: list[str], filled: Iterator[list[str]], *, comma: bool) -> Iterator[dict[str, str]]:
    for index, fields in enumerate(filled):
        if index >= MAX_ROWS:
            raise BadCsv(f"give at most {MAX_ROWS} rows at once")
        row = dict(zip(header, fields, strict=False))
        if len(fields) > len(header):
            # One field more than the header names: the row is refused under this name.
            row["row"] = ""
        if comma and _DECIMAL_COMMA.fullmatch(row.get("amount", "").strip()):
            row["amount"] = row["amount"].replace(",", ".")
        yield row
