"""The memory's double: the same contract, kept in this process and gone with it."""

import asyncio
import hmac
import json
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, TypeVar

from adapters.memory.cursors import read_cursor, write_cursor
from adapters.memory.rows import payload_text
from core_integrator.contracts.clock import Clock, microseconds
from core_integrator.contracts.errors import NotFound
from core_integrator.contracts.ports import (
    Claim,
    ClaimMismatch,
    ClaimRunning,
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

Row = TypeVar("Row", Interaction, Generation)


@dataclass(frozen=True, slots=True)
class _Kept:
    claim: Claim
    user_id: str
    fingerprint: bytes
    expires_at: datetime
    answer: StoredAnswer | None = None


class InProcessMemory:
    """Remembers for tests; see :class:`MemoryStore` for every promise but durability."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._interactions: dict[str, Interaction] = {}
        self._generations: dict[str, Generation] = {}
        self._feedback: dict[str, Feedback] = {}
        self._claims: dict[str, _Kept] = {}
        self._shelves: dict[Shelf, dict[str, Record]] = {}
        self._given_up: set[str] = set()
        self.forwarded_at: dict[str, datetime] = {}

    async def remember(
        self,
        interaction: Interaction | None,
        *,
        generation: Generation | None = None,
        settlement: Settlement | None = None,
    ) -> Durability:
        """Store an exchange, its generation and the end of its claim; all or nothing.

        Raises:
            ValueError: A text is not JSON; nothing was stored.
        """
        await _others_run()
        # All that can fail comes first.
        if interaction is not None:
            _require_json(interaction.request)
            _require_json(interaction.response)
        if generation is not None:
            generation = _copied(generation)
            self._generations.setdefault(generation.id, generation)
        if interaction is not None:
            self._interactions.setdefault(interaction.id, interaction)
        self._settle(settlement)
        return "journal"

    async def context(self, user_id: str, *, limit: int) -> Sequence[Interaction]:
        """Return the user's newest exchanges over all modules, newest first."""
        return (await self.history(user_id, limit=limit)).rows

    async def newest_of_each_module(
        self, user_id: str, *, per_module: int, module: str | None = None
    ) -> Sequence[Interaction]:
        """Return the user's newest exchanges of each module (or of one), newest first over all."""
        await _others_run()
        modules = {row.module for row in self._interactions.values() if row.user_id == user_id}
        wanted = modules if module is None else modules & {module}
        newest = [_owned(self._interactions.values(), user_id, name)[:per_module] for name in wanted]
        return sorted((row for rows in newest for row in rows), key=_place, reverse=True)

    async def history(
        self, user_id: str, *, module: str | None = None, limit: int, cursor: str | None = None
    ) -> Page[Interaction]:
        """Return one page of the user's exchanges, newest first.

        Raises:
            InvalidArgument: The cursor is not one this store handed out.
        """
        await _others_run()
        return _page(_owned(self._interactions.values(), user_id, module), limit, cursor)

    async def generation(self, generation_id: str, *, user_id: str) -> Generation | None:
        """Return the user's generation; none if it is unknown or another's."""
        found = await self.generation_by_capability(generation_id)
        return found if found and found.user_id == user_id else None

    async def generation_by_capability(self, generation_id: str) -> Generation | None:
        """Return a generation to whoever knows its unguessable id."""
        await _others_run()
        found = self._generations.get(generation_id)
        return None if found is None else _copied(found)

    async def generations(
        self, user_id: str, *, module: str, limit: int, cursor: str | None = None
    ) -> Page[Generation]:
        """Return one page of the user's generations of a module, newest first.

        Raises:
            InvalidArgument: The cursor is not one this store handed out.
        """
        await _others_run()
        page = _page(_owned(self._generations.values(), user_id, module), limit, cursor)
        return Page([_copied(row) for row in page.rows], page.next_cursor)

    async def drop_generation(self, generation_id: str, *, user_id: str) -> bool:
        """Forget the user's generation with its feedback; false if there was none."""
        if await self.generation(generation_id, user_id=user_id) is None:
            return False
        del self._generations[generation_id]
        self._feedback = {
            key: given for key, given in self._feedback.items() if given.generation_id != generation_id
        }
        return True

    async def keep(self, shelf: Shelf, records: Sequence[Record]) -> None:
        """Store records; one whose id is there already gets the new payload.

        Raises:
            ValueError: A payload is not JSON; nothing was stored.
        """
        await _others_run()
        for record in records:
            _require_json(record.payload)
        self._shelves.setdefault(shelf, {}).update({record.id: record for record in records})

    async def records(self, shelf: Shelf, *, prefix: str = "") -> Sequence[Record]:
        """Return the records whose id begins with ``prefix``, in the order they were first stored."""
        await _others_run()
        return [record for record in self._shelves.get(shelf, {}).values() if record.id.startswith(prefix)]

    async def scores(self, generation_ids: Sequence[str]) -> Mapping[str, int]:
        """Return the sum of the verdicts on each generation; those nobody judged are left out."""
        await _others_run()
        sums: dict[str, int] = {}
        for given in self._feedback.values():
            if given.generation_id in generation_ids:
                sums[given.generation_id] = sums.get(given.generation_id, 0) + given.score
        return sums

    async def add_feedback(self, feedback: Feedback) -> int:
        """Append a verdict (idempotent by its id) and return the sum of the generation's scores.

        Raises:
            NotFound: The user has no such generation.
        """
        if await self.generation(feedback.generation_id, user_id=feedback.user_id) is None:
            raise NotFound("generation")
        self._feedback.setdefault(feedback.id, feedback)
        given = self._feedback.values()
        return sum(each.score for each in given if each.generation_id == feedback.generation_id)

    async def mark_forwarded(self, feedback_id: str) -> None:
        """Note that the verdict reached the generator."""
        await _others_run()
        if feedback_id in self._feedback:
            self.forwarded_at.setdefault(feedback_id, self._clock.now())

    async def give_up_forwarding(self, feedback_id: str) -> None:
        """Note that the verdict will never reach a generator: it was refused, or nobody takes it."""
        await _others_run()
        self._given_up.add(feedback_id)

    async def waiting_feedback(
        self, *, before: datetime, limit: int
    ) -> Sequence[tuple[Feedback, Generation]]:
        """Return the oldest verdicts of anybody, given before a moment, that no generator knows of yet."""
        await _others_run()
        settled = self._given_up | self.forwarded_at.keys()
        waiting = [
            (given, _copied(self._generations[given.generation_id]))
            for given in self._feedback.values()
            if given.id not in settled and given.created_at < before
        ]
        return waiting[:limit]

    async def erase(self, user_id: str) -> bool:
        """Forget everything of a user; true: nothing is left."""
        await _others_run()
        gone = {row.id for row in self._generations.values() if row.user_id == user_id}
        self._feedback = {key: row for key, row in self._feedback.items() if row.generation_id not in gone}
        self._generations = {key: row for key, row in self._generations.items() if key not in gone}
        self._interactions = {key: row for key, row in self._interactions.items() if row.user_id != user_id}
        self._shelves = {shelf: kept for shelf, kept in self._shelves.items() if shelf.user_id != user_id}
        self._claims = {
            scope: kept
            for scope, kept in self._claims.items()
            if kept.user_id != user_id or kept.answer is None
        }
        return True

    async def claim(
        self, scope: str, *, user_id: str, fingerprint: bytes, now: datetime, expires_at: datetime
    ) -> Claim | StoredAnswer:
        """Take the right to run the request under an idempotency key, or get the answer given before.

        Raises:
            ClaimRunning: The claim is held.
            ClaimMismatch: The key was used with another fingerprint.
        """
        await _others_run()
        kept = self._claims.get(scope)
        if kept is not None and kept.expires_at > now:
            if not hmac.compare_digest(kept.fingerprint, fingerprint):
                raise ClaimMismatch
            if kept.answer is None:
                raise ClaimRunning
            return kept.answer
        claim = Claim(scope, secrets.token_hex(16))
        self._claims[scope] = _Kept(claim, user_id, fingerprint, expires_at)
        return claim

    async def release(self, claim: Claim) -> None:
        """Give a claim back unsettled, so that the same key may be tried again."""
        await _others_run()
        if self._running(claim) is not None:
            del self._claims[claim.scope]

    async def check(self) -> None:
        """Prove nothing: memory of this process can always be used."""
        await _others_run()

    def state(self) -> MemoryState:
        """Return where the store stands; it is never down."""
        return MemoryState("journal")

    def _settle(self, settlement: Settlement | None) -> None:
        if settlement is None:
            return
        kept = self._running(settlement.claim)
        if kept is not None:
            self._claims[settlement.claim.scope] = replace(kept, answer=settlement.answer)

    def _running(self, claim: Claim) -> _Kept | None:
        kept = self._claims.get(claim.scope)
        return kept if kept is not None and kept.claim == claim and kept.answer is None else None


async def _others_run() -> None:
    """Let other tasks run first, as a store that does real work would."""
    await asyncio.sleep(0)


def _require_json(text: str) -> None:
    try:
        json.loads(text, parse_constant=_refuse_constant)
        text.encode()
    except (ValueError, RecursionError) as error:
        raise ValueError("a value cannot be stored: a text is not JSON, or of the wrong kind") from error


def _refuse_constant(name: str) -> None:
    raise ValueError(name)


def _copied(generation: Generation) -> Generation:
    """Return the generation with a payload of its own, as one read from a file would have."""
    payload: dict[str, Any] = json.loads(payload_text(generation.payload))
    return replace(generation, payload=payload)


def _place(row: Interaction | Generation) -> tuple[int, str]:
    return microseconds(row.created_at), row.id


def _owned(kept: Iterable[Row], user_id: str, module: str | None) -> list[Row]:
    wanted = [row for row in kept if row.user_id == user_id and module in (None, row.module)]
    return sorted(wanted, key=_place, reverse=True)


def _page(rows: list[Row], limit: int, cursor: str | None) -> Page[Row]:
    after = None if cursor is None else read_cursor(cursor)
    left = rows if after is None else [row for row in rows if _place(row) < after]
    shown = left[:limit]
    more = len(left) > limit and shown
    return Page(shown, write_cursor(*_place(shown[-1])) if more else None)
