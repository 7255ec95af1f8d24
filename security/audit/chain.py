"""The chain: each record's hash covers the record and, by the hash before, all before it."""

import hashlib
import json
from collections.abc import Mapping

from pydantic import JsonValue

GENESIS = "0" * 64
_CANONICAL = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def canonical(facts: Mapping[str, JsonValue]) -> bytes:
    """Return facts as JSON that is always the same: keys sorted, no spaces, UTF-8."""
    return _CANONICAL.encode(facts).encode()


def link(previous: str, facts: Mapping[str, JsonValue]) -> str:
    """Return SHA-256 over the hash before (its 32 bytes) and the facts, in hexadecimal."""
    return hashlib.sha256(bytes.fromhex(previous) + canonical(facts)).hexdigest()
