"""Redaction: what looks like a secret never reaches a log line, whoever wrote it and wherever it stands.

Fields with secret-like names are blanked, unless they hold numbers; in every text, stack traces included,
known shapes of secrets are.  An ordinary line costs one look at its names and one at its texts together.
"""

import re
from collections.abc import Mapping, MutableMapping
from datetime import date
from functools import lru_cache
from typing import Any

REDACTED = "[redacted]"

_SECRET_NAME = re.compile(
    r"(pass(word|wd|phrase)|secret|token|api[_-]?key|authorization|cookie|private[_-]?key|signature|pepper"
    r"|connection[_-]?string|dsn$|^pass$|^pw$)(?!.*[_-](id|hash|kind|type)$)",
    re.IGNORECASE,
)
_VALUE = r"""(["']?\s*[:=]\s*b?["']?|["'],\s*b?["'])"""
_SHAPES: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(shape, flags), becomes)
    for shape, flags, becomes in (
        # A private key, whole or cut off.
        (r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)", re.S, REDACTED),
        # What stands before the host in an address.  Bounded, as every shape: long texts cost their length.
        (r"""(?<=://)(?:[^\s"'<>/@]{0,256}:[^\s"'<>]{0,256}|[^\s"'<>/@]{1,256})@""", 0, f"{REDACTED}@"),
        # A header, in a message, in a dictionary, or in a pair.
        (
            rf"""\b((?:proxy-)?authorization|(?:set-)?cookie|signature){_VALUE}[^\r\n"']+""",
            re.I,
            rf"\1\2{REDACTED}",
        ),
        (r"\b(bearer|basic) +[A-Za-z0-9._~+/-]{16,}=*", re.I, rf"\1 {REDACTED}"),
        (r"\bbearer +[^\s\"',;]+", re.I, f"Bearer {REDACTED}"),
        # A name and its value.
        (
            rf"""((?:passw(?:or)?d|passphrase|secret|token|api[_-]?key|private[_-]?key|connection[_-]?string|dsn))"""
            rf"""{_VALUE}[^\s"',;&)}}\]]+""",
            re.I,
            rf"\1\2{REDACTED}",
        ),
        # JSON Web Tokens, keys of this hub and of services.
        (r"(?<![\w-])eyJ[\w-]{4,}\.[\w-]+(?:\.[\w-]*)*", 0, REDACTED),
        (r"\bhub_(?:live|test)_[\w-]+", 0, REDACTED),
        (r"\bsk[-_][\w-]{8,}", 0, REDACTED),
        (r"\bAKIA[0-9A-Z]{16}\b", 0, REDACTED),
    )
)
_PLAIN = frozenset({int, float, bool, type(None)})
# Taken out again before a line is written.
_LOGGINGS_OWN = frozenset({"_record", "_from_structlog"})


def redact(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Blank what looks like a secret; a structlog processor, after exceptions became text."""
    for name in _secret_names(tuple(event)):
        if type(event[name]) not in _PLAIN:
            event[name] = REDACTED
    texts = []
    for name, value in event.items():
        kind = type(value)
        if kind is str:
            texts.append(value)
        elif kind not in _PLAIN and name not in _LOGGINGS_OWN:
            # Changing the value of a name that is there keeps the order of the names.
            event[name] = _redacted(value)
    if _suspicious("\n".join(texts)):
        for name, value in event.items():
            if type(value) is str:
                event[name] = redacted_text(value)
    return event


def redacted_text(text: str) -> str:
    """Return a text with every known shape of a secret blanked."""
    if not _suspicious(text):
        return text
    for shape, becomes in _SHAPES:
        text = shape.sub(becomes, text)
    return text


def _redacted(value: Any) -> Any:
    kind = type(value)
    if kind in _PLAIN or isinstance(value, date):
        return value
    if kind is str:
        return redacted_text(value)
    if isinstance(value, Mapping):
        return {
            str(name): REDACTED if is_secret_name(str(name)) and type(part) not in _PLAIN else _redacted(part)
            for name, part in value.items()
        }
    if isinstance(value, list | tuple | set | frozenset):
        return [_redacted(part) for part in value]
    # What would become text only on its way out.
    return redacted_text(value.decode(errors="replace") if kind is bytes else str(value))


def _suspicious(text: str) -> bool:
    """Tell whether a text could hold one of the shapes; a chain, because a loop costs four times as much."""
    small = text.lower()
    return (
        "://" in small
        or "eyj" in small
        or "hub_" in small
        or "sk-" in small
        or "sk_" in small
        or "bearer" in small
        or "basic " in small
        or "passw" in small
        or "passphrase" in small
        or "secret" in small
        or "token" in small
        or "api" in small
        or "private" in small
        or "authorization" in small
        or "cookie" in small
        or "signature" in small
        or "connection" in small
        or "dsn" in small
        or "akia" in small
    )


@lru_cache(maxsize=1024)
def is_secret_name(name: str) -> bool:
    """Tell whether a field of this name is taken to hold a secret."""
    return _SECRET_NAME.search(name) is not None


@lru_cache(maxsize=1024)
def _secret_names(names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(name for name in names if is_secret_name(name))
