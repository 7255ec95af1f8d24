"""What one call may ask of the memory: its own user's things, of its own module."""

from collections.abc import Sequence
from typing import Protocol

from core_integrator.contracts.agent import FeedbackReceipt
from core_integrator.contracts.errors import NotFound
from core_integrator.contracts.feedback import Verdict
from core_integrator.contracts.ports import Generation, Interaction, MemoryStore, Page


class TakesFeedback(Protocol):
    """Where verdicts are handed in."""

    async def give(self, verdict: Verdict, *, user_id: str, key: str, request_id: str) -> FeedbackReceipt:
        """Store a verdict and pass it on; under the same ``key`` it counts once."""
        ...


class OwnMemory:
    """The memory, narrowed to one user and one module."""

    def __init__(
        self,
        memory: MemoryStore,
        desk: TakesFeedback,
        *,
        module: str,
        user_id: str,
        key: str,
        request_id: str,
    ) -> None:
        self._memory = memory
        self._desk = desk
        self._module = module
        self._user_id = user_id
        self._key = key
        self._request_id = request_id

    async def recent(self, limit: int) -> Sequence[Interaction]:
        """Return the user's newest exchanges with any module, newest first."""
        return await self._memory.context(self._user_id, limit=limit)

    async def generation(self, generation_id: str) -> Generation:
        """Return a generation this module made for this user.

        Raises:
            NotFound: It is unknown, another user's or another module's.
        """
        found = await self._memory.generation(generation_id, user_id=self._user_id)
        if found is None or found.module != self._module:
            raise NotFound("generation")
        return found

    async def generations(self, *, limit: int, cursor: str | None = None) -> Page[Generation]:
        """Return one page of what this module made for this user, newest first."""
        return await self._memory.generations(self._user_id, module=self._module, limit=limit, cursor=cursor)

    async def forget(self, generation_id: str) -> None:
        """Forget a generation of this user, with its feedback."""
        await self._memory.drop_generation(generation_id, user_id=self._user_id)

    async def rate(self, verdict: Verdict) -> FeedbackReceipt:
        """Store a verdict on a generation of this user and pass it on to its module."""
        return await self._desk.give(
            verdict, user_id=self._user_id, key=self._key, request_id=self._request_id
        )
