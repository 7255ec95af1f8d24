"""When a failed operation is tried again, and after how long."""

from tenacity import AsyncRetrying, RetryCallState, retry_if_exception, stop_after_attempt, stop_before_delay
from tenacity.wait import wait_random_exponential

from config import BridgeSettings
from core_integrator.contracts.errors import BreakerOpen, BridgeUnavailable

_backoff = wait_random_exponential(multiplier=0.1, max=2.0)


def retrying(settings: BridgeSettings, *, safe: bool) -> AsyncRetrying:
    """Return the loop that repeats an operation while it is worth it.

    Only ``BridgeUnavailable`` is tried again, and only when repeating is ``safe`` (a read, or a write under
    an idempotency key).  Attempts and total time are both bounded; waits grow exponentially with full
    jitter; the generator's ``Retry-After`` wins.  The last error comes through unwrapped.
    """
    return AsyncRetrying(
        retry=retry_if_exception(lambda error: safe and _worth_it(error)),
        stop=stop_after_attempt(settings.attempts) | stop_before_delay(settings.total_timeout_s),
        wait=_wait,
        reraise=True,
    )


def _worth_it(error: BaseException) -> bool:
    return isinstance(error, BridgeUnavailable) and not isinstance(error, BreakerOpen)


def _wait(state: RetryCallState) -> float:
    error = state.outcome.exception() if state.outcome else None
    asked = error.retry_after_s if isinstance(error, BridgeUnavailable) else None
    return asked if asked is not None else _backoff(state)
