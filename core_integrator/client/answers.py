"""What a hub answers, as values, and what it refuses, as errors."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx

_NEXT = re.compile(r'<([^>]*)>;\s*rel="next"')


@dataclass(frozen=True, slots=True)
class Answer:
    """A success: what was done, in words and as JSON, and the id under which the hub's log has it."""

    message: str
    result: Mapping[str, Any]
    request_id: str


@dataclass(frozen=True, slots=True)
class Page:
    """Exchanges newest first, and the cursor of the next page (none at the end)."""

    exchanges: Sequence[Mapping[str, Any]]
    next_cursor: str | None


class HubError(Exception):
    """The hub refused or failed.

    Attributes:
        code: Constant name of the reason (docs/errors.md); branch on this.
        message: The same in words.
        status: The HTTP status; 0 if there was no answer.
        request_id: Under which the hub's log has it; empty if there was no answer.
        retryable: Whether the same request may succeed later.
        retry_after_s: When, if the hub said so.
        details: More facts.
    """

    def __init__(
        self,
        code: str,
        message: str,
        *,
        status: int = 0,
        request_id: str = "",
        retryable: bool = False,
        retry_after_s: float | None = None,
        details: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.status = status
        self.request_id = request_id
        self.retryable = retryable
        self.retry_after_s = retry_after_s
        self.details = dict(details or {})


class HubUnreachable(HubError):
    """No answer came; whether the hub did anything is unknown, unless it was a read or carried a key."""

    def __init__(self, error: httpx.HTTPError) -> None:
        super().__init__("unreachable", f"no answer from the hub ({type(error).__name__})", retryable=True)


class HubProtocolError(HubError):
    """What answered does not speak as a hub does; something else may be at that address."""

    def __init__(self, response: httpx.Response) -> None:
        super().__init__(
            "bad_answer",
            f"the answer is not a hub's (HTTP {response.status_code})",
            status=response.status_code,
            request_id=response.headers.get("X-Request-ID", ""),
            retryable=response.status_code in (502, 503, 504),
        )


def read_answer(response: httpx.Response) -> Answer:
    """Return what ``/core`` or ``/feedback`` answered.

    Raises:
        HubError: It was refused, or failed.
    """
    body = _json(response)
    match body:
        case {"status": "success", "message": str(message), "result": dict(result)}:
            return Answer(message, result, response.headers.get("X-Request-ID", ""))
    raise HubProtocolError(response)


def read_rows(response: httpx.Response) -> Page:
    """Return the exchanges that were answered.

    Raises:
        HubError: It was refused, or failed.
    """
    body = _json(response)
    if not isinstance(body, list) or not all(isinstance(row, dict) for row in body):
        raise HubProtocolError(response)
    following = _NEXT.search(response.headers.get("Link", ""))
    query = parse_qs(urlsplit(following[1]).query) if following else {}
    return Page(body, query.get("cursor", [None])[0])


def _json(response: httpx.Response) -> Any:
    try:
        body = response.json()
    except ValueError as error:
        raise HubProtocolError(response) from error
    if not response.is_success:
        raise _refusal(response, body)
    return body


def _refusal(response: httpx.Response, body: Any) -> HubError:
    match body:
        case {
            "message": str(message),
            "result": {"error": {"code": str(code), "retryable": bool(retryable), "details": dict(details)}},
        }:
            return HubError(
                code,
                message,
                status=response.status_code,
                request_id=response.headers.get("X-Request-ID", ""),
                retryable=retryable,
                retry_after_s=_seconds(response.headers.get("Retry-After", "")),
                details=details,
            )
    return HubProtocolError(response)


def _seconds(text: str) -> float | None:
    return float(text) if text.isascii() and text.isdecimal() else None
