"""``Idempotency-Key``: the same request answered once, however often it is sent.

After the IETF draft *The Idempotency-Key HTTP Header Field*.  A key belongs to a user, a method and a path,
and is kept for 24 hours, across restarts and workers.
"""

import hashlib
import re
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta

from starlette.requests import Request
from starlette.responses import Response

from core_integrator.api.errors import error_answer
from core_integrator.contracts.clock import Clock, new_id
from core_integrator.contracts.errors import (
    CallerError,
    IdempotencyMismatch,
    InProgress,
    InvalidPayload,
    StorageUnavailable,
)
from core_integrator.contracts.ports import (
    Claim,
    ClaimMismatch,
    ClaimRunning,
    MemoryStore,
    Settlement,
    StoredAnswer,
)
from core_integrator.contracts.principals import Principal

KEPT_FOR = timedelta(hours=24)
_KEY = re.compile(r'"[\x21\x23-\x7e]{1,255}"|[\x21\x23-\x7e]{1,255}')


@dataclass(frozen=True, slots=True)
class Turn:
    """One request's turn: the key for generators, and the claim to settle (none without a header)."""

    key: str
    claim: Claim | None


Serve = Callable[[Turn], Awaitable[StoredAnswer]]


async def answer_once(
    request: Request, body: bytes, *, user_id: str, memory: MemoryStore, clock: Clock, serve: Serve
) -> Response:
    """Serve the request, or repeat the answer that its key got before.

    ``serve`` settles the claim it is given together with what it writes.  A failure that is final is kept as
    the key's answer; one that may pass frees the key.

    Raises:
        InProgress: The first request with this key is still running.
        IdempotencyMismatch: The key was used with another body.
        IntegratorError: What ``serve`` raised.
    """
    scope = _scope(request, user_id)
    if scope is None:
        return _response(await serve(Turn(new_id("idk"), None)))
    claim = await _claim(memory, clock, scope, user_id, body)
    if isinstance(claim, StoredAnswer):
        return _response(claim, replayed=True)
    settled = False
    try:
        answer = await _settled_answer(request, memory, serve, Turn(f"idk_{scope[:40]}", claim), claim)
        settled = True
        return answer
    finally:
        if not settled:
            # A memory that is down frees the key as soon as it is back.
            with suppress(StorageUnavailable):
                await memory.release(claim)


async def _settled_answer(
    request: Request, memory: MemoryStore, serve: Serve, turn: Turn, claim: Claim
) -> Response:
    try:
        return _response(await serve(turn))
    except CallerError as error:
        refusal = error_answer(error, request)
        kept = StoredAnswer(refusal.status_code, bytes(refusal.body))
        await memory.remember(None, settlement=Settlement(claim, kept))
        return refusal


def _scope(request: Request, user_id: str) -> str | None:
    given = request.headers.get("idempotency-key")
    if given is None:
        return None
    if not _KEY.fullmatch(given):
        raise InvalidPayload(
            [{"path": "header.Idempotency-Key", "reason": "give 1 to 255 visible ASCII characters"}]
        )
    parts: tuple[str, ...] = (user_id, request.method, request.url.path, given.strip('"'))
    principal: Principal = request.state.principal
    if principal.kind != "anonymous":
        parts = (*parts, principal.id)
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


async def _claim(
    memory: MemoryStore, clock: Clock, scope: str, user_id: str, body: bytes
) -> Claim | StoredAnswer:
    now = clock.now()
    try:
        return await memory.claim(
            scope,
            user_id=user_id,
            fingerprint=hashlib.sha256(body).digest(),
            now=now,
            expires_at=now + KEPT_FOR,
        )
    except ClaimRunning:
        raise InProgress from None
    except ClaimMismatch:
        raise IdempotencyMismatch from None


class _Answered(Response):
    """JSON that nobody keeps; its headers are known, and gathering them would cost more than the rest."""

    def init_headers(self, headers: Mapping[str, str] | None = None) -> None:
        """Write them."""
        assert headers is None  # noqa: S101 - none are ever handed over
        self.raw_headers = [
            (b"cache-control", b"no-store"),
            (b"content-length", b"%d" % len(self.body)),
            (b"content-type", b"application/json"),
        ]


def _response(answer: StoredAnswer, *, replayed: bool = False) -> Response:
    response = _Answered(answer.body, answer.status)
    if replayed:
        response.headers["Idempotency-Replayed"] = "true"
    return response
