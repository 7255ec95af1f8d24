"""The HTTP client for an OpenAI-compatible endpoint: bounded, careful about what it repeats."""

import asyncio
import json
from decimal import Decimal
from typing import Any, NoReturn

import httpx
import structlog
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception, stop_after_attempt, stop_before_delay
from tenacity.wait import wait_random_exponential

from services.creatorcore.endpoint.failure import EndpointFailure, blocked, nonsense, too_slow, unreachable
from services.creatorcore.settings import Endpoint

log = structlog.get_logger("creatorcore.endpoint")

ATTEMPTS = 3
MAX_ANSWER_BYTES = 8 * 2**20
CONNECT_TIMEOUT_S = 3.0
LONGEST_RETRY_AFTER_S = 300
# The request was put off, not worked on.
PUT_OFF = frozenset({429, 503})
BLOCKED_CODES = frozenset({"content_filter", "content_policy_violation", "moderation"})

_backoff = wait_random_exponential(multiplier=0.1, max=2.0)


class EndpointClient:
    """Sends one kind of request to one endpoint.  ``problem`` says what the last one met with."""

    def __init__(self, kind: str, endpoint: Endpoint, *, timeout_s: float) -> None:
        self.kind = kind
        self.problem: str | None = None
        self._url = endpoint.base_url
        self._timeout_s = timeout_s
        headers = {"Accept-Encoding": "identity", "Content-Type": "application/json"}
        if endpoint.key:
            headers["Authorization"] = f"Bearer {endpoint.key}"
        self._http = httpx.AsyncClient(
            headers=headers,
            timeout=httpx.Timeout(timeout_s, connect=min(CONNECT_TIMEOUT_S, timeout_s)),
            follow_redirects=False,
            trust_env=False,
        )

    async def aclose(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def ask(self, path: str, body: dict[str, Any], *, repeatable: bool) -> dict[str, Any]:
        """Return the endpoint's JSON object.

        Tried again is what never reached the endpoint, and what it put off with 429 or 503; what it failed at
        only when the request is ``repeatable``: a text that was lost on the way may have been paid.

        Raises:
            EndpointFailure: It gave none within the time limit.
        """
        try:
            async with asyncio.timeout(self._timeout_s):
                async for attempt in self._attempts(repeatable=repeatable):
                    with attempt:
                        answer = await self._once(path, body)
        except TimeoutError:
            self._failed(too_slow(self.kind))
        except EndpointFailure as failure:
            self._failed(failure)
        self.problem = None
        return answer

    def refuse(self, what: str) -> NoReturn:
        """Raise for an answer that came, and is not what was agreed."""
        self._failed(nonsense(self.kind, what))

    def _failed(self, failure: EndpointFailure) -> NoReturn:
        self.problem = failure.message
        log.warning("endpoint.failed", endpoint=self.kind, code=failure.code, maybe_paid=failure.maybe_paid)
        raise failure

    def _attempts(self, *, repeatable: bool) -> AsyncRetrying:
        def worth_it(error: BaseException) -> bool:
            if not isinstance(error, EndpointFailure):
                return False
            return error.again or (repeatable and error.code in {"bad_upstream_answer", "upstream_timeout"})

        return AsyncRetrying(
            retry=retry_if_exception(worth_it),
            stop=stop_after_attempt(ATTEMPTS) | stop_before_delay(self._timeout_s),
            wait=_wait,
            reraise=True,
        )

    async def _once(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        try:
            async with self._http.stream("POST", self._url + path, content=json.dumps(body)) as response:
                raw = await self._read_capped(response)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            raise unreachable(self.kind) from error
        except httpx.TimeoutException as error:
            raise too_slow(self.kind) from error
        except httpx.HTTPError as error:
            raise nonsense(self.kind, "broke off its answer") from error
        return self._parsed(response, raw)

    async def _read_capped(self, response: httpx.Response) -> bytes:
        chunks: list[bytes] = []
        length = 0
        async for chunk in response.aiter_raw():
            length += len(chunk)
            if length > MAX_ANSWER_BYTES:
                raise nonsense(self.kind, "sent a longer answer than agreed")
            chunks.append(chunk)
        return b"".join(chunks)

    def _parsed(self, response: httpx.Response, raw: bytes) -> dict[str, Any]:
        status = response.status_code
        if status in PUT_OFF:
            raise EndpointFailure(
                503,
                "service_unavailable",
                f"the {self.kind} endpoint answered {status}",
                again=True,
                retry_after_s=_retry_after_s(response.headers),
            )
        answer = _json_object(raw)
        if status != httpx.codes.OK:
            if status < httpx.codes.INTERNAL_SERVER_ERROR and _is_block(answer):
                raise blocked(self.kind)
            # A refusal, or a failure that says so, costs nothing.
            raise EndpointFailure(502, "bad_upstream_answer", f"the {self.kind} endpoint answered {status}")
        if answer is None:
            raise nonsense(self.kind, "did not answer with JSON")
        # Once the model has begun, some endpoints tell of a failure with 200.
        if answer.get("error"):
            raise (
                blocked(self.kind) if _is_block(answer) else nonsense(self.kind, "answered 200 with an error")
            )
        return answer


def _json_object(raw: bytes) -> dict[str, Any] | None:
    try:
        value = json.loads(raw, parse_float=Decimal, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(name)


def _is_block(answer: dict[str, Any] | None) -> bool:
    error = (answer or {}).get("error")
    if not isinstance(error, dict):
        return False
    metadata = error.get("metadata")
    return error.get("code") in BLOCKED_CODES or (isinstance(metadata, dict) and "flagged_input" in metadata)


def _retry_after_s(headers: httpx.Headers) -> int | None:
    value = headers.get("Retry-After", "")
    return min(int(value), LONGEST_RETRY_AFTER_S) if value.isascii() and value.isdigit() else None


def _wait(state: RetryCallState) -> float:
    error = state.outcome.exception() if state.outcome else None
    asked = error.retry_after_s if isinstance(error, EndpointFailure) else None
    return float(asked) if asked is not None else _backoff(state)
