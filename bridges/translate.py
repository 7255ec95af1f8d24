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
# A window of requests that is longer is more likely a mistake than a rule.
LONGEST_RESET_S = 3600.0
# Smaller numbers in X-RateLimit-Reset are seconds to wait, larger ones seconds since 1970.
_A_MOMENT = 1e9
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
    """Read ``{"error": {"code", "message"}}`` or ``{"error": message, "error_code"}``.

    A refusal without either is a breach of the contract.
    """
    error = parsed.get("error") if isinstance(parsed, Mapping) else None
    if isinstance(error, str):
        error = {"code": parsed.get("error_code"), "message": error}
    if not isinstance(error, Mapping) or not isinstance(error.get("code"), str):
        return BridgeProtocolError(f"{service} refused with {status} and no reason")
    return BridgeRefusal(service, status, _printable(error["code"], 64), _printable(error.get("message")))


def asked_pause_s(status: int, headers: httpx.Headers) -> float | None:
    """Return for how long the service asks not to be called: the longest of what its headers say."""
    asked = [retry_after_s(headers), _reset_s(headers) if status == httpx.codes.TOO_MANY_REQUESTS else None]
    return max((pause for pause in asked if pause is not None), default=None)


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


def _reset_s(headers: httpx.Headers) -> float | None:
    """Read ``X-RateLimit-Reset``, seconds to wait or a moment, which is meant by the service's own clock."""
    value = headers.get("X-RateLimit-Reset", "")
    if not value.isascii() or not value.isdecimal():
        return None
    wait = float(value)
    if wait > _A_MOMENT:
        wait -= _service_time(headers).timestamp()
    return min(max(wait, 0.0), LONGEST_RESET_S)


def _service_time(headers: httpx.Headers) -> datetime:
    try:
        return email.utils.parsedate_to_datetime(headers.get("Date", "")).astimezone(UTC)
    except ValueError:
        return datetime.now(UTC)


def _printable(text: object, limit: int = LONGEST_EXPLANATION) -> str:
    cut = str(text or "")[:limit]
    return "".join(letter if letter.isprintable() else " " for letter in cut)
