"""The one HTTP client every bridge stands on: bounded, retrying, breaking, validating."""

import asyncio
import json
import time
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, ClassVar, Self, TypeVar

import httpx
import structlog
from pydantic import BaseModel, ValidationError

from bridges.breaker import CircuitBreaker
from bridges.heartbeat import Heartbeat
from bridges.retry import retrying
from bridges.translate import asked_pause_s, refusal, translated
from config import BridgeSettings
from core_integrator.contracts.agent import Health
from core_integrator.contracts.errors import (
    BreakerOpen,
    BridgeError,
    BridgeProtocolError,
    BridgeRefusal,
    BridgeTimeout,
    BridgeUnavailable,
)
from core_integrator.contracts.events import BridgeAttempted, Track
from telemetry.trace import bridge_timed, trace_headers

log = structlog.get_logger("bridges")

Wire = TypeVar("Wire", bound=BaseModel)
OVERLOADED = frozenset({429, 500, 502, 503, 504})


class BridgeClient:
    """Calls one external generator.

    A subclass is a ``service`` name, wire models, and one method per remote operation.  Used as an async
    context manager, it owns its connections and a heartbeat that keeps ``health()`` current.
    """

    service: ClassVar[str] = "generator"
    health_path: ClassVar[str] = "/health"

    def __init__(self, settings: BridgeSettings, *, track: Track) -> None:
        self._settings = settings
        self._track = track
        self.breaker = CircuitBreaker(
            self.service,
            failures=settings.breaker_failures,
            open_s=settings.breaker_open_s,
            monotonic=time.monotonic,
            track=track,
        )
        self._heartbeat = Heartbeat(self._probe, every_s=settings.heartbeat_s)
        self._http: httpx.AsyncClient | None = None

    async def __aenter__(self) -> Self:
        """Open the connections and start the heartbeat; a generator that is away does not matter here."""
        self._http = httpx.AsyncClient(
            base_url=str(self._settings.base_url).rstrip("/"),
            timeout=httpx.Timeout(self._settings.read_timeout_s, connect=self._settings.connect_timeout_s),
            limits=httpx.Limits(max_connections=self._settings.max_connections),
            headers=self._introduction(),
            follow_redirects=False,
            trust_env=False,
        )
        await self._heartbeat.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Stop the heartbeat and close the connections."""
        await self._heartbeat.stop()
        if self._http is not None:
            await self._http.aclose()

    def health(self) -> Health:
        """Return what the heartbeat and real traffic last saw; never waits."""
        reason = self._heartbeat.problem
        if reason is None and self.breaker.state == "open":
            reason = "calls fail; the breaker is open"
        details = {"breaker": self.breaker.state}
        return Health("healthy" if reason is None else "degraded", reason, details)

    async def get(self, path: str, wire: type[Wire], *, operation: str) -> Wire:
        """Read something; repeated while the generator is unavailable.

        Raises:
            BridgeError: The generator failed; the subclass says how.
        """
        return await self._operate("GET", path, wire, operation=operation, safe=True)

    async def post(
        self,
        path: str,
        body: BaseModel,
        wire: type[Wire],
        *,
        operation: str,
        key: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Wire:
        """Order something; repeated only under an idempotency ``key`` that the generator honours.

        Raises:
            BridgeError: The generator failed; the subclass says how.
        """
        headers = {**(headers or {}), **({"Idempotency-Key": key} if key else {})}
        content = body.model_dump_json(exclude_none=True).encode()
        return await self._operate(
            "POST", path, wire, operation=operation, safe=key is not None, content=content, headers=headers
        )

    async def delete(self, path: str, wire: type[Wire], *, operation: str) -> Wire:
        """Remove something; repeated while the generator is unavailable.

        Raises:
            BridgeError: The generator failed; the subclass says how.
        """
        return await self._operate("DELETE", path, wire, operation=operation, safe=True)

    @asynccontextmanager
    async def stream(
        self, method: str, path: str, *, headers: Mapping[str, str], operation: str
    ) -> AsyncGenerator[httpx.Response, None]:
        """Open an answer for streaming; its status is 200, 206, 304 or 416.

        Raises:
            BridgeError: The generator failed before the first byte; the subclass says how.
        """
        response = await self._attempted(operation, self._open_stream(method, path, headers))
        try:
            yield response
        finally:
            await response.aclose()

    async def read_stream(self, response: httpx.Response) -> AsyncIterator[bytes]:
        """Yield the bytes of an open stream as they come, under a limit on the time spent waiting for them.

        Raises:
            BridgeError: The generator broke off; what was yielded is not the whole.
        """
        waited_s, asked_at = 0.0, time.monotonic()
        try:
            # Chunks as they come: gathered ones would hide how slowly they do.
            async for chunk in response.aiter_raw():
                # Only the generator's share counts: a player may pause for as long as it likes.
                waited_s += time.monotonic() - asked_at
                if waited_s > self._settings.stream_timeout_s:
                    raise BridgeTimeout(f"{self.service} streamed too slowly")
                yield chunk
                asked_at = time.monotonic()
        except httpx.HTTPError as error:
            raise translated(self.service, error) from error

    async def _operate(
        self,
        method: str,
        path: str,
        wire: type[Wire],
        *,
        operation: str,
        safe: bool,
        content: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Wire:
        sent = {"Content-Type": "application/json", **trace_headers(), **(headers or {})}
        request = {"content": content, "headers": sent}
        try:
            async with asyncio.timeout(self._settings.total_timeout_s):
                async for attempt in retrying(self._settings, safe=safe):
                    with attempt:
                        answer = await self._attempted(operation, self._exchange(method, path, request))
        except TimeoutError:
            raise BridgeTimeout(f"{self.service} did not answer in time") from None
        return self._validated(answer, wire)

    async def _attempted(self, operation: str, work: Any) -> Any:
        """Run one attempt through the breaker, and count it."""
        if not self.breaker.admit():
            work.close()
            raise BreakerOpen(
                f"{self.service} is away; it is asked again soon", retry_after_s=self.breaker.retry_after_s()
            )
        started = time.perf_counter()
        outcome = "cancelled"
        try:
            with bridge_timed():
                result = await work
            outcome = "success"
            self.breaker.succeeded()
            return result
        except BridgeRefusal as error:
            outcome = error.code
            self.breaker.succeeded()
            raise
        except BridgeError as error:
            outcome = error.code
            self.breaker.failed()
            raise
        finally:
            if outcome == "cancelled":
                # A caller's own limit: says nothing good of the generator.
                self.breaker.failed()
            self._track(BridgeAttempted(self.service, operation, outcome, time.perf_counter() - started))

    async def _exchange(self, method: str, path: str, request: Mapping[str, Any]) -> Any:
        try:
            async with self._client.stream(method, path, **request) as response:
                body = await self._read_capped(response)
        except httpx.HTTPError as error:
            raise translated(self.service, error) from error
        return self._parsed(response, body)

    async def _open_stream(self, method: str, path: str, headers: Mapping[str, str]) -> httpx.Response:
        request = self._client.build_request(method, path, headers={**trace_headers(), **headers})
        try:
            response = await self._client.send(request, stream=True)
            if response.status_code in {304, 416}:
                return response
            if response.status_code in {200, 206}:
                self._refuse_endless(response)
                return response
            body = await self._read_capped(response)
            await response.aclose()
        except httpx.HTTPError as error:
            raise translated(self.service, error) from error
        self._parsed(response, body)
        raise BridgeProtocolError(f"{self.service} answered {response.status_code} to a media request")

    def _refuse_endless(self, response: httpx.Response) -> None:
        """Make sure that a body's end can be told from a broken connection, and that nothing is packed."""
        framed = "content-length" in response.headers or "transfer-encoding" in response.headers
        if not framed and response.request.method != "HEAD":
            raise BridgeProtocolError(f"{self.service} does not say how long its file is")
        self._refuse_packed(response)

    def _refuse_packed(self, response: httpx.Response) -> None:
        if response.headers.get("Content-Encoding", "identity") != "identity":
            raise BridgeProtocolError(f"{self.service} compressed an answer unasked")

    async def _read_capped(self, response: httpx.Response) -> bytes:
        chunks: list[bytes] = []
        length = 0
        async for chunk in response.aiter_raw():
            length += len(chunk)
            if length > self._settings.max_answer_bytes:
                raise BridgeProtocolError(f"{self.service} sent a longer answer than agreed")
            chunks.append(chunk)
        return b"".join(chunks)

    def _parsed(self, response: httpx.Response, body: bytes) -> Any:
        """Return the JSON of a success; raise for everything else."""
        status = response.status_code
        if status in OVERLOADED:
            raise BridgeUnavailable(
                f"{self.service} answered {status}", retry_after_s=asked_pause_s(status, response.headers)
            )
        self._refuse_packed(response)
        try:
            parsed = json.loads(body)
        except (ValueError, RecursionError) as error:
            raise BridgeProtocolError(f"{self.service} did not answer with JSON") from error
        if 400 <= status < 500:
            raise refusal(self.service, status, parsed)
        if not 200 <= status < 300:
            raise BridgeProtocolError(f"{self.service} answered {status}")
        return parsed

    def _validated(self, answer: Any, wire: type[Wire]) -> Wire:
        try:
            return wire.model_validate(answer)
        except ValidationError as error:
            log.error("bridge.schema", service=self.service, fields=[e["loc"] for e in error.errors()])
            raise BridgeProtocolError(f"{self.service} answered in a shape nobody agreed on") from error

    def _introduction(self) -> dict[str, str]:
        """Return the headers of every request, health probes included."""
        headers = {"Accept-Encoding": "identity"}
        if self._settings.api_key:
            headers["Authorization"] = f"Bearer {self._settings.api_key.get_secret_value()}"
        return headers

    @property
    def _client(self) -> httpx.AsyncClient:
        if self._http is None:
            raise RuntimeError("the bridge is not open")
        return self._http

    async def _probe(self) -> str | None:
        """Ask the generator how it is; return what is wrong, or none."""
        try:
            async with asyncio.timeout(self._settings.connect_timeout_s):
                async with self._client.stream("GET", self.health_path) as response:
                    await self._read_capped(response)
        except TimeoutError:
            return f"{self.service} does not answer its health probe in time"
        except httpx.HTTPError as error:
            return str(translated(self.service, error))
        except BridgeProtocolError as error:
            return str(error)
        if response.status_code != httpx.codes.OK:
            return f"{self.service} answers its health probe with {response.status_code}"
        self.breaker.well()
        return None
