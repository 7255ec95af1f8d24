"""Finds the agent, checks the payload, runs the call, remembers the exchange."""

import difflib
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog
from pydantic import BaseModel, ValidationError

from core_integrator.calls import OwnMemory
from core_integrator.contracts.agent import Call, Intent, Made, Reply
from core_integrator.contracts.clock import Clock, new_id
from core_integrator.contracts.envelope import CoreRequest
from core_integrator.contracts.errors import (
    IntegratorError,
    ModuleFailure,
    ModuleUnavailable,
    UnknownIntent,
    UnknownModule,
)
from core_integrator.contracts.events import CallEnded, Track
from core_integrator.contracts.ports import (
    Claim,
    Durability,
    Generation,
    Interaction,
    MemoryStore,
    Settlement,
    StoredAnswer,
)
from core_integrator.feedback import FeedbackDesk
from core_integrator.hosting import HostedModule
from core_integrator.modules import Modules
from core_integrator.running import run_guarded
from core_integrator.validation import invalid_payload
from security.sanitiser import sanitised

log = structlog.get_logger("core_integrator.gateway")

_STRICT = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"))


@dataclass(frozen=True, slots=True)
class Served:
    """An answer, and where what was remembered of it is (nowhere, if nothing was to be)."""

    answer: StoredAnswer
    durability: Durability | None


class Gateway:
    """The one way from a request to a module and back."""

    def __init__(
        self,
        modules: Modules,
        memory: MemoryStore,
        desk: FeedbackDesk,
        *,
        clock: Clock,
        track: Track,
        link: Callable[[str], str] = str,
    ) -> None:
        self._modules = modules
        self._memory = memory
        self._desk = desk
        self._clock = clock
        self._track = track
        self._link = link

    async def call(
        self,
        request: CoreRequest,
        *,
        request_id: str,
        idempotency_key: str,
        claim: Claim | None = None,
    ) -> Served:
        """Serve one request; the answer is given when the exchange is durable.

        ``claim`` is settled with the answer in the same transaction.

        Raises:
            IntegratorError: The subclass says what went wrong; nothing was remembered.
        """
        started = time.perf_counter()
        module, intent = self._find(request)
        outcome = "internal_error"
        try:
            served = await self._serve(module, intent, request, request_id, idempotency_key, claim)
            outcome = "success"
            return served
        except IntegratorError as error:
            outcome = error.code
            raise
        finally:
            self._track(CallEnded(module.name, request.intent, outcome, time.perf_counter() - started))

    def asked_for(self, request: CoreRequest) -> Intent[Any] | None:
        """Return the intent a request is for; none if there is no such module or intent."""
        module = self._modules.hosted.get(request.module)
        return None if module is None else module.intents.get(request.intent)

    def _find(self, request: CoreRequest) -> tuple[HostedModule, Intent[Any]]:
        module = self._modules.hosted.get(request.module)
        if module is None:
            reason = self._modules.why_unavailable(request.module)
            if reason is not None:
                raise ModuleUnavailable(f"module {request.module!r} is set aside; the operator sees why")
            raise UnknownModule(request.module, _nearest(request.module, self._modules.hosted))
        intent = module.intents.get(request.intent)
        if intent is None:
            raise UnknownIntent(request.module, request.intent, _nearest(request.intent, module.intents))
        return module, intent

    async def _serve(
        self,
        module: HostedModule,
        intent: Intent[Any],
        request: CoreRequest,
        request_id: str,
        idempotency_key: str,
        claim: Claim | None,
    ) -> Served:
        payload = _checked(intent, request.data)
        call = self._lend(request, request_id, idempotency_key)
        reply = await run_guarded(module, intent, payload, call)
        answer = _answer(module.name, intent, reply)
        durability: Durability | None = None
        if intent.remember or reply.made or claim:
            durability = await self._remember(intent, request, reply, answer, claim)
        return Served(answer, durability)

    def _lend(self, request: CoreRequest, request_id: str, key: str) -> Call:
        own = OwnMemory(
            self._memory,
            self._desk,
            module=request.module,
            user_id=request.user_id,
            key=key,
            request_id=request_id,
        )
        return Call(
            request.module,
            request.intent,
            request.user_id,
            request_id,
            key,
            self._clock.now,
            new_id,
            own,
            self._link,
        )

    async def _remember(
        self,
        intent: Intent[Any],
        request: CoreRequest,
        reply: Reply,
        answer: StoredAnswer,
        claim: Claim | None,
    ) -> Durability:
        now = self._clock.now()
        private = intent.private_names()
        shown = {name: value for name, value in request.data.items() if name not in private}
        interaction = Interaction(
            id=new_id("itx"),
            user_id=request.user_id,
            module=request.module,
            intent=request.intent,
            created_at=now,
            request=_json({**dict(request), "data": shown}).decode(),
            response=_remembered(answer.body, intent.passing),
        )
        kept = interaction if intent.remember else None
        return await self._memory.remember(
            kept,
            generation=_generation(reply.made, private, request, now, kept) if reply.made else None,
            settlement=Settlement(claim, answer) if claim else None,
        )


def _generation(
    made: Made,
    private: frozenset[str],
    request: CoreRequest,
    now: datetime,
    exchange: Interaction | None,
) -> Generation:
    return Generation(
        id=made.id,
        user_id=request.user_id,
        module=request.module,
        created_at=now,
        provider_generation_id=made.provider_generation_id,
        payload={name: value for name, value in made.payload.items() if name not in private},
        interaction_id=exchange.id if exchange else None,
    )


def _checked(intent: Intent[Any], data: Mapping[str, Any]) -> BaseModel:
    model: type[BaseModel] = intent.payload
    try:
        return model.model_validate(data)
    except ValidationError as error:
        raise invalid_payload(error, prefix="data") from error


def _answer(module: str, intent: Intent[Any], reply: object) -> StoredAnswer:
    """Write the success envelope; what is not JSON, or not what was promised, is the module's defect."""
    try:
        if not isinstance(reply, Reply):
            raise TypeError(f"a {type(reply).__name__} instead of a Reply")
        result = (
            reply.result.model_dump(mode="json")
            if isinstance(reply.result, BaseModel)
            else dict(reply.result)
        )
        if intent.output is not None and type(reply.result) is not intent.output:
            intent.output.model_validate(result)
        said = {"status": "success", "message": str(reply.message), "result": sanitised(result)}
        return StoredAnswer(200, _json(said))
    except (TypeError, ValueError, RecursionError) as error:
        log.error("module.rubbish", module=module, reason=type(error).__name__, exc_info=error)
        raise ModuleFailure(f"module {module!r} answered something that is not a reply") from error


def _remembered(body: bytes, passing: frozenset[str]) -> str:
    """Return the answer's text without the result's fields that are told only."""
    if not passing:
        return body.decode()
    answer = json.loads(body)
    answer["result"] = {name: value for name, value in answer["result"].items() if name not in passing}
    return _json(answer).decode()


def _json(value: object) -> bytes:
    """Write strict JSON: NaN, infinity and lone surrogates raise ``ValueError``."""
    return _STRICT.encode(value).encode()


def _nearest(name: str, known: Mapping[str, object]) -> list[str]:
    return difflib.get_close_matches(name, known, n=1)
