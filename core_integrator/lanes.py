"""Each module's own lane: so many calls at once, so long each, whatever the module does."""

import asyncio
import contextvars
import inspect
import threading
from dataclasses import dataclass
from typing import Any

from core_integrator.contracts.agent import Call, Intent, Reply
from core_integrator.contracts.errors import ModuleTimeout, ModuleUnavailable


@dataclass(frozen=True, slots=True)
class LaneLimits:
    """How many calls of one module run at once, how long one waits for a place, and how long one may take."""

    concurrency: int
    queue_s: float
    call_s: float


class Lane:
    """Runs calls of one module.

    A call that exceeds its limit is answered at once; its place stays taken until the module really lets
    go, so a module that hangs can use up its own places and nobody else's.
    """

    def __init__(self, limits: LaneLimits) -> None:
        self._limits = limits
        self._places = asyncio.Semaphore(limits.concurrency)
        self._abandoned: set[asyncio.Future[Any]] = set()

    @property
    def abandoned(self) -> int:
        """How many calls were given up and still hold a place."""
        return len(self._abandoned)

    async def run(self, intent: Intent[Any], payload: Any, call: Call) -> Reply:
        """Run one call to its end or its limit.

        Raises:
            ModuleUnavailable: No place became free in time.
            ModuleTimeout: The module took too long.
        """
        await self._take_place(call.module)
        limit_s = intent.timeout_s or self._limits.call_s
        work = _start(intent, payload, call)
        work.add_done_callback(lambda _: self._places.release())
        if not await _ends(work, limit_s):
            self._abandon(work)
            raise ModuleTimeout(f"module {call.module!r} did not answer within {limit_s:g} s")
        reply: Reply = work.result()
        return reply

    async def _take_place(self, module: str) -> None:
        if not self._places.locked():
            await self._places.acquire()
            return
        try:
            async with asyncio.timeout(self._limits.queue_s):
                await self._places.acquire()
        except TimeoutError:
            raise ModuleUnavailable(f"module {module!r} has no free place", retry_after_s=1) from None

    def _abandon(self, work: asyncio.Future[Any]) -> None:
        self._abandoned.add(work)
        work.add_done_callback(self._let_go)
        work.cancel()

    def _let_go(self, work: asyncio.Future[Any]) -> None:
        self._abandoned.discard(work)
        if not work.cancelled():
            # Fetched, so that a late failure is not reported as one that nobody looked at.
            work.exception()


async def _ends(work: asyncio.Future[Any], limit_s: float) -> bool:
    """Wait for the work; false if the limit comes first.  Waiting on a set of one costs twice as much."""
    loop = asyncio.get_running_loop()
    over: asyncio.Future[None] = loop.create_future()
    timer = loop.call_later(limit_s, _end, over)
    work.add_done_callback(lambda _: _end(over))
    try:
        await over
    finally:
        timer.cancel()
    return work.done()


def _end(waiting: asyncio.Future[None]) -> None:
    if not waiting.done():
        waiting.set_result(None)


def _start(intent: Intent[Any], payload: Any, call: Call) -> asyncio.Future[Any]:
    if _is_async(intent.run):
        return asyncio.ensure_future(_await(intent, payload, call))
    return asyncio.ensure_future(_in_thread(intent, payload, call))


def _is_async(run: Any) -> bool:
    return inspect.iscoroutinefunction(run) or inspect.iscoroutinefunction(getattr(run, "__call__", None))  # noqa: B004 - asks what kind of call it is, not whether


async def _await(intent: Intent[Any], payload: Any, call: Call) -> Any:
    return await intent.run(payload, call)  # type: ignore[misc]  # known to be async here


async def _in_thread(intent: Intent[Any], payload: Any, call: Call) -> Any:
    """Run a plain function in a daemon thread; a cancelled wait goes on until the thread lets go."""
    loop = asyncio.get_running_loop()
    outcome: asyncio.Future[Any] = loop.create_future()
    context = contextvars.copy_context()

    def work() -> None:
        try:
            result = context.run(intent.run, payload, call)
        except BaseException as error:  # noqa: BLE001 - carried over to the awaiting side as it is
            _hand_over(loop, outcome, error=error)
        else:
            _hand_over(loop, outcome, result=result)

    # Not a pool: a hung function would hold a pool's thread, and the interpreter's exit with it.
    threading.Thread(target=work, name=f"call-{call.module}", daemon=True).start()
    try:
        return await asyncio.shield(outcome)
    except asyncio.CancelledError:
        await asyncio.wait({outcome})
        raise


def _hand_over(
    loop: asyncio.AbstractEventLoop,
    outcome: asyncio.Future[Any],
    *,
    result: Any = None,
    error: BaseException | None = None,
) -> None:
    def settle() -> None:
        if error is None:
            outcome.set_result(result)
        elif isinstance(error, Exception) and not isinstance(error, StopIteration):
            outcome.set_exception(error)
        else:
            outcome.set_exception(RuntimeError(f"the module raised {type(error).__name__}"))

    if not loop.is_closed():
        loop.call_soon_threadsafe(settle)
