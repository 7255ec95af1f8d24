"""Users who write, repeat under the same key until they are answered, and look for what they wrote."""

import asyncio
import itertools
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import httpx

from tests.soak.ledger import Ledger

PATIENCE_S = 60.0
# Refusals that say themselves that the same request may be sent again.
PASSING = {"in_progress", "storage_unavailable"}


class GaveUp(Exception):
    """A request was refused for good, or for longer than anybody waits; the ledger knows."""


class User:
    """Writes one text after the other; the next only when the last was seen."""

    def __init__(
        self, name: str, client: httpx.AsyncClient, ledger: Ledger, explains: Callable[[], bool]
    ) -> None:
        self._name = name
        self._client = client
        self._ledger = ledger
        self._explains = explains

    async def live(self, ending: asyncio.Event, *, pause_s: float) -> None:
        """Write and read until the end."""
        for number in itertools.count():
            if ending.is_set():
                return
            with suppress(GaveUp):
                await self._write(f"{self._name} {number}")
            await asyncio.sleep(pause_s)

    async def history(self) -> list[tuple[str, str]]:
        """Return all that is shown to the user, page by page."""
        texts: list[str] = []
        url: str | None = f"/get-history?user_id={self._name}&limit=200"
        while url:
            page = await self._until_answered("GET", url)
            texts += self._ledger.sees(self._name, page.json(), "history")
            url = page.links.get("next", {}).get("url")
        return [(self._name, text) for text in texts]

    async def _write(self, text: str) -> None:
        body = {"module": "sample_text", "intent": "generate", "user_id": self._name, "data": {"text": text}}
        headers = {"Idempotency-Key": text.replace(" ", "-")}
        answer = await self._until_answered("POST", "/core", json=body, headers=headers)
        self._ledger.acknowledged[text] = self._name
        self._ledger.counts["writes acknowledged"] += 1
        self._ledger.counts["answered by a repeat"] += "idempotency-replayed" in answer.headers
        self._ledger.counts["acknowledged by the journal alone"] += (
            answer.headers.get("x-memory-durability") == "journal"
        )
        shown = await self._until_answered("GET", f"/get-context?user_id={self._name}")
        self._ledger.counts["writes read back"] += 1
        if text not in self._ledger.sees(self._name, shown.json(), "context"):
            self._ledger.unread.append(text)

    async def _until_answered(self, method: str, url: str, **wanted: Any) -> httpx.Response:
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline:
            try:
                answer = await self._client.request(method, url, **wanted)
                if answer.is_success:
                    return answer
                why = f"{answer.status_code} {answer.text[:200]}"
                if answer.json()["result"]["error"]["code"] not in PASSING:
                    break
            except httpx.TransportError as error:
                why = f"{type(error).__name__} {error}"
            if not self._explains():
                self._ledger.failed_without_reason.append(f"{method} {url}: {why}")
            self._ledger.counts["tried again"] += 1
            await asyncio.sleep(0.1)
        self._ledger.failed_without_reason.append(f"{method} {url}, given up: {why}")
        raise GaveUp(url)
