"""What one call may ask of the memory: its own user's things, of its own module."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from core_integrator.contracts.agent import FeedbackReceipt
from core_integrator.contracts.errors import NotFound
from core_integrator.contracts.feedback import Verdict
from core_integrator.contracts.ports import Generation, Interaction, MemoryStore, Page, Record, Shelf


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

    async def history(self, *, limit: int, cursor: str | None = None) -> Page[Interaction]:
        """Return one page of the user's exchanges with this module, newest first."""
        return await self._memory.history(self._user_id, module=self._module, limit=limit, cursor=cursor)

    async def keep(self, kind: str, records: Sequence[Record]) -> None:
        """Keep rows for this user, all or none; one whose id is there already gets the new payload."""
        await self._memory.keep(self._shelf(kind), records)

    async def records(self, kind: str, *, prefix: str = "") -> Sequence[Record]:
        """Return this user's rows of a kind whose id begins with ``prefix``, as they were first stored."""
        return await self._memory.records(self._shelf(kind), prefix=prefix)

    async def record(self, kind: str, record_id: str) -> Record:
        """Return one row of this user.

        Raises:
            NotFound: It is unknown, another user's or another module's.
        """
        found = await self._memory.records(self._shelf(kind), prefix=record_id)
        for record in found:
            if record.id == record_id:
                return record
        raise NotFound(kind)

    async def scores(self, generation_ids: Sequence[str]) -> Mapping[str, int]:
        """Return the sum of the verdicts on each of this user's generations; 0 where nobody judged."""
        sums = await self._memory.scores(generation_ids)
        return {generation_id: sums.get(generation_id, 0) for generation_id in generation_ids}

    async def rate(self, verdict: Verdict) -> FeedbackReceipt:
        """Store a verdict on a generation of this user and pass it on to its module."""
        return await self._desk.give(
            verdict, user_id=self._user_id, key=self._key, request_id=self._request_id
        )

    def _shelf(self, kind: str) -> Shelf:
        return Shelf(self._user_id, self._module, kind)
