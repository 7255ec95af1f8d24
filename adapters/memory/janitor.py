"""Forgets what need not be kept, off every request's path; one process of all that share a file."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import structlog

from adapters.memory.journal import Journal
from adapters.memory.primary import Primary, PrimaryDown
from adapters.memory.pruning import Plan
from adapters.sqlite.locks import Lease
from config import Retention
from core_integrator.contracts.errors import StorageUnavailable

log = structlog.get_logger("adapters.memory")

TIDY_EVERY_S = 60.0
_DELETED_AT_ONCE = 200
# Between two steps others get their turn.
_PAUSE_S = 0.05


class Janitor:
    """Keeps to a retention rule, in the journal and in the primary store above it."""

    def __init__(
        self,
        journal: Journal,
        retention: Retention,
        *,
        lease: Path,
        primary: Primary | None = None,
        usable: Callable[[], bool] = lambda: True,
    ) -> None:
        self._journal = journal
        self._retention = retention
        self._lease = Lease(lease)
        self._primary = primary
        self._usable = usable
        self._after = 0

    async def run(self, every_s: float) -> None:
        """Tidy up for ever; what fails is tried again the next time."""
        while True:
            try:
                await self.tidy()
            except (StorageUnavailable, PrimaryDown) as error:
                log.warning("memory.tidying_waits", reason=str(error))
            await asyncio.sleep(every_s)

    async def tidy(self) -> None:
        """Forget what is due now.

        Raises:
            StorageUnavailable: The journal cannot be used; the rest is forgotten the next time.
            PrimaryDown: The primary store cannot be used; as above.
        """
        if not self._usable() or not self._lease.held():
            return
        pruned, more = 0, True
        while more:
            plan = await self._journal.plan_pruning(self._retention, after=self._after)
            if self._primary is not None:
                await self._primary.prune(plan)
            await self._carry_out(plan)
            pruned += len(plan.seqs)
            self._after, more = plan.upto, plan.more
            await asyncio.sleep(_PAUSE_S)
        if pruned:
            log.info("memory.tidied", exchanges=pruned)

    def close(self) -> None:
        """Let another process tidy up."""
        self._lease.release()

    async def _carry_out(self, plan: Plan) -> None:
        for part in _parts(plan.seqs):
            await self._journal.prune(part)


def _parts(seqs: Sequence[int]) -> Sequence[Sequence[int]]:
    return [seqs[at : at + _DELETED_AT_ONCE] for at in range(0, len(seqs), _DELETED_AT_ONCE)]


@asynccontextmanager
async def open_janitor(janitor: Janitor, *, every_s: float) -> AsyncGenerator[None, None]:
    """Let a janitor work meanwhile."""
    running = asyncio.create_task(janitor.run(every_s), name="memory-janitor")
    try:
        yield
    finally:
        running.cancel()
        janitor.close()
