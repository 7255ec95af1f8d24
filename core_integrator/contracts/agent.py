"""What a module is: an agent with intents, taking calls and giving replies."""

import inspect
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Generic, Literal, Protocol, TypeVar, runtime_checkable

from pydantic import AliasChoices, AliasPath, BaseModel, JsonValue
from pydantic.fields import FieldInfo

if TYPE_CHECKING:
    from core_integrator.contracts.feedback import Verdict
    from core_integrator.contracts.ports import Generation, Interaction, Page, Record

Payload = TypeVar("Payload", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Made:
    """Something an external generator is making for this call; the hub stores it with the exchange."""

    id: str
    provider_generation_id: str
    payload: Mapping[str, JsonValue] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reply:
    """A success: what happened in words, and the result as JSON values or a pydantic model.

    ``made`` names the generation that this call started; the user may then be told its id and rate it.
    """

    message: str
    result: Mapping[str, Any] | BaseModel = field(default_factory=dict)
    made: Made | None = None


@dataclass(frozen=True, slots=True)
class FeedbackReceipt:
    """What became of a verdict; ``new_score`` is the sum over all verdicts on the generation."""

    generation_id: str
    stored: bool
    forwarded: bool
    new_score: int


class CallMemory(Protocol):
    """What one call may ask of the memory: its own user's things, and nobody else's."""

    async def recent(self, limit: int) -> "Sequence[Interaction]":
        """Return the user's newest exchanges with any module, newest first."""
        ...

    async def generation(self, generation_id: str) -> "Generation":
        """Return a generation this module made for this user.

        Raises:
            NotFound: It is unknown, another user's or another module's.
        """
        ...

    async def generations(self, *, limit: int, cursor: str | None = None) -> "Page[Generation]":
        """Return one page of what this module made for this user, newest first."""
        ...

    async def forget(self, generation_id: str) -> None:
        """Forget a generation of this user, with its feedback."""
        ...

    async def history(self, *, limit: int, cursor: str | None = None) -> "Page[Interaction]":
        """Return one page of the user's exchanges with this module, newest first."""
        ...

    async def keep(self, kind: str, records: "Sequence[Record]") -> None:
        """Keep rows for this user, all or none; one whose id is there already gets the new payload.

        A method that returned has made them durable.  Any number may be given at once.
        """
        ...

    async def records(self, kind: str, *, prefix: str = "") -> "Sequence[Record]":
        """Return this user's rows of a kind whose id begins with ``prefix``, as they were first stored."""
        ...

    async def record(self, kind: str, record_id: str) -> "Record":
        """Return one row of this user.

        Raises:
            NotFound: It is unknown, another user's or another module's.
        """
        ...

    async def scores(self, generation_ids: "Sequence[str]") -> Mapping[str, int]:
        """Return the sum of the verdicts on each of this user's generations; 0 where nobody judged."""
        ...

    async def rate(self, verdict: "Verdict") -> FeedbackReceipt:
        """Store a verdict on a generation of this user and pass it on to its module."""
        ...


@dataclass(frozen=True, slots=True)
class Call:
    """Who asks, and what the hub lends for answering.

    ``idempotency_key`` is the same whenever the same request is repeated: send it on to generators, so that
    a repeated request never orders, or pays, twice.
    """

    module: str
    intent: str
    user_id: str
    request_id: str
    idempotency_key: str
    now: Callable[[], datetime]
    new_id: Callable[[str], str]
    memory: CallMemory
    # Turns the path of an artifact into one that may be fetched, for a while, without further proof.
    link: Callable[[str], str] = field(default=str)


Run = Callable[[Payload, Call], Awaitable[Reply] | Reply]


@dataclass(frozen=True)
class Intent(Generic[Payload]):
    """A payload model paired with the function that takes it, and what the hub shall do around it.

    Attributes:
        payload: Checks ``data`` before the function sees it.
        run: Async, or plain (then it runs in a thread).  Raises an error class of ``core_integrator``
            to say no.
        description: One sentence for ``/modules``; the function's docstring by default.
        output: Checks the result and documents it.
        examples: Payloads that work, for ``/modules`` and OpenAPI.
        private: Payload fields that are never remembered, nor among the facts of what was made.
        passing: Result fields that are told and never remembered.
        remember: Whether a success becomes part of the user's history.  Reads say no.
        timeout_s: Limit on one call; the hub's default if none.
        permission: What a caller must be allowed; ``core:read`` for what changes nothing.
        cost: What one call takes of a caller's allowance, where rates are limited.
    """

    payload: type[Payload]
    run: Run[Payload]
    description: str = ""
    output: type[BaseModel] | None = None
    examples: Sequence[Mapping[str, JsonValue]] = ()
    private: frozenset[str] = frozenset()
    passing: frozenset[str] = frozenset()
    remember: bool = True
    timeout_s: float | None = None
    permission: Literal["core:read", "core:write"] = "core:write"
    cost: int = 1

    def summary(self) -> str:
        """Return the description, or the first line of the function's docstring."""
        return self.description or (inspect.getdoc(self.run) or "").partition("\n")[0]

    def private_names(self) -> frozenset[str]:
        """Return every name under which a private field may arrive: its own, and its aliases."""
        return _private_names(self.payload, self.private)


@lru_cache(maxsize=4096)
def _private_names(payload: type[BaseModel], private: frozenset[str]) -> frozenset[str]:
    fields = payload.model_fields
    return private.union(*(_aliases(fields[name]) for name in private if name in fields))


def _aliases(field: FieldInfo) -> frozenset[str]:
    said = field.validation_alias
    choices = said.choices if isinstance(said, AliasChoices) else [field.alias, said]
    firsts = (each.path[0] if isinstance(each, AliasPath) else each for each in choices)
    return frozenset(each for each in firsts if isinstance(each, str))


class Agent(Protocol):
    """A module's face towards the hub.  ``intents`` is all that is required."""

    @property
    def intents(self) -> Mapping[str, Intent[Any]]:
        """What the module can do, by intent name."""
        ...


OpenAgent = Callable[[], Agent | AbstractAsyncContextManager[Agent]]


class RegisterAgent(Protocol):
    """How a plugin offers an agent."""

    def __call__(self, module: str, open_agent: OpenAgent) -> None:
        """Offer a module under a name.

        ``open_agent`` is called at start-up and returns the agent, or an async context manager that opens it
        and closes what it owns.
        """
        ...


@dataclass(frozen=True, slots=True)
class Health:
    """How a part is doing: passive facts, never a call made for the asking."""

    status: Literal["healthy", "degraded", "unhealthy"]
    reason: str | None = None
    details: Mapping[str, JsonValue] = field(default_factory=dict)


@runtime_checkable
class ReportsHealth(Protocol):
    """An agent that knows how the things it depends on are doing."""

    def health(self) -> Mapping[str, Health]:
        """Return the health of each dependency by name; never waits."""
        ...


@runtime_checkable
class AcceptsFeedback(Protocol):
    """An agent that passes verdicts on to the generator."""

    async def accept_feedback(self, verdict: "Verdict", generation: "Generation", call: Call) -> None:
        """Pass a verdict on.

        Raises:
            BridgeError: The generator did not take it.
        """
        ...


@dataclass(frozen=True, slots=True)
class MediaStream:
    """An artifact on its way: the HTTP status (200, 206 or 416), headers for the caller, and the bytes."""

    status: int
    headers: Mapping[str, str]
    chunks: AsyncIterator[bytes]


@runtime_checkable
class ServesMedia(Protocol):
    """An agent whose generations have artifacts to stream."""

    def media(
        self, generation: "Generation", suffix: str, *, method: str, headers: Mapping[str, str]
    ) -> AbstractAsyncContextManager[MediaStream]:
        """Open an artifact of a generation as a stream; never holds it whole.

        ``suffix`` is its kind (``mp4``, ``jpg``, ``vtt``), ``headers`` are the caller's range and condition.

        Raises:
            NotFound: There is no such artifact.
            WrongState: It is not finished.
        """
        ...
