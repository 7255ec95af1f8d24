"""What the memory asks of its primary store, and how that says no."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from adapters.memory.changes import Change
from core_integrator.contracts.ports import Generation, Interaction, Page, Record, Shelf


class PrimaryDown(Exception):
    """The store did not answer, or not in time; whether a step was done is unknown."""


@dataclass(frozen=True, slots=True)
class Poison:
    """A step that the store will never take, and its code."""

    change: Change
    code: int


class Primary(Protocol):
    """Takes steps and answers questions about users.

    Every call ends within its deadline, and raises ``PrimaryDown`` when the store cannot be asked.
    """

    async def prepare(self) -> None:
        """Make the indexes; those that are there stay."""
        ...

    async def ping(self) -> None:
        """Ask for a sign of life."""
        ...

    async def apply(self, changes: Sequence[Change]) -> Sequence[Poison]:
        """Do the steps in their order; return those that are refused for good.

        After ``PrimaryDown`` some may not be done: do them all again.
        """
        ...

    async def history(
        self, user_id: str, *, module: str | None, limit: int, cursor: str | None
    ) -> Page[Interaction]:
        """Return one page of the user's exchanges, newest first."""
        ...

    async def newest_of_each_module(self, user_id: str, *, per_module: int) -> Sequence[Interaction]:
        """Return the user's newest exchanges of each module, newest first over all."""
        ...

    async def generation(self, generation_id: str, *, user_id: str | None) -> Generation | None:
        """Return a generation, of this user unless none is given."""
        ...

    async def generations(
        self, user_id: str, *, module: str, limit: int, cursor: str | None
    ) -> Page[Generation]:
        """Return one page of the user's generations of a module, newest first."""
        ...

    async def records(self, shelf: Shelf, *, prefix: str) -> Sequence[tuple[int, Record]]:
        """Return the shelf's records with the moment (µs) each was first kept, in that order."""
        ...

    async def scores(self, generation_ids: Sequence[str]) -> Mapping[str, Mapping[str, int]]:
        """Return the verdicts' scores by their ids, by generation."""
        ...
