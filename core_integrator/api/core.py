"""``POST /core``: the one door."""

import http

from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import Response

from core_integrator.api import strict_json
from core_integrator.api.body import read_json_body
from core_integrator.api.edge import user_hash
from core_integrator.api.guard import require, require_user
from core_integrator.api.idempotency import Turn, answer_once
from core_integrator.contracts.envelope import CoreRequest
from core_integrator.contracts.errors import IntegratorError
from core_integrator.contracts.ports import Durability, StoredAnswer
from core_integrator.contracts.principals import Principal
from core_integrator.hub import Hub
from core_integrator.validation import invalid_payload


async def core(request: Request) -> Response:
    """Route one envelope to its module and answer with what came of it."""
    hub: Hub = request.app.state.hub
    body = await read_json_body(
        request, limit_bytes=hub.settings.max_body_bytes, timeout_s=hub.settings.body_timeout_s
    )
    asked = _envelope(body)
    request.state.facts.update(module=asked.module, intent=asked.intent, user_hash=user_hash(asked.user_id))
    await _admit(request, hub, asked)

    durability: Durability | None = None

    async def serve(turn: Turn) -> StoredAnswer:
        nonlocal durability
        served = await hub.gateway.call(
            asked,
            request_id=request.state.request_id,
            idempotency_key=turn.key,
            claim=turn.claim,
        )
        durability = served.durability
        return served.answer

    outcome = "internal_error"
    try:
        answer = await answer_once(
            request, body, user_id=asked.user_id, memory=hub.memory, clock=hub.clock, serve=serve
        )
        outcome = "success" if answer.status_code == http.HTTPStatus.OK else "refused"
    except IntegratorError as error:
        outcome = error.code
        raise
    finally:
        what = f"{asked.module}.{asked.intent}"
        hub.gatehouse.called(request.state.principal, what, outcome, request.scope["state"])
    if durability is not None:
        answer.raw_headers.append((b"x-memory-durability", durability.encode()))
    return answer


async def _admit(request: Request, hub: Hub, asked: CoreRequest) -> None:
    """Let the caller speak for this user, do what the intent does, and pay for it."""
    principal: Principal = request.state.principal
    require_user(principal, asked.user_id)
    intent = hub.gateway.asked_for(asked)
    if intent is None:
        return
    require(principal, f"{intent.permission}:{asked.module}")
    if intent.cost > 1:
        # The first of it was paid at the door.
        await hub.gatehouse.charge(principal, request.scope["state"], cost=intent.cost - 1)


def _envelope(body: bytes) -> CoreRequest:
    try:
        return CoreRequest.model_validate(strict_json.parse(body))
    except ValidationError as error:
        raise invalid_payload(error) from error
