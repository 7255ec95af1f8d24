"""Every failure the service answers with, in one shape and with the true status.

``{"error": {"code", "message"}, "error_code", "details"}``: ``error`` is the object that the hub's bridges
read from every generator; ``error_code`` and ``details`` are the fields of the Noopur contract, whose
callers know ``GENERATION_FAILED``, ``INVALID_INPUT`` and ``RATE_LIMITED``.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import Request
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

# What the Noopur contract calls our finer codes; the others are their own names in capitals.
_NOOPUR = {
    "malformed_request": "INVALID_INPUT",
    "unsupported_media_type": "INVALID_INPUT",
    "too_large": "INVALID_INPUT",
    "idempotency_mismatch": "INVALID_INPUT",
    "service_unavailable": "GENERATION_FAILED",
    "bad_upstream_answer": "GENERATION_FAILED",
    "upstream_timeout": "GENERATION_FAILED",
    "outcome_unknown": "GENERATION_FAILED",
    "content_blocked": "GENERATION_FAILED",
}


class ServiceError(Exception):
    """A failure with its HTTP status and code; the message is for the caller."""

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        *,
        fields: Sequence[Mapping[str, str]] = (),
        retry_after_s: int | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.fields = fields
        self.retry_after_s = retry_after_s

    def body(self) -> dict[str, Any]:
        """Return what the caller reads."""
        details = {"fields": [dict(field) for field in self.fields]} if self.fields else {}
        return failure(self.code, self.message, details)

    def headers(self) -> dict[str, str]:
        """Return what stands in the head of the answer."""
        headers = {} if self.retry_after_s is None else {"Retry-After": str(self.retry_after_s)}
        if self.status in {413, 415, 429} or self.code == "malformed_request":
            # The rest of the body may still be on its way.
            headers["Connection"] = "close"
        return headers


def failure(code: str, message: str, details: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Return the body of a failure."""
    return {
        "error": {"code": code, "message": message},
        "error_code": _NOOPUR.get(code, code.upper()),
        "details": dict(details or {}),
    }


def invalid(path: str, reason: str) -> ServiceError:
    """Return the answer to a request one field of which is wrong."""
    return ServiceError(400, "invalid_input", f"{path}: {reason}", fields=[{"path": path, "reason": reason}])


def not_found(what: str) -> ServiceError:
    """Return the answer to an id or a topic nobody knows."""
    return ServiceError(404, "not_found", f"no such {what}")


async def on_service_error(_: Request, error: Exception) -> JSONResponse:
    """Answer one of our own failures."""
    assert isinstance(error, ServiceError)  # noqa: S101 - registered for this class only
    return JSONResponse(error.body(), error.status, error.headers())


async def on_http_exception(request: Request, error: Exception) -> JSONResponse:
    """Answer what the framework refuses: unknown paths and other methods."""
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for this class only
    code = {404: "not_found", 405: "method_not_allowed"}.get(error.status_code, "malformed_request")
    message = "no such thing here" if code == "not_found" else f"{request.method} is not possible here"
    return JSONResponse(failure(code, message), error.status_code, error.headers)


async def on_defect(_: Request, __: Exception) -> JSONResponse:
    """Answer a defect of ours without a word about it; the log has the trace."""
    return JSONResponse(failure("internal_error", "something went wrong here"), 500)
