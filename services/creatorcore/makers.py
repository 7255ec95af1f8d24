"""What makes texts and embeddings, whatever stands behind it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from services.creatorcore.ranking import Vector
from services.creatorcore.wire import Order
from services.creatorcore.writing import Earlier


@dataclass(frozen=True, slots=True)
class Cost:
    """What something cost: an amount as its provider told it, or none when it told nothing.

    ``source`` is ``none`` for our own work, ``provider``, or ``not_reported``.
    """

    amount: str | None
    source: str


FREE = Cost("0", "none")


@dataclass(frozen=True, slots=True)
class Written:
    """A text with the facts about its making."""

    text: str
    model: str
    provider: str
    tokens_used: int | None
    cost: Cost
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Embedded:
    """A vector of length 1 (or 0, for a text without words) with the model that made it."""

    vector: Vector
    model: str
    cost: Cost


class Writer(Protocol):
    """Writes a text.  ``paid`` says that a repeat may cost, ``problem`` what stands in its way, if known."""

    paid: bool

    @property
    def problem(self) -> str | None:
        """What the last request met with."""
        ...

    @property
    def model(self) -> str:
        """The model it works with."""
        ...

    async def write(self, order: Order, earlier: Sequence[Earlier]) -> Written:
        """Write a text.

        Raises:
            ServiceError: There is none.
        """
        ...

    async def aclose(self) -> None:
        """Let go of what it holds."""
        ...


class Embedder(Protocol):
    """Turns a text into a vector."""

    @property
    def problem(self) -> str | None:
        """What the last request met with."""
        ...

    @property
    def model(self) -> str:
        """The model it works with."""
        ...

    async def embed(self, text: str) -> Embedded:
        """Return the text's vector.

        Raises:
            ServiceError: There is none.
        """
        ...

    async def aclose(self) -> None:
        """Let go of what it holds."""
        ...
