"""``POST /feedback``: what a user thinks of a generation."""

import json
from dataclasses import asdict

from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import Response

from core_integrator.api import strict_json
from core_integrator.api.body import read_json_body
from core_integrator.api.edge import user_hash
from core_integrator.api.guard import require_user
from core_integrator.api.idempotency import Turn, answer_once
from core_integrator.contracts.feedback import FeedbackRequest, Verdict
from core_integrator.contracts.ports import Settlement, StoredAnswer
from core_integrator.hub import Hub
from core_integrator.validation import invalid_payload


async def feedback(request: Request) -> Response:
    """Store a verdict, pass it on to the module that made the thing, and say what became of it."""
    hub: Hub = request.app.state.hub
    body = await read_json_body(
        request, limit_bytes=hub.settings.max_body_bytes, timeout_s=hub.settings.body_timeout_s
    )
    asked = _verdict(body)
    request.state.facts.update(user_hash=user_hash(asked.user_id))
    require_user(request.state.principal, asked.user_id)

    async def serve(turn: Turn) -> StoredAnswer:
        answer = await _give(hub, asked, turn.key, request.state.request_id)
        if turn.claim:
            await hub.memory.remember(None, settlement=Settlement(turn.claim, answer))
        return answer

    return await answer_once(
        request, body, user_id=asked.user_id, memory=hub.memory, clock=hub.clock, serve=serve
    )


def _verdict(body: bytes) -> FeedbackRequest:
    try:
        return FeedbackRequest.model_validate(strict_json.parse(body))
    except ValidationError as error:
        raise invalid_payload(error) from error


async def _give(hub: Hub, asked: FeedbackRequest, key: str, request_id: str) -> StoredAnswer:
    verdict = Verdict(**asked.model_dump(exclude={"user_id"}))
    receipt = await hub.desk.give(verdict, user_id=asked.user_id, key=key, request_id=request_id)
    result = {**asdict(receipt), **verdict.model_dump(exclude={"generation_id"})}
    answer = {"status": "success", "message": "feedback stored", "result": result}
    return StoredAnswer(200, json.dumps(answer, ensure_ascii=False, separators=(",", ":")).encode())
