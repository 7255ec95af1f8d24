"""Heads: signed statements of how long the chain was, and what its newest hash, at a moment."""

import json
from dataclasses import asdict, dataclass

from security.audit.chain import canonical
from security.audit.key import AuditKey


@dataclass(frozen=True, slots=True)
class Head:
    """The chain was so long, and ended so, at that moment."""

    seq: int
    hash: str
    ts_us: int

    def signed(self, key: AuditKey) -> str:
        """Return the head as a line of JSON, signed."""
        signature = key.sign("head", canonical(asdict(self)))
        return canonical({**asdict(self), "key": key.public, "signature": signature}).decode()


def read_head(line: str, key: AuditKey) -> Head | None:
    """Return the head in a line if a trusted key signed it."""
    try:
        said = json.loads(line)
        head = Head(said["seq"], said["hash"], said["ts_us"])
        genuine = key.trusts("head", canonical(asdict(head)), said["signature"])
    except (ValueError, KeyError, TypeError):
        return None
    return head if genuine else None
