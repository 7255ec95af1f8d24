"""Every failure as HTTP: one table of statuses, one shape, or RFC 9457 for those who ask for it."""

import http
import json
import math
from typing import Any

from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from core_integrator.contracts.errors import (
    IntegratorError,
    LegacyPartMissing,
    MalformedRequest,
    MethodNotAllowed,
    NotFound,
    SignatureRejected,
)
from core_integrator.validation import fields_error

STATUSES: dict[str, int] = {
    "malformed_request": 400,
    "invalid_argument": 400,
    "sspl_malformed": 400,
    "sspl_unsupported": 400,
    "sspl_digest_mismatch": 400,
    "unauthenticated": 401,
    "sspl_missing": 401,
    "sspl_key_unknown": 401,
    "sspl_key_inactive": 401,
    "sspl_legacy_disabled": 401,
    "sspl_timestamp_stale": 401,
    "sspl_timestamp_future": 401,
    "sspl_coverage": 401,
    "sspl_signature_invalid": 401,
    "forbidden": 403,
    "sspl_scope": 403,
    "unknown_module": 404,
    "unknown_intent": 404,
    "not_found": 404,
    "method_not_allowed": 405,
    "wrong_state": 409,
    "in_progress": 409,
    "sspl_replay": 409,
    "too_large": 413,
    "unsupported_media_type": 415,
    "range_not_satisfiable": 416,
    "invalid_payload": 422,
    "idempotency_mismatch": 422,
    "content_blocked": 422,
    "rate_limited": 429,
    "internal_error": 500,
    "bad_upstream_answer": 502,
    "service_unavailable": 503,
    "module_unavailable": 503,
    "storage_unavailable": 503,
    "sspl_store_unavailable": 503,
    "upstream_timeout": 504,
}
# The old form of signatures keeps its old status.
_EXCEPTIONS: dict[type[IntegratorError], int] = {LegacyPartMissing: 400}
# What a refused caller may sign instead (RFC 9421, section 5).
ACCEPT_SIGNATURE = (
    'sspl=("@method" "@authority" "@path" "@query" "content-digest" "content-type")'
    ';created;alg="ed25519";tag="sspl-v3"'
)
DEFECT = "something went wrong on our side"
PROBLEM_JSON = "application/problem+json"
# After these the rest of the body may still be on its way, so the connection cannot be used again.
_CLOSING = frozenset({400, 413, 415})


def error_answer(error: IntegratorError, request: Request) -> Response:
    """Write a failure as the caller wants it."""
    status = _EXCEPTIONS.get(type(error), STATUSES[error.code])
    headers = {"Cache-Control": "no-store"}
    if status == http.HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = "Bearer"
    if status == http.HTTPStatus.UNAUTHORIZED and isinstance(error, SignatureRejected):
        headers |= {"WWW-Authenticate": "Signature", "Accept-Signature": ACCEPT_SIGNATURE}
    if error.retry_after_s is not None:
        headers["Retry-After"] = str(math.ceil(error.retry_after_s))
    if status in _CLOSING:
        headers["Connection"] = "close"
    wants_problem = PROBLEM_JSON in request.headers.get("accept", "")
    body = _problem(error, status, request) if wants_problem else _envelope(error, request)
    media_type = PROBLEM_JSON if wants_problem else "application/json"
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    return Response(text.encode(), status, headers, media_type)


async def refuse(error: IntegratorError, scope: Scope, receive: Receive, send: Send) -> None:
    """Answer a failure that was found before the body was read; the server throws the rest of it away.

    To close instead would reset the connection under a caller who writes all before reading, and the reason
    would be lost; only one who takes too long is cut off.
    """
    answer = error_answer(error, Request(scope))
    if not isinstance(error, MalformedRequest):
        del answer.headers["Connection"]
    await answer(scope, receive, send)


def _facts(error: IntegratorError, request: Request) -> dict[str, Any]:
    return {
        "code": error.code,
        "details": error.details,
        "retryable": error.retryable,
        "request_id": request.state.request_id,
    }


def _envelope(error: IntegratorError, request: Request) -> dict[str, Any]:
    return {"status": "error", "message": error.message, "result": {"error": _facts(error, request)}}


def _problem(error: IntegratorError, status: int, request: Request) -> dict[str, Any]:
    """Write the same facts as a problem document (RFC 9457)."""
    return {
        "type": f"urn:core-integrator:error:{error.code}",
        "title": http.HTTPStatus(status).phrase,
        "status": status,
        "detail": error.message,
        "instance": f"urn:core-integrator:request:{request.state.request_id}",
        **_facts(error, request),
    }


async def on_integrator_error(request: Request, error: Exception) -> Response:
    """Answer a failure of our own tree."""
    assert isinstance(error, IntegratorError)  # noqa: S101 - registered for this class only
    return error_answer(error, request)


async def on_defect(request: Request, error: Exception) -> Response:
    """Answer what nobody foresaw; the edge logs it, and the caller learns nothing of it."""
    return error_answer(IntegratorError(DEFECT), request)


async def on_invalid_query(request: Request, error: Exception) -> Response:
    """Answer a query or path that does not fit the route's declaration."""
    assert isinstance(error, RequestValidationError)  # noqa: S101 - registered for this class only
    return error_answer(fields_error(error.errors()), request)


async def on_http_exception(request: Request, error: Exception) -> Response:
    """Answer what the framework itself refuses: unknown paths, other methods."""
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for this class only
    if error.status_code == http.HTTPStatus.METHOD_NOT_ALLOWED:
        answer = error_answer(MethodNotAllowed(f"this path does not take {request.method}"), request)
        answer.headers["Allow"] = (error.headers or {}).get("Allow", "")
        return answer
    if error.status_code == http.HTTPStatus.NOT_FOUND:
        return error_answer(NotFound("path"), request)
    return error_answer(MalformedRequest("the request cannot be read"), request)
