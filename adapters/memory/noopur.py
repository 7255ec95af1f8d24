"""Noopur beside a memory: what it holds of a user's own texts completes what is remembered.

Only the newest exchanges are completed, never the pages behind a cursor, so that cursors stay what they are.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from adapters.memory.completion import merged, restored, unshown
from adapters.memory.documents import place
from adapters.memory.noopur_texts import NoopurTexts
from adapters.memory.teller import Teller
from adapters.memory.untold import MODULE
from bridges.noopur import NoopurBridgeClient
from core_integrator.contracts.agent import Health
from core_integrator.contracts.ports import Generation, Interaction, MemoryStore

# So many of a user's newest texts are looked for.
KNOWN = 50


class MemoryBesideNoopur:
    """Any memory, its newest exchanges completed; every other operation is the memory's own."""

    def __init__(
        self,
        store: MemoryStore,
        bridge: NoopurBridgeClient,
        texts: NoopurTexts,
        teller: Teller | None,
        *,
        kept_since: Callable[[], datetime],
    ) -> None:
        self._store = store
        self._bridge = bridge
        self._texts = texts
        self._teller = teller
        self._kept_since = kept_since

    def __getattr__(self, operation: str) -> Any:
        """Return the memory's own operation."""
        return getattr(self._store, operation)

    async def context(self, user_id: str, *, limit: int) -> Sequence[Interaction]:
        """Return the user's newest exchanges over all modules, newest first."""
        made = await self._made(user_id)
        rows = await self._store.context(user_id, limit=limit)
        return await self._completed(made, rows, limit)

    async def newest_of_each_module(
        self, user_id: str, *, per_module: int, module: str | None = None
    ) -> Sequence[Interaction]:
        """Return the user's newest exchanges of each module (or of one), newest first over all."""
        made = await self._made(user_id) if module in {None, MODULE} else []
        rows = await self._store.newest_of_each_module(user_id, per_module=per_module, module=module)
        own = [row for row in rows if row.module == MODULE]
        completed = await self._completed(made, own, per_module)
        if completed is own:
            return rows
        others = [row for row in rows if row.module != MODULE]
        return sorted([*others, *completed], key=place, reverse=True)

    def health(self) -> Mapping[str, Health]:
        """Return how Noopur is doing, and how many verdicts wait for it."""
        seen = self._bridge.health()
        waiting = self._teller.waiting if self._teller else 0
        refused = self._teller.refused if self._teller else 0
        details = {
            **seen.details,
            "is_told": self._teller is not None,
            "feedback_waiting": waiting,
            "feedback_refused": refused,
        }
        return {self._bridge.service: Health(seen.status, seen.reason, details)}

    async def _made(self, user_id: str) -> Sequence[Generation]:
        """Return the user's newest texts; read before the exchanges, so that one made meanwhile is no gap."""
        page = await self._store.generations(user_id, module=MODULE, limit=KNOWN)
        # What is forgotten for its age must not come back through the side door.
        since = self._kept_since()
        return [one for one in page.rows if one.created_at >= since]

    async def _completed(
        self, made: Sequence[Generation], rows: Sequence[Interaction], limit: int
    ) -> Sequence[Interaction]:
        """Return the rows with what Noopur holds between them; most often nothing is missing, nor asked."""
        missing = unshown(made, rows, limit=limit)
        if not missing:
            return rows
        known = frozenset(one.provider_generation_id for one in made)
        texts = await self._texts.of(missing[0].user_id, known)
        held = [
            (one, texts[one.provider_generation_id]) for one in missing if one.provider_generation_id in texts
        ]
        found = [restored(one, text, self._bridge.service) for one, text in held]
        return merged(rows, [row for row in found if row is not None], limit=limit)
