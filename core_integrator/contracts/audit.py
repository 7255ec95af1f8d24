"""What is written down about who did what, and never changed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol

from pydantic import JsonValue


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
