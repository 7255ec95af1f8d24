"""How callers are told of their allowances.

``RateLimit-Policy`` and ``RateLimit`` as draft-ietf-httpapi-ratelimit-headers-11 writes them, lists of
strings with parameters; and the older ``X-RateLimit-*`` of the tightest allowance, with a reset in seconds
from now.
"""

import math
from collections.abc import Sequence

from core_integrator.contracts.limits import Quota, Verdict

Headers = list[tuple[bytes, bytes]]

_SECOND_US = 1_000_000


def rate_headers(verdicts: Sequence[Verdict]) -> Headers:
    """Return the header fields that tell of these verdicts; none of no verdict."""
    if not verdicts:
        return []
    tightest = min(verdicts, key=lambda verdict: (verdict.granted, verdict.remaining))
    return [
        (b"ratelimit-policy", ", ".join([_policy(verdict.quota) for verdict in verdicts]).encode()),
        (b"ratelimit", ", ".join([_state(verdict) for verdict in verdicts]).encode()),
        (b"x-ratelimit-limit", b"%d" % tightest.quota.amount),
        (b"x-ratelimit-remaining", b"%d" % tightest.remaining),
        (b"x-ratelimit-reset", b"%d" % _moment_s(tightest)),
    ]


def _policy(quota: Quota) -> str:
    return f'"{quota.name}";q={quota.amount};w={quota.window_s}'


def _state(verdict: Verdict) -> str:
    return f'"{verdict.quota.name}";r={verdict.remaining};t={_moment_s(verdict)}'


def _moment_s(verdict: Verdict) -> int:
    # Of a refusal the same moment as ``Retry-After``, as the draft asks.
    return math.ceil((verdict.retry_in_us or verdict.whole_in_us) / _SECOND_US)
