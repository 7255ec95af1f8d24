"""Which web pages of other origins may call the hub, what they may send, and what they may read."""

from collections.abc import Iterable

from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
# Beyond what any page may send anyway.
MAY_SEND = (
    "Authorization",
    "Content-Digest",
    "Content-Type",
    "Idempotency-Key",
    "If-Match",
    "If-None-Match",
    "Range",
    "Signature",
    "Signature-Input",
    "Traceparent",
    "X-API-Key",
    "X-Request-ID",
    "X-SSPL-Key-Id",
    "X-SSPL-Nonce",
    "X-SSPL-PubId",
    "X-SSPL-Public-Key",
    "X-SSPL-Signature",
    "X-SSPL-Subject",
    "X-SSPL-Timestamp",
    "X-SSPL-Version",
    "X-Trace-Id",
)
MAY_READ = (
    "Accept-Ranges",
    "Content-Disposition",
    "Content-Range",
    "Date",
    "ETag",
    "Idempotency-Replayed",
    "Link",
    "RateLimit",
    "RateLimit-Policy",
    "Retry-After",
    "Server-Timing",
    "X-RateLimit-Limit",
    "X-RateLimit-Remaining",
    "X-RateLimit-Reset",
    "X-Request-ID",
    "X-Trace-Id",
)
PREFLIGHT_S = 600


def with_cors(app: ASGIApp, origins: Iterable[str]) -> ASGIApp:
    """Return the application open to pages of these origins; itself if there are none.

    Cookies are never taken from other origins: who asks proves it by a header that a page sets on purpose.
    """
    named = sorted(origins)
    if not named:
        return app
    return CORSMiddleware(
        app,
        allow_origins=named,
        allow_credentials=False,
        allow_methods=METHODS,
        allow_headers=MAY_SEND,
        expose_headers=MAY_READ,
        max_age=PREFLIGHT_S,
    )
