"""Every failure the hub can answer with, as one tree.

    IntegratorError
    ├── CallerError                  mend the request
    │   ├── MalformedRequest
    │   ├── InvalidArgument
    │   ├── InvalidPayload
    │   ├── UnsupportedMediaType
    │   ├── TooLarge
    │   ├── UnknownModule
    │   ├── UnknownIntent
    │   ├── NotFound
    │   ├── MethodNotAllowed
    │   ├── RangeNotSatisfiable
    │   ├── WrongState
    │   ├── InProgress
    │   ├── IdempotencyMismatch
    │   └── ContentBlocked
    ├── AccessDenied                 prove who you are
    │   ├── Unauthenticated
    │   ├── Forbidden
    │   └── SignatureRejected        sign the request anew
    │       ├── SignatureMissing
    │       │   └── LegacyPartMissing
    │       ├── SignatureMalformed
    │       ├── SignatureUnsupported
    │       ├── SigningKeyUnknown
    │       ├── SigningKeyInactive
    │       ├── LegacyDisabled
    │       ├── TimestampStale
    │       ├── TimestampFuture
    │       ├── CoverageIncomplete
    │       ├── SignatureInvalid
    │       ├── Replayed
    │       ├── DigestMismatch
    │       └── OutOfScope
    ├── Unavailable                  try later
    │   ├── ModuleUnavailable
    │   ├── ModuleTimeout
    │   ├── StorageUnavailable
    │   │   └── SigningStoreUnavailable
    │   └── RateLimited
    ├── BridgeError                  an external generator failed
    │   ├── BridgeUnavailable        try later
    │   │   ├── BridgeTimeout
    │   │   └── BreakerOpen
    │   ├── BridgeProtocolError      tell us
    │   └── BridgeRefusal            the generator said no; final
    └── ModuleFailure                a module broke its promise; tell its author

Branches follow what a caller can do about the failure.  Clients branch on ``code``, which never
changes.  The HTTP status of each code is one table in ``core_integrator/api/errors.py``.
"""

from collections.abc import Mapping, Sequence
from typing import ClassVar

from pydantic import JsonValue


