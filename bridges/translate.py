"""The one place where a foreign failure becomes one of ours."""

import email.utils
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import httpx

from core_integrator.contracts.errors import (
    BridgeError,
    BridgeProtocolError,
    BridgeRefusal,
    BridgeTimeout,
    BridgeUnavailable,
)

LONGEST_RETRY_AFTER_S = 300.0
LONGEST_EXPLANATION = 300


def translated(service: str, error: httpx.HTTPError) -> BridgeError:
    """Name what went wrong on the wire: time, connection, or protocol."""
    if isinstance(error, httpx.TimeoutException):
        return BridgeTimeout(f"{service} did not answer in time")
    if isinstance(error, httpx.DecodingError | httpx.UnsupportedProtocol | httpx.TooManyRedirects):
        return BridgeProtocolError(f"{service} did not speak the agreed protocol")
    if isinstance(error, httpx.RemoteProtocolError):
        return BridgeUnavailable(f"{service} broke off its answer")
    return BridgeUnavailable(f"{service} cannot be reached")


def refusal(service: str, status: int, parsed: Any) -> BridgeError:
    """Read ``{"error": {"code", "message"}}``; a refusal without it is a breach of the contract."""
    error = parsed.get("error") if isinstance(parsed, Mapping) else None
    if not isinstance(error, Mapping) or not isinstance(error.get("code"), str):
        return BridgeProtocolError(f"{service} refused with {status} and no reason")
    return BridgeRefusal(service, status, _printable(error["code"], 64), _printable(error.get("message")))


def retry_after_s(headers: httpx.Headers) -> float | None:
    """Read ``Retry-After`` (RFC 9110 §10.2.3, seconds or a date), capped at five minutes."""
    value = headers.get("Retry-After", "")
    if value.isdecimal():
        return min(float(value), LONGEST_RETRY_AFTER_S)
    try:
        date = email.utils.parsedate_to_datetime(value)
    except ValueError:
        return None
    wait = (date.astimezone(UTC) - datetime.now(UTC)).total_seconds()
    return min(max(wait, 0.0), LONGEST_RETRY_AFTER_S)


def _printable(text: object, limit: int = LONGEST_EXPLANATION) -> str:
    cut = str(text or "")[:limit]
    return "".join(letter if letter.isprintable() else " " for letter in cut)
