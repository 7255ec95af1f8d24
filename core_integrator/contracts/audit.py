"""What is written down about who did what, and never changed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Literal, Protocol

from pydantic import JsonValue

NOT_OURS = "the audit log was changed by somebody else, or its key is another; see: integrator audit verify"


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One thing somebody did, or was refused.

    ``action`` is a constant (``auth.login``, ``core.call``, ``keys.revoke`` …), ``result`` is ``success`` or
    an error's code.  ``detail`` holds small facts; never a secret, a prompt or an address in clear.
    """

    actor: str
    action: str
    object: str
    result: str
    kind: Literal["anonymous", "user", "service", "system"] = "anonymous"
    request_id: str = ""
    address: str = ""
    detail: Mapping[str, JsonValue] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AuditRecord:
    """An entry as it is kept: numbered, dated, its address hashed, and chained to the one before."""

    seq: int
    ts_us: int
    actor: str
    kind: str
    action: str
    object: str
    result: str
    request_id: str
    ip_hash: str
    detail: Mapping[str, JsonValue]
    prev_hash: str = ""
    hash: str = ""

    def facts(self) -> dict[str, JsonValue]:
        """Return what the hash is over: all that is said and not empty, the hashes apart."""
        said = [(name, getattr(self, name)) for name in _FACTS]
        return {name: value for name, value in said if value}


_FACTS = tuple(each.name for each in fields(AuditRecord) if each.name not in ("prev_hash", "hash"))


@dataclass(frozen=True, slots=True)
class AuditTail:
    """The newest entry, sealed by the hub's key; what follows must follow on this."""

    seq: int
    hash: str
    seal: str


@dataclass(frozen=True, slots=True)
class AuditQuery:
    """Which entries are looked for; what is not given is not asked about."""

    actor: str | None = None
    action: str | None = None
    object: str | None = None
    result: str | None = None
    request_id: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    before: int | None = None
    limit: int = 50


class AuditLog(Protocol):
    """Appends entries; their order is total over all processes."""

    async def append(self, entry: AuditEntry) -> None:
        """Write an entry down durably.

        Raises:
            StorageUnavailable: It is not written.  What must not go unrecorded is not done either.
        """
        ...

    def note(self, entry: AuditEntry) -> None:
        """Write an entry down soon, without waiting; refusals above the sampling limit are only counted."""
        ...

    async def found(self, query: AuditQuery) -> Sequence[AuditRecord]:
        """Return what was asked for, newest first.

        Raises:
            StorageUnavailable: It cannot be read now.
        """
        ...


class AuditSeal(Protocol):
    """What chains entries, and proves that the hub wrote the newest."""

    def link(self, previous: str, facts: Mapping[str, JsonValue]) -> str:
        """Return the hash of a record's facts and, by the hash before, of all before."""
        ...

    def seal(self, seq: int, head: str) -> str:
        """Return a signature that says: this is the newest."""
        ...

    def holds(self, tail: AuditTail) -> bool:
        """Tell whether a tail was sealed by this hub."""
        ...


class AuditStore(Protocol):
    """Keeps records; their order is total over all processes.  Every method raises ``StorageUnavailable``."""

    async def add(self, records: Sequence[AuditRecord]) -> int:
        """Number and chain records, keep them durably, all or none, and return the number of the last.

        Refuses to go on from a tail that is not ours.
        """
        ...

    async def tail(self) -> AuditTail | None:
        """Return the newest record's seal; none while there are no records."""
        ...

    async def found(self, query: AuditQuery) -> Sequence[AuditRecord]:
        """Return what was asked for, newest first."""
        ...

    async def following(self, seq: int, *, limit: int) -> Sequence[AuditRecord]:
        """Return the records after a number, oldest first."""
        ...


class AuditHeads(Protocol):
    """Signed heads, in a file that only grows.  Both methods block for a disk's time."""

    def lines(self) -> Sequence[str]:
        """Return every line.

        Raises:
            StorageUnavailable: The file cannot be read.
        """
        ...

    def add(self, seq: int, line: str) -> None:
        """Append a line durably, unless a head of this number or a later one is there already.

        Raises:
            StorageUnavailable: The file cannot be written.
        """
        ...