class IntegratorError(Exception):
    """Base of every failure the hub answers with.

    ``details`` is shown to the caller: it never holds input values, paths or foreign exception texts.
    """

    code: ClassVar[str] = "internal_error"
    retryable: ClassVar[bool] = False

    def __init__(
        self,
        message: str,
        *,
        details: Mapping[str, JsonValue] | None = None,
        retry_after_s: float | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.details: dict[str, JsonValue] = dict(details or {})
        self.retry_after_s = retry_after_s


class CallerError(IntegratorError):
    """The request cannot be served as it stands."""

    code = "invalid_argument"


class MalformedRequest(CallerError):
    """The body is not the JSON text the hub accepts."""

    code = "malformed_request"


class InvalidArgument(CallerError):
    """Well-formed but impossible: a cycle, a rate of −100 %."""

    code = "invalid_argument"


class InvalidPayload(CallerError):
    """Fields are missing or wrong; ``details.fields`` lists each path with its reason."""

    code = "invalid_payload"

    def __init__(self, fields: Sequence[Mapping[str, str]], message: str | None = None) -> None:
        listed: list[JsonValue] = [dict(field) for field in fields]
        first = fields[0] if fields else {"path": "", "reason": "the payload is wrong"}
        super().__init__(
            message or f"{first['path'] or 'body'}: {first['reason']}", details={"fields": listed}
        )


class UnsupportedMediaType(CallerError):
    """The body is not declared as JSON."""

    code = "unsupported_media_type"


class TooLarge(CallerError):
    """The body is longer than the hub accepts."""

    code = "too_large"

    def __init__(self, limit_bytes: int) -> None:
        super().__init__(f"the body is longer than {limit_bytes} bytes", details={"limit_bytes": limit_bytes})


class UnknownModule(CallerError):
    """No module of this name is installed."""

    code = "unknown_module"

    def __init__(self, module: str, nearest: Sequence[str] = ()) -> None:
        hint = f"; did you mean {nearest[0]!r}?" if nearest else ""
        super().__init__(
            f"module {module!r} is not installed{hint}", details={"nearest": list[JsonValue](nearest)}
        )


class UnknownIntent(CallerError):
    """The module exists but does not offer the requested intent."""

    code = "unknown_intent"

    def __init__(self, module: str, intent: str, nearest: Sequence[str] = ()) -> None:
        hint = f"; did you mean {nearest[0]!r}?" if nearest else ""
        super().__init__(
            f"module {module!r} has no intent {intent!r}{hint}",
            details={"nearest": list[JsonValue](nearest)},
        )


class NotFound(CallerError):
    """There is no such thing, or it belongs to somebody else; the answer is the same."""

    code = "not_found"

    def __init__(self, kind: str) -> None:
        super().__init__(f"no such {kind}")


class MethodNotAllowed(CallerError):
    """The path exists, but not for this HTTP method."""

    code = "method_not_allowed"


class RangeNotSatisfiable(CallerError):
    """The asked range lies outside the artifact."""

    code = "range_not_satisfiable"


class WrongState(CallerError):
    """The thing exists but is past, or not yet at, the point where this can be done."""

    code = "wrong_state"


class InProgress(CallerError):
    """The first request under this idempotency key is still running."""

    code = "in_progress"
    retryable = True

    def __init__(self) -> None:
        super().__init__("the first request with this Idempotency-Key is still running", retry_after_s=1)


class IdempotencyMismatch(CallerError):
    """The idempotency key was used before, with another body."""

    code = "idempotency_mismatch"

    def __init__(self) -> None:
        super().__init__("this Idempotency-Key was used before with another body")


class ContentBlocked(CallerError):
    """The generator refuses the content."""

    code = "content_blocked"


class AccessDenied(IntegratorError):
    """The caller may not do this."""

    code = "forbidden"


class Unauthenticated(AccessDenied):
    """Nobody proved who is calling."""

    code = "unauthenticated"


class Forbidden(AccessDenied):
    """The caller is known and may not do this."""

    code = "forbidden"


class SignatureRejected(AccessDenied):
    """The request's signature does not prove that it may be served; the subclass says why."""

    code = "sspl_signature_invalid"


class SignatureMissing(SignatureRejected):
    """The request is not signed, or a part of its signature is missing."""

    code = "sspl_missing"


class LegacyPartMissing(SignatureMissing):
    """The same in the published old form, which answers 400."""


class SignatureMalformed(SignatureRejected):
    """The target, a header or a part of the signature is not written as it has to be."""

    code = "sspl_malformed"


class SignatureUnsupported(SignatureRejected):
    """The version, tag, algorithm or digest is not one of ours."""

    code = "sspl_unsupported"


class SigningKeyUnknown(SignatureRejected):
    """No such key is registered."""

    code = "sspl_key_unknown"

    def __init__(self) -> None:
        super().__init__("this key is not registered")


class SigningKeyInactive(SignatureRejected):
    """The key is registered, and pending, revoked, expired or not valid yet."""

    code = "sspl_key_inactive"

    def __init__(self) -> None:
        super().__init__("this key is not active")


class LegacyDisabled(SignatureRejected):
    """The key may not, or no longer, sign in the published old form."""

    code = "sspl_legacy_disabled"

    def __init__(self) -> None:
        super().__init__("this key may not use the old form of signatures")


class TimestampStale(SignatureRejected):
    """The signature is too old, or expired."""

    code = "sspl_timestamp_stale"

    def __init__(self) -> None:
        super().__init__("Stale timestamp")


class TimestampFuture(SignatureRejected):
    """The signature's time lies ahead of the hub's clock."""

    code = "sspl_timestamp_future"

    def __init__(self) -> None:
        super().__init__("the timestamp lies in the future; compare the Date header with your clock")


class CoverageIncomplete(SignatureRejected):
    """The signature does not cover what it has to."""

    code = "sspl_coverage"


class SignatureInvalid(SignatureRejected):
    """The signature was not made by this key over this request."""

    code = "sspl_signature_invalid"

    def __init__(self) -> None:
        super().__init__("Invalid signature")


class Replayed(SignatureRejected):
    """The same signed request was here before."""

    code = "sspl_replay"

    def __init__(self) -> None:
        super().__init__("Nonce already used")


class DigestMismatch(SignatureRejected):
    """The body is not the one that ``Content-Digest`` names."""

    code = "sspl_digest_mismatch"

    def __init__(self) -> None:
        super().__init__("the body does not match its Content-Digest")


class OutOfScope(SignatureRejected):
    """The key is genuine and does not reach this route, or this user."""

    code = "sspl_scope"


class Unavailable(IntegratorError):
    """Nothing is wrong with the request; try again later."""

    code = "service_unavailable"
    retryable = True


class ModuleUnavailable(Unavailable):
    """The module is set aside, or has no free place; the message says which."""

    code = "module_unavailable"


class ModuleTimeout(Unavailable):
    """The module did not answer within its time limit; whether it did anything is unknown."""

    code = "upstream_timeout"


class StorageUnavailable(Unavailable):
    """The memory cannot be written or read now; nothing was acknowledged."""

    code = "storage_unavailable"


class SigningStoreUnavailable(StorageUnavailable):
    """Keys or spent nonces cannot be looked up now; no signed request is served meanwhile."""

    code = "sspl_store_unavailable"

    def __init__(self) -> None:
        super().__init__("signatures cannot be checked now", retry_after_s=1)


class RateLimited(Unavailable):
    """Too many requests."""

    code = "rate_limited"


class BridgeError(IntegratorError):
    """An external generator failed; the subclass says how."""

    code = "service_unavailable"


class BridgeUnavailable(BridgeError):
    """The generator cannot be reached or is overloaded; try later."""

    code = "service_unavailable"
    retryable = True


class BridgeTimeout(BridgeUnavailable):
    """The generator did not answer in time."""

    code = "upstream_timeout"


class BreakerOpen(BridgeUnavailable):
    """The generator failed too often just now and is not asked at all for a while."""


class BridgeProtocolError(BridgeError):
    """The generator's answer is not what its wire contract promises."""

    code = "bad_upstream_answer"


class BridgeRefusal(BridgeError):
    """The generator understood and said no; ``status`` and ``reason`` are its own, and final."""

    code = "bad_upstream_answer"

    def __init__(self, service: str, status: int, reason: str, explanation: str = "") -> None:
        super().__init__(f"{service} refused the request ({status} {reason})", details={"reason": reason})
        self.status = status
        self.reason = reason
        # The generator's own sentence, bounded and printable; the agent decides whether to show it.
        self.explanation = explanation


class ModuleFailure(IntegratorError):
    """A module raised something unexpected or answered rubbish; the log tells the reason."""

    code = "internal_error"
