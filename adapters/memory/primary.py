"""What the memory asks of its primary store, and how that says no."""

import time
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from adapters.memory.changes import Change
from adapters.memory.pruning import Plan
from core_integrator.contracts.events import MemoryUsed, Track
from core_integrator.contracts.ports import Generation, Interaction, Page, Record, Shelf


class PrimaryDown(Exception):
    """The store did not answer, or not in time; whether a step was done is unknown."""


@dataclass(frozen=True, slots=True)
class Poison:
    """A step that the store will never take, and its code."""

    change: Change
    code: int


@dataclass(frozen=True, slots=True)
class Erasure:
    """A user who was erased up to a moment, and when the store was told (both µs UTC)."""

    user_id: str
    until_us: int
    told_us: int


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

    async def erasures(self, *, since_us: int) -> Sequence[Erasure]:
        """Return what was erased at or after a moment (µs UTC, by the clock of the host that did it)."""
        ...

    async def prune(self, plan: Plan) -> None:
        """Delete the exchanges a plan names, here and from other hosts; those referred to stay."""
        ...

    async def scores(
        self, generation_ids: Sequence[str], *, but_of: Collection[str]
    ) -> Mapping[str, Mapping[str, int]]:
        """Return the scores of verdicts by their ids, by generation; those of some users left out."""
        ...


class TrackedPrimary:
    """A primary store with every call timed and told to telemetry, as an operation ``mongodb_…``."""

    def __init__(self, primary: Primary, track: Track) -> None:
        self._primary = primary
        self._track = track

    def __getattr__(self, operation: str) -> Callable[..., Awaitable[Any]]:
        method = getattr(self._primary, operation)

        async def run(*args: Any, **kwargs: Any) -> Any:
            started, outcome = time.perf_counter(), "success"
            try:
                return await method(*args, **kwargs)
            except PrimaryDown:
                outcome = "storage_unavailable"
                raise
            finally:
                self._track(MemoryUsed(f"mongodb_{operation}", outcome, time.perf_counter() - started))

        setattr(self, operation, run)
        return run
