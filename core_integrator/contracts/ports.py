"""What the hub asks of its stores.  The port is the contract, exceptions included."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, Literal, Protocol, TypeVar

Row = TypeVar("Row")
MemoryMode = Literal["primary", "journal", "catching_up", "down"]
# Where an acknowledged write is: on this host's disk, or in the primary store above it as well.
Durability = Literal["journal", "primary"]


@dataclass(frozen=True, slots=True)
class Interaction:
    """One acknowledged exchange between a user and a module.

    ``request`` and ``response`` are JSON texts (UTF-8) exactly as they are shown in the history.
    """

    id: str
    user_id: str
    module: str
    intent: str
    created_at: datetime
    request: str
    response: str


@dataclass(frozen=True, slots=True)
class Generation:
    """Something a module had an external generator make, under our own id."""

    id: str
    user_id: str
    module: str
    created_at: datetime
    provider_generation_id: str
    # Small JSON facts the module wants back (the order, its style), never the artifact itself.
    payload: dict[str, Any] = field(default_factory=dict)
    # The remembered exchange it was made in; none if that is not remembered.
    interaction_id: str | None = None


@dataclass(frozen=True, slots=True)
class Feedback:
    """One verdict of a user on a generation; appended, never changed."""

    id: str
    generation_id: str
    user_id: str
    created_at: datetime
    score: int
    command: str | None = None
    rating: int | None = None
    comment: str | None = None


@dataclass(frozen=True, slots=True)
class Record:
    """A row that a module keeps for a user: a JSON text under an id of the module's choice."""

    id: str
    payload: str


@dataclass(frozen=True, slots=True)
class Shelf:
    """Where a module keeps records of one kind for one user."""

    user_id: str
    module: str
    kind: str


@dataclass(frozen=True, slots=True)
class StoredAnswer:
    """An answer given before under an idempotency key."""

    status: int
    body: bytes


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to run the request under an idempotency key; ``token`` proves who holds it."""

    scope: str
    token: str


@dataclass(frozen=True, slots=True)
class Settlement:
    """The answer that ends a claim, kept for repeats until the claim's time is over."""

    claim: Claim
    answer: StoredAnswer


class ClaimRunning(Exception):
    """The key's first request is still running in a living process."""


class ClaimMismatch(Exception):
    """The key was used before with another fingerprint."""


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """Rows newest first, and the cursor of the next page (none at the end)."""

    rows: Sequence[Row]
    next_cursor: str | None


@dataclass(frozen=True, slots=True)
class MemoryState:
    """Where the memory stands, as health, diagnostics and metrics show it.

    Attributes:
        mode: Which store answers; ``catching_up`` is the primary with old changes still on their way to it.
        backlog_depth: Changes the primary store does not have yet.
        backlog_age_s: How long the oldest of them has waited.
        reason: Why the mode is not what it should be.
        mirrored: Whether there is a primary store at all.
        refused: Changes the primary store will never take; they stay in the journal.
        replayed: Changes this process brought to the primary store later than at once.
        fallbacks: How often this process had to go back to the journal.
    """

    mode: MemoryMode
    backlog_depth: int = 0
    backlog_age_s: float = 0.0
    reason: str | None = None
    mirrored: bool = False
    refused: int = 0
    replayed: int = 0
    fallbacks: int = 0


