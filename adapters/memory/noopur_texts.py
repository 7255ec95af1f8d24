"""What Noopur holds of a user's texts: asked in the background, waited for briefly, kept for a moment."""

import asyncio
import time
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

import structlog

from bridges.creatorcore import owner_of
from bridges.noopur import NoopurBridgeClient
from core_integrator.contracts.errors import BridgeError

log = structlog.get_logger("adapters.memory")

ASKED_FOR = 100
BUDGET_S = 1.0
FRESH_S = 2.0
# After a failure nobody asks for so long, doubled from failure to failure.
FIRST_PAUSE_S, LONGEST_PAUSE_S = 1.0, 30.0
MOST_USERS = 1_000
NOTHING: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class _Kept:
    texts: Mapping[str, str]
    until_s: float


@dataclass(eq=False, slots=True)
class _Question:
    task: asyncio.Task[Mapping[str, str]]
    waited_for_until_s: float


class NoopurTexts:
    """Texts by the ids Noopur knows them under; nothing when it does not say in time."""

    def __init__(self, bridge: NoopurBridgeClient, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._bridge = bridge
        self._monotonic = monotonic
        self._kept: dict[str, _Kept] = {}
        self._asking: dict[str, _Question] = {}
        self._asks_again_at_s = 0.0
        self._pause_s = FIRST_PAUSE_S

    async def of(self, user_id: str, known: frozenset[str]) -> Mapping[str, str]:
        """Return those of the ``known`` texts that Noopur holds, within a second.  Never raises."""
        kept = self._kept.get(user_id)
        if kept is not None and self._monotonic() < kept.until_s:
            return kept.texts
        question = self._asking.get(user_id)
        if question is None:
            if self._monotonic() < self._asks_again_at_s:
                return NOTHING
            question = self._ask(user_id, known)
        return await self._answer(question)

    def close(self) -> None:
        """Wait for no answer any more."""
        for question in self._asking.values():
            question.task.cancel()

    def _ask(self, user_id: str, known: frozenset[str]) -> _Question:
        task = asyncio.create_task(self._fetch(user_id, known), name="noopur-history")
        question = self._asking[user_id] = _Question(task, self._monotonic() + BUDGET_S)
        task.add_done_callback(lambda _: self._asking.pop(user_id, None))
        return question

    async def _answer(self, question: _Question) -> Mapping[str, str]:
        left_s = question.waited_for_until_s - self._monotonic()
        if left_s > 0:
            done, _ = await asyncio.wait({question.task}, timeout=left_s)
            if done:
                return question.task.result()
            self._late()
        return NOTHING

    async def _fetch(self, user_id: str, known: frozenset[str]) -> Mapping[str, str]:
        asked_at_s = self._monotonic()
        try:
            held = await self._bridge.history(owner_of(user_id), limit=ASKED_FOR)
        except BridgeError as error:
            log.info("noopur.not_read", code=error.code, reason=error.message)
            self._back_off()
            return NOTHING
        if self._monotonic() - asked_at_s <= BUDGET_S:
            self._pause_s = FIRST_PAUSE_S
            self._bridge.troubles.clear("reading")
        # The others' are let go of here: whatever the service answers, they are seen by nobody.
        texts = {one.id: one.text for one in held if one.id in known}
        self._keep(user_id, texts)
        return texts

    def _late(self) -> None:
        # Everybody who waited says so; it is one delay.
        if self._monotonic() >= self._asks_again_at_s:
            self._bridge.troubles.note("reading", f"noopur takes longer than {BUDGET_S:g} s to answer")
            self._back_off()

    def _back_off(self) -> None:
        self._asks_again_at_s = self._monotonic() + self._pause_s
        self._pause_s = min(LONGEST_PAUSE_S, self._pause_s * 2)

    def _keep(self, user_id: str, texts: Mapping[str, str]) -> None:
        now_s = self._monotonic()
        if len(self._kept) >= MOST_USERS:
            young = {whose: kept for whose, kept in self._kept.items() if now_s < kept.until_s}
            self._kept = young if len(young) < MOST_USERS else {}
        self._kept[user_id] = _Kept(texts, now_s + FRESH_S)


@asynccontextmanager
async def open_noopur_texts(bridge: NoopurBridgeClient) -> AsyncGenerator[NoopurTexts, None]:
    """Read from Noopur; at the end wait for no answer any more."""
    texts = NoopurTexts(bridge)
    try:
        yield texts
    finally:
        texts.close()
