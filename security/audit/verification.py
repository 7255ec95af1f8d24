"""Verification: whether a log is what the hub wrote, whole and in order, and if not, where it is not."""

from collections.abc import Sequence

from core_integrator.contracts.audit import AuditRecord, AuditTail
from core_integrator.contracts.clock import moment, rfc3339
from security.audit.chain import GENESIS
from security.audit.heads import Head, read_head
from security.audit.key import AuditKey


class Verification:
    """Walks a log from its first record to its last; ``faults`` say what is wrong, and where."""

    def __init__(self, head_lines: Sequence[str], key: AuditKey) -> None:
        self._key = key
        self._seq = 0
        self._hash = GENESIS
        self._last_head: Head | None = None
        self._heads: dict[int, Head] = {}
        self.rows = 0
        self.faults: list[str] = []
        self._read_heads(head_lines)

    @property
    def heads(self) -> int:
        """Return how many records' heads are signed."""
        return len(self._heads)

    def see(self, record: AuditRecord) -> None:
        """Hold the next record against the one before it, its own hash, and a head if there is one."""
        self.rows += 1
        if record.seq != self._seq + 1:
            self._missing(self._seq + 1, record.seq - 1)
        elif record.prev_hash != self._hash:
            self._fault(f"row {record.seq} does not follow on row {self._seq}")
        if _hash(record, self._key) != record.hash:
            self._fault(f"row {record.seq} was changed")
        self._seq, self._hash = record.seq, record.hash
        self._hold_against_head(self._heads.get(record.seq))

    def end(self, tail: AuditTail | None) -> None:
        """Hold the end of the log against its sealed tail and the last head."""
        if self._last_head is None:
            self._fault("no signed head was found: audit.heads is missing, empty or not the hub's")
        elif self._last_head.seq > self._seq:
            when = rfc3339(moment(self._last_head.ts_us))
            self._missing(self._seq + 1, self._last_head.seq, f" at the end; a head of {when} knows them")
        if tail is None:
            if self.rows:
                self._fault(f"the seal of the newest row is missing after row {self._seq}")
        elif not self._key.holds(tail):
            self._fault(f"the seal after row {self._seq} is not the hub's")
        elif tail.seq > self._seq:
            self._missing(self._seq + 1, tail.seq, " at the end; the seal knows them")
        elif tail.seq < self._seq:
            self._fault(f"rows {tail.seq + 1} to {self._seq} were added by somebody else")
        elif tail.hash != self._hash:
            self._fault(f"row {self._seq} is not the one that was sealed")

    def _read_heads(self, lines: Sequence[str]) -> None:
        for number, line in enumerate(lines, start=1):
            head = read_head(line, self._key)
            if head is None:
                self._fault(f"line {number} of audit.heads is not signed by a trusted key")
                continue
            self._heads[head.seq] = self._last_head = head
        self._hold_against_head(self._heads.get(0))

    def _hold_against_head(self, head: Head | None) -> None:
        if head is not None and head.hash != self._hash:
            when = rfc3339(moment(head.ts_us))
            self._fault(f"row {head.seq} is not the one whose head was signed at {when}")

    def _missing(self, first: int, last: int, remark: str = "") -> None:
        rows = f"row {first} is" if first == last else f"rows {first} to {last} are"
        self._fault(f"{rows} missing{remark}")

    def _fault(self, fault: str) -> None:
        if fault not in self.faults:
            self.faults.append(fault)


def _hash(record: AuditRecord, key: AuditKey) -> str:
    try:
        return key.link(record.prev_hash, record.facts())
    except (ValueError, TypeError):
        # The hash before is no hash any more.
        return ""