class MemoryStore(Protocol):
    """Remembers exchanges, generations and feedback; the owner is part of every question.

    Every method raises ``StorageUnavailable`` when the store cannot answer in bounded time.  A method
    that returned has made its write durable: it survives ``kill -9`` and a power cut.  A caller that
    is cancelled does not undo a write already handed over.
    """

    async def remember(
        self,
        interaction: Interaction | None,
        *,
        generation: Generation | None = None,
        settlement: Settlement | None = None,
    ) -> Durability:
        """Store an exchange, its generation and the end of its claim in one transaction; all or nothing.

        Returns where it is by now.  Repeating it with the same ids changes nothing.  A settlement whose claim
        is no longer held by its token is dropped silently, with the rest stored.

        Raises:
            ValueError: A text or payload is not JSON; nothing was stored.
        """
        ...

    async def context(self, user_id: str, *, limit: int) -> Sequence[Interaction]:
        """Return the user's newest exchanges over all modules, newest first."""
        ...

    async def newest_of_each_module(
        self, user_id: str, *, per_module: int, module: str | None = None
    ) -> Sequence[Interaction]:
        """Return the user's newest exchanges of each module (or of one), newest first over all."""
        ...

    async def history(
        self, user_id: str, *, module: str | None = None, limit: int, cursor: str | None = None
    ) -> Page[Interaction]:
        """Return one page of the user's exchanges, newest first.

        Raises:
            InvalidArgument: The cursor is not one this store handed out.
        """
        ...

    async def generation(self, generation_id: str, *, user_id: str) -> Generation | None:
        """Return the user's generation; none if it is unknown or another's."""
        ...

    async def generation_by_capability(self, generation_id: str) -> Generation | None:
        """Return a generation to whoever knows its unguessable id (open mode's media URLs only)."""
        ...

    async def generations(
        self, user_id: str, *, module: str, limit: int, cursor: str | None = None
    ) -> Page[Generation]:
        """Return one page of the user's generations of a module, newest first.

        Raises:
            InvalidArgument: The cursor is not one this store handed out.
        """
        ...

    async def drop_generation(self, generation_id: str, *, user_id: str) -> bool:
        """Forget the user's generation with its feedback; false if there was none."""
        ...

    async def keep(self, shelf: Shelf, records: Sequence[Record]) -> None:
        """Store records in one transaction; one whose id is there gets the new payload and keeps its place.

        Raises:
            ValueError: A payload is not JSON; nothing was stored.
        """
        ...

    async def records(self, shelf: Shelf, *, prefix: str = "") -> Sequence[Record]:
        """Return the records whose id begins with ``prefix``, in the order they were first stored."""
        ...

    async def scores(self, generation_ids: Sequence[str]) -> Mapping[str, int]:
        """Return the sum of the verdicts on each generation; those nobody judged are left out."""
        ...

    async def add_feedback(self, feedback: Feedback) -> int:
        """Append a verdict (idempotent by its id) and return the sum of the generation's scores.

        Raises:
            NotFound: The user has no such generation.
        """
        ...

    async def mark_forwarded(self, feedback_id: str) -> None:
        """Note that the verdict reached the generator."""
        ...

    async def give_up_forwarding(self, feedback_id: str) -> None:
        """Note that the verdict will never reach a generator: it was refused, or nobody takes it."""
        ...

    async def waiting_feedback(
        self, *, before: datetime, limit: int
    ) -> Sequence[tuple[Feedback, Generation]]:
        """Return the oldest verdicts of anybody, given before a moment, that no generator knows of yet."""
        ...

    async def erase(self, user_id: str) -> bool:
        """Forget everything of a user, answers kept under idempotency keys included.

        Returns whether it is gone everywhere; what is not reached now is erased as soon as it is, and is
        shown to nobody from here on.  What the user does afterwards is remembered again.
        """
        ...

    async def claim(
        self, scope: str, *, user_id: str, fingerprint: bytes, now: datetime, expires_at: datetime
    ) -> Claim | StoredAnswer:
        """Take the right to run the request under an idempotency key, or get the answer given before.

        Of any number of simultaneous callers, in any process, one gets the claim.  A claim whose process died
        may be taken over; a key past its ``expires_at`` (by ``now``) is free again.

        Raises:
            ClaimRunning: A living process holds the claim.
            ClaimMismatch: The key was used with another fingerprint.
        """
        ...

    async def release(self, claim: Claim) -> None:
        """Give a claim back unsettled, so that the same key may be tried again."""
        ...

    async def check(self) -> None:
        """Prove that the store can be written and read now."""
        ...

    def state(self) -> MemoryState:
        """Return where the store stands; never waits."""
        ...
