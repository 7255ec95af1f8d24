"""The bridge to Noopur, which speaks CreatorCore's wire: it is read and told verdicts, nothing is ordered."""

import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Annotated

from pydantic import Field, RootModel

from bridges.client import BridgeClient
from bridges.creatorcore import Done, TextVerdict, Wire
from bridges.troubles import Troubles
from config import NoopurSettings
from core_integrator.contracts.agent import Health
from core_integrator.contracts.errors import BreakerOpen, BridgeError, BridgeRefusal, BridgeUnavailable
from core_integrator.contracts.events import Track

# The hub's own key is wrong: nothing was said about what was sent.
NOT_LET_IN = frozenset({401, 403})


class HeldText(Wire):
    """A text of anybody's that Noopur holds; some services count their texts, others name them."""

    id: Annotated[str, Field(default=..., min_length=1, max_length=128, coerce_numbers_to_str=True)]
    text: str = Field(default=..., max_length=200_000)


class HeldTexts(RootModel[list[HeldText]]):
    """The answer of ``GET /history``, newest first."""


class NoopurBridgeClient(BridgeClient):
    """Reads texts from Noopur and tells it what users think of them.

    A pause it asks for (429) is kept, operation by operation, because its limits are.
    """

    service = "noopur"
    health_path = "/system/health"

    def __init__(
        self, settings: NoopurSettings, *, track: Track, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        super().__init__(settings, track=track)
        self._monotonic = monotonic
        self._silent_until_s: dict[str, float] = {}
        self.troubles = Troubles(monotonic)

    async def history(self, owner: str, *, limit: int) -> list[HeldText]:
        """Return the newest texts; those of ``owner`` alone if the service knows owners, anybody's if not.

        Raises:
            BridgeError: The service failed; the subclass says how.
        """
        with self._heeding("history"):
            path = f"/history?limit={limit}&owner={owner}"
            return (await self.get(path, HeldTexts, operation="history")).root

    async def rate(self, verdict: TextVerdict, *, key: str) -> None:
        """Tell the service what a user thinks of a text; ``key`` names the verdict, however often it is told.

        Raises:
            BreakerOpen: It was not asked.
            BridgeRefusal: It will never take this verdict, unless it did not let the hub in.
            BridgeError: Whether it took it is unknown.
        """
        with self._heeding("feedback"):
            headers = {"X-Request-ID": key}
            await self.post("/feedback", verdict, Done, operation="feedback", key=key, headers=headers)

    def health(self) -> Health:
        """Return what the heartbeat and real traffic last saw; never waits."""
        seen = super().health()
        reason = seen.reason or self._pause() or self.troubles.reason()
        return Health("healthy" if reason is None else "degraded", reason, seen.details)

    @contextmanager
    def _heeding(self, operation: str) -> Generator[None, None, None]:
        """Ask nothing during a pause that was asked for, and take note of what comes of asking."""
        left_s = self._silent_for_s(operation)
        if left_s > 0:
            raise BreakerOpen(f"{self.service} asked for a pause", retry_after_s=left_s)
        try:
            yield
        except BreakerOpen:
            raise
        except BridgeError as error:
            self._note(operation, error)
            raise
        self.troubles.clear(operation)

    def _silent_for_s(self, operation: str) -> float:
        return self._silent_until_s.get(operation, 0.0) - self._monotonic()

    def _pause(self) -> str | None:
        paused = [operation for operation in self._silent_until_s if self._silent_for_s(operation) > 0]
        return f"{paused[0]}: {self.service} asked for a pause" if paused else None

    def _note(self, operation: str, error: BridgeError) -> None:
        if isinstance(error, BridgeUnavailable) and error.retry_after_s:
            self._silent_until_s[operation] = self._monotonic() + error.retry_after_s
        if operation == "feedback" and isinstance(error, BridgeRefusal) and error.status not in NOT_LET_IN:
            # Said of the verdict, not of the service.
            self.troubles.clear(operation)
        else:
            self.troubles.note(operation, f"{operation}: {error.message}")
