"""Faults: what goes wrong on order, with which commands, and how often."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, Self

from tests.mongowire.errors import CommandError
from tests.mongowire.values import Document, key

Mode = Literal["close_before", "close_after", "delay", "error"]
MODES = ("close_before", "close_after", "delay", "error")
_SPARED = ("hello", "configureFault")  # unless a fault names them


@dataclass(slots=True)
class Fault:
    """One thing that goes wrong: for some commands (else all), a number of times (else always).

    With ``ids`` an error refuses only those documents, one by one, as a validator of a collection would.
    """

    mode: Mode
    commands: list[str] = field(default_factory=list)
    times: int | None = None
    delay_ms: float = 0
    code: int = 10107
    message: str = "ordered by a test"
    labels: list[str] = field(default_factory=list)
    ids: list[Any] = field(default_factory=list)
    met: int = 0

    @classmethod
    def ordered(cls, order: Document) -> Self:
        """Read a fault from a document.

        Raises:
            CommandError: It has an unknown mode or field.
        """
        if order.get("mode") not in MODES or not set(order) <= set(cls.__dataclass_fields__):
            raise CommandError(9, f"not a fault: {order}, modes: {MODES}")
        return cls(**order)

    def concerns(self, command: str) -> bool:
        """Tell whether the command meets this fault now."""
        if self.times is not None and self.met >= self.times:
            return False
        return command in self.commands or (not self.commands and command not in _SPARED)

    def error(self) -> CommandError:
        """Return the error it answers with."""
        labels = {"errorLabels": self.labels} if self.labels else {}
        return CommandError(self.code, self.message, **labels)


class Faults:
    """The faults ordered so far; the first that concerns a command is the one it meets."""

    def __init__(self, faults: Iterable[Fault] = ()) -> None:
        self._faults = list(faults)

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read a JSON list of faults."""
        return cls(Fault.ordered(order) for order in json.loads(path.read_text()))

    def order(self, fault: Fault) -> None:
        """Add a fault behind the others."""
        self._faults.append(fault)

    def clear(self) -> None:
        """Let everything go well again."""
        self._faults.clear()

    def listed(self) -> list[Document]:
        """Return the faults as documents, with how often each was met."""
        return [
            {"mode": one.mode, "commands": one.commands, "times": one.times, "met": one.met}
            for one in self._faults
        ]

    def meet(self, command: str) -> Fault | None:
        """Return the fault this command meets, and count it."""
        for fault in self._faults:
            if not fault.ids and fault.concerns(command):
                fault.met += 1
                return fault
        return None

    def refuse_poison(self, command: str, document_id: Any) -> None:
        """Refuse a document that a fault names.

        Raises:
            CommandError: The one of the fault.
        """
        for fault in self._faults:
            if fault.ids and fault.concerns(command) and key(document_id) in map(key, fault.ids):
                fault.met += 1
                raise fault.error()
