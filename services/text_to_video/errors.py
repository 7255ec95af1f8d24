"""Every failure the service answers with: ``{"error": {"code", "message"}}`` and the true status."""

from collections.abc import Mapping, Sequence

from fastapi import Request
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException


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


def not_found() -> ServiceError:
    """Return the answer to an id nobody knows."""
    return ServiceError(404, "not_found", "no such film")


def unavailable(message: str, *, retry_after_s: int = 5) -> ServiceError:
    """Return the answer when the service cannot do its work now."""
    return ServiceError(503, "service_unavailable", message, retry_after_s=retry_after_s)


async def on_service_error(_: Request, error: Exception) -> JSONResponse:
    """Answer one of our own failures."""
    assert isinstance(error, ServiceError)  # noqa: S101 - registered for this class only
    headers = {} if error.retry_after_s is None else {"Retry-After": str(error.retry_after_s)}
    if error.status in {400, 413, 415}:
        # The rest of the body may still be on its way.
        headers["Connection"] = "close"
    body: dict[str, object] = {"code": error.code, "message": error.message}
    if error.fields:
        body["fields"] = [dict(field) for field in error.fields]
    return JSONResponse({"error": body}, error.status, headers)


async def on_http_exception(request: Request, error: Exception) -> JSONResponse:
    """Answer what the framework refuses: unknown paths, other methods, ranges that are none."""
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for this class only
    codes = {404: "not_found", 405: "method_not_allowed", 416: "range_not_satisfiable"}
    code = codes.get(error.status_code, "malformed_request")
    message = (
        f"{request.method} is not possible here" if code == "method_not_allowed" else "no such thing here"
    )
    return JSONResponse({"error": {"code": code, "message": message}}, error.status_code, error.headers)


async def on_defect(_: Request, __: Exception) -> JSONResponse:
    """Answer a defect of ours without a word about it; the log has the trace."""
    return JSONResponse({"error": {"code": "internal_error", "message": "something went wrong here"}}, 500)
