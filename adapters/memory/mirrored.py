"""MongoDB above, the journal beneath: one memory with one visible state.

A write is durable in the journal before anything else, and in MongoDB too while that answers; what MongoDB
misses waits and is replayed in its order.  Reads prefer MongoDB and are completed by what still waits; they
look at what waits first, since what stops waiting in between is found in MongoDB.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import TypeVar

from adapters.memory.changes import (
    AddFeedback,
    AddGeneration,
    AddInteraction,
    Change,
    DropGeneration,
    EraseUser,
    PutRecord,
)
from adapters.memory.courier import Courier, Line
from adapters.memory.documents import place
from adapters.memory.journal import Journal
from adapters.memory.paging import completed
from adapters.memory.primary import Primary, PrimaryDown
from adapters.memory.replay import Replayer
from core_integrator.contracts.errors import NotFound
from core_integrator.contracts.ports import (
    Claim,
    Durability,
    Feedback,
    Generation,
    Interaction,
    MemoryState,
    Page,
    Record,
    Settlement,
    Shelf,
    StoredAnswer,
)

T = TypeVar("T")
# More records than this are left to the replay: a user's whole ledger is no reason for others to wait.
CARRIED_RECORDS = 500


class MirroredMemory:
    """Remembers in the journal and in MongoDB; see :class:`MemoryStore` for every promise."""

    def __init__(
        self,
        journal: Journal,
        primary: Primary,
        courier: Courier,
        line: Line,
        replayer: Replayer,
    ) -> None:
        self._journal = journal
        self._primary = primary
        self._courier = courier
        self._line = line
        self._replayer = replayer

    async def remember(
        self,
        interaction: Interaction | None,
        *,
        generation: Generation | None = None,
        settlement: Settlement | None = None,
    ) -> Durability:
        """Store an exchange, its generation and the end of its claim in one transaction; all or nothing.

        Raises:
            ValueError: A text is not JSON; nothing was stored.
        """
        exchange, made = await self._journal.remember_new(interaction, generation, settlement)
        if self._line.state == "open":
            # The journal has noted that it waits; the commonest write pays for no more.
            return "journal"
        added: list[Change] = [] if made is None else [AddGeneration(made)]
        if exchange is not None:
            added.append(AddInteraction(exchange))
        return "primary" if added and await self._carry(added) else "journal"

    async def context(self, user_id: str, *, limit: int) -> Sequence[Interaction]:
        """Return the user's newest exchanges over all modules, newest first."""
        return (await self.history(user_id, limit=limit)).rows

    async def newest_of_each_module(
        self, user_id: str, *, per_module: int, module: str | None = None
    ) -> Sequence[Interaction]:
        """Return the user's newest exchanges of each module (or of one), newest first over all."""
        if module is not None:
            return (await self.history(user_id, module=module, limit=per_module)).rows

        async def ask() -> Sequence[Interaction]:
            waits = await self._journal.waits_for(user_id)
            found = await self._primary.newest_of_each_module(user_id, per_module=per_module)
            if "interaction" not in waits:
                return found
            own = await self._journal.newest_of_each_module(user_id, per_module=per_module)
            modules = {row.module for row in (*found, *own)}
            pages = [await self.history(user_id, module=name, limit=per_module) for name in modules]
            return sorted((row for page in pages for row in page.rows), key=place, reverse=True)

        return await self._read(
            user_id, ask, lambda: self._journal.newest_of_each_module(user_id, per_module=per_module)
        )

    async def history(
        self, user_id: str, *, module: str | None = None, limit: int, cursor: str | None = None
    ) -> Page[Interaction]:
        """Return one page of the user's exchanges, newest first.

        Raises:
            InvalidArgument: The cursor is not one this store handed out.
        """

        async def ask() -> Page[Interaction]:
            waiting: Sequence[Interaction] = []
            if "interaction" in await self._journal.waits_for(user_id):
                waiting = await self._journal.waiting_interactions(
                    user_id, module=module, limit=limit + 1, cursor=cursor
                )
            page = await self._primary.history(user_id, module=module, limit=limit, cursor=cursor)
            return completed(page, waiting, limit, replaced={row.id for row in waiting})

        return await self._read(
            user_id, ask, lambda: self._journal.history(user_id, module=module, limit=limit, cursor=cursor)
        )

    async def generation(self, generation_id: str, *, user_id: str) -> Generation | None:
        """Return the user's generation; none if it is unknown or another's."""

        async def ask() -> Generation | None:
            if generation_id in await self._moving(user_id):
                return await self._journal.generation(generation_id, user_id=user_id)
            return await self._primary.generation(generation_id, user_id=user_id)

        return await self._read(
            user_id, ask, lambda: self._journal.generation(generation_id, user_id=user_id)
        )

    async def generation_by_capability(self, generation_id: str) -> Generation | None:
        """Return a generation to whoever knows its unguessable id."""
        found = await self._journal.generation_by_capability(generation_id)
        if found is None and self._line.state == "closed":
            try:
                found = await self._primary.generation(generation_id, user_id=None)
            except PrimaryDown as error:
                self._line.failed(error)
        if found is None:
            return None
        return await self.generation(generation_id, user_id=found.user_id)

    async def generations(
        self, user_id: str, *, module: str, limit: int, cursor: str | None = None
    ) -> Page[Generation]:
        """Return one page of the user's generations of a module, newest first.

        Raises:
            InvalidArgument: The cursor is not one this store handed out.
        """

        async def ask() -> Page[Generation]:
            moving = await self._moving(user_id)
            waiting: Sequence[Generation] = []
            if moving:
                waiting = await self._journal.waiting_generations(
                    user_id, module=module, limit=limit + 1, cursor=cursor
                )
            page = await self._primary.generations(user_id, module=module, limit=limit, cursor=cursor)
            return completed(page, waiting, limit, replaced=moving)

        return await self._read(
            user_id,
            ask,
            lambda: self._journal.generations(user_id, module=module, limit=limit, cursor=cursor),
        )

    async def drop_generation(self, generation_id: str, *, user_id: str) -> bool:
        """Forget the user's generation with its feedback; false if there was none."""
        there = await self.generation(generation_id, user_id=user_id) is not None
        if not await self._journal.drop_generation(generation_id, user_id=user_id) and there:
            await self._journal.queue_drop(generation_id, user_id)
        if there:
            await self._carry([DropGeneration(generation_id, user_id)])
        return there

    async def keep(self, shelf: Shelf, records: Sequence[Record]) -> None:
        """Store records in one transaction; one whose id is there already gets the new payload.

        Raises:
            ValueError: A payload is not JSON; nothing was stored.
        """
        if len(records) > CARRIED_RECORDS:
            await self._journal.keep(shelf, records)
            return
        dated = await self._journal.keep_dated(shelf, records)
        await self._carry([PutRecord(shelf, record, first, changed) for first, changed, record in dated])

    async def records(self, shelf: Shelf, *, prefix: str = "") -> Sequence[Record]:
        """Return the records whose id begins with ``prefix``, in the order they were first stored."""

        async def ask() -> Sequence[Record]:
            waiting: Sequence[tuple[int, Record]] = []
            if "record" in await self._journal.waits_for(shelf.user_id):
                waiting = await self._journal.waiting_records(shelf, prefix=prefix)
            found = await self._primary.records(shelf, prefix=prefix)
            by_id = {record.id: (first_us, record) for first_us, record in found}
            for first_us, record in waiting:
                known = by_id.get(record.id)
                by_id[record.id] = (first_us if known is None else known[0], record)
            in_order = sorted(by_id.values(), key=lambda pair: (pair[0], pair[1].id))
            return [record for _, record in in_order]

        return await self._read(shelf.user_id, ask, lambda: self._journal.records(shelf, prefix=prefix))

    async def scores(self, generation_ids: Sequence[str]) -> Mapping[str, int]:
        """Return the sum of the verdicts on each generation; those nobody judged are left out."""
        own = await self._journal.scores_by_verdict(generation_ids)
        dropped, erased = await self._journal.forgotten(generation_ids)
        asked = [each for each in generation_ids if each not in dropped]
        theirs: Mapping[str, Mapping[str, int]] = {}
        if self._line.state == "closed" and asked:
            try:
                theirs = await self._primary.scores(asked, but_of=erased)
            except PrimaryDown as error:
                self._line.failed(error)
        return {
            each: sum({**theirs.get(each, {}), **own.get(each, {})}.values())
            for each in generation_ids
            if each in own or each in theirs
        }

    async def add_feedback(self, feedback: Feedback) -> int:
        """Append a verdict (idempotent by its id) and return the sum of the generation's scores.

        Raises:
            NotFound: The user has no such generation.
        """
        try:
            await self._journal.add_feedback(feedback)
        except NotFound:
            made = await self.generation(feedback.generation_id, user_id=feedback.user_id)
            if made is None:
                raise
            # Made on another host: a verdict stands beside what it judges.
            await self._journal.adopt(made)
            await self._journal.add_feedback(feedback)
        kept = await self._journal.feedback(feedback.id)
        if kept is not None:
            await self._carry([AddFeedback(kept)])
        return (await self.scores([feedback.generation_id])).get(feedback.generation_id, 0)

    async def mark_forwarded(self, feedback_id: str) -> None:
        """Note that the verdict reached the generator; MongoDB is told in its turn, behind the verdict."""
        await self._journal.mark_forwarded(feedback_id)

    async def give_up_forwarding(self, feedback_id: str) -> None:
        """Note that the verdict will never reach a generator: it was refused, or nobody takes it."""
        await self._journal.give_up_forwarding(feedback_id)

    async def waiting_feedback(
        self, *, before: datetime, limit: int
    ) -> Sequence[tuple[Feedback, Generation]]:
        """Return the oldest verdicts given on this host before a moment, that no generator knows of yet."""
        return await self._journal.waiting_feedback(before=before, limit=limit)

    async def erase(self, user_id: str) -> bool:
        """Forget everything of a user; false while MongoDB is away and has still to."""
        until_us = await self._journal.erase_until(user_id)
        # It stays in the backlog and is done once more: a write that was late on another connection goes too.
        return await self._courier.deliver([EraseUser(user_id, until_us)])

    async def claim(
        self, scope: str, *, user_id: str, fingerprint: bytes, now: datetime, expires_at: datetime
    ) -> Claim | StoredAnswer:
        """Take the right to run the request under an idempotency key, or get the answer given before.

        Raises:
            ClaimRunning: A living process holds the claim.
            ClaimMismatch: The key was used with another fingerprint.
        """
        return await self._journal.claim(
            scope, user_id=user_id, fingerprint=fingerprint, now=now, expires_at=expires_at
        )

    async def release(self, claim: Claim) -> None:
        """Give a claim back unsettled, so that the same key may be tried again."""
        await self._journal.release(claim)

    async def check(self) -> None:
        """Prove that the journal can be written and read now."""
        await self._journal.check()

    def state(self) -> MemoryState:
        """Return where the store stands: which store answers, and what still waits; never waits."""
        beneath = self._journal.state()
        if beneath.mode == "down":
            return beneath
        return self._replayer.state()

    async def _carry(self, changes: Sequence[Change]) -> bool:
        """Bring changes to MongoDB now; false if they have to wait."""
        delivered = await self._courier.deliver(changes)
        if delivered:
            self._replayer.delivered(changes)
        return delivered

    async def _moving(self, user_id: str) -> frozenset[str]:
        """Return the generations that wait to be added to MongoDB, or dropped there."""
        waits = await self._journal.waits_for(user_id)
        if waits.isdisjoint({"generation", "dropped"}):
            return frozenset()
        return await self._journal.moving_generations(user_id)

    async def _read(
        self, user_id: str, ask: Callable[[], Awaitable[T]], fall_back: Callable[[], Awaitable[T]]
    ) -> T:
        """Ask MongoDB; the journal when it is away, or when the user is being erased there."""
        if self._line.state == "closed" and "erased" not in await self._journal.waits_for(user_id):
            try:
                return await ask()
            except PrimaryDown as error:
                self._line.failed(error)
        return await fall_back()
