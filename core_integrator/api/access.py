"""Who may use which path.  One table; a path that is not in it is not served."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Access:
    """What one method of one path asks of its caller.

    Attributes:
        permission: What the caller must be allowed; none: anybody.  ``core`` decides by the intent.
        user_in: Where the request names the user it is about; the caller must speak for that user.
        signed: Whether a signature is required where signed requests are switched on.
        link: Whether a signed link is as good as a proof.
    """

    permission: str | None
    user_in: Literal["body", "query", "path"] | None = None
    signed: bool = False
    link: bool = False


PUBLIC = Access(None)
_SYSTEM = Access("system:read")
_SELF = Access("account:self")
_USERS = Access("users:manage")
_KEYS = Access("keys:manage")
_MEDIA = Access("artifact:read", link=True)
_READING = Access("history:read", user_in="query", signed=True)

TABLE: Mapping[tuple[str, str], Access] = {
    ("GET", "/"): PUBLIC,
    ("GET", "/docs"): PUBLIC,
    ("GET", "/docs/{name}"): PUBLIC,
    ("GET", "/openapi.json"): PUBLIC,
    ("GET", "/system/live"): PUBLIC,
    ("GET", "/system/ready"): PUBLIC,
    ("GET", "/system/health"): PUBLIC,
    ("GET", "/system/diagnostics"): _SYSTEM,
    ("GET", "/system/logs/latest"): _SYSTEM,
    ("GET", "/metrics"): _SYSTEM,
    ("GET", "/modules"): Access("modules:read"),
    ("POST", "/core"): Access("core", user_in="body", signed=True),
    ("POST", "/feedback"): Access("feedback:write", user_in="body", signed=True),
    ("GET", "/get-context"): _READING,
    ("GET", "/get-history"): _READING,
    ("GET", "/creator/history"): _READING,
    ("DELETE", "/users/{user_id}/memory"): Access("memory:erase", user_in="path", signed=True),
    ("GET", "/videos/{generation_id}.{suffix}"): _MEDIA,
    ("GET", "/reports/{generation_id}.{suffix}"): _MEDIA,
    ("POST", "/api/v1/auth/register"): PUBLIC,
    ("POST", "/api/v1/auth/login"): PUBLIC,
    ("POST", "/api/v1/auth/refresh"): PUBLIC,
    ("POST", "/api/v1/auth/lost-password"): PUBLIC,
    ("POST", "/api/v1/auth/reset-password"): PUBLIC,
    ("POST", "/api/v1/auth/verify-email"): PUBLIC,
    ("POST", "/api/v1/auth/logout"): _SELF,
    ("GET", "/api/v1/auth/profile"): _SELF,
    ("PUT", "/api/v1/auth/profile"): _SELF,
    ("POST", "/api/v1/auth/change-password"): _SELF,
    ("GET", "/api/v1/auth/settings"): _SELF,
    ("PUT", "/api/v1/auth/settings"): _SELF,
    ("GET", "/api/v1/auth/usage-stats"): _SELF,
    ("GET", "/api/v1/auth/api-keys"): _SELF,
    ("POST", "/api/v1/auth/api-keys"): _SELF,
    ("PUT", "/api/v1/auth/api-keys/{key_id}/toggle"): _SELF,
    ("DELETE", "/api/v1/auth/api-keys/{key_id}"): _SELF,
    ("GET", "/api/v1/auth/users"): _USERS,
    ("PUT", "/api/v1/auth/users/{account_id}/roles"): _USERS,
    ("PUT", "/api/v1/auth/users/{account_id}/active"): _USERS,
    ("DELETE", "/api/v1/auth/users/{account_id}"): _USERS,
    ("GET", "/api/v1/audit"): Access("audit:read"),
    ("GET", "/api/v1/keys"): _KEYS,
    ("POST", "/api/v1/keys"): _KEYS,
    ("POST", "/api/v1/keys/challenges"): _KEYS,
    ("POST", "/api/v1/keys/{key_id}/rotate"): _KEYS,
    ("DELETE", "/api/v1/keys/{key_id}"): _KEYS,
    # Test mode exists on loopback only, and only when it was asked for.
    ("POST", "/test/clock"): PUBLIC,
    ("POST", "/test/faults"): PUBLIC,
    ("DELETE", "/test/faults"): PUBLIC,
}


@dataclass(frozen=True, slots=True)
class Found:
    """A path's rule, and the user its path names."""

    access: Access
    user_id: str | None = None


class AccessTable:
    """Looks rules up by method and path; ``HEAD`` is as ``GET``."""

    def __init__(self, table: Mapping[tuple[str, str], Access] = TABLE) -> None:
        self._exact = {key: Found(access) for key, access in table.items() if "{" not in key[1]}
        self._patterns = [
            (method, _pattern(path), access) for (method, path), access in table.items() if "{" in path
        ]
        self._paths = {path for _, path in self._exact}

    def find(self, method: str, path: str) -> Found | None:
        """Return the rule of a method and path; none if there is none."""
        asked = "GET" if method == "HEAD" else method
        found = self._exact.get((asked, path))
        if found is not None:
            return found
        for method_of_rule, pattern, access in self._patterns:
            match = pattern.fullmatch(path) if method_of_rule == asked else None
            if match is not None:
                return Found(access, match.groupdict().get("user_id"))
        return None

    def knows(self, path: str) -> bool:
        """Tell whether some method of a path is served."""
        return path in self._paths or any(pattern.fullmatch(path) for _, pattern, _ in self._patterns)


def _pattern(path: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\\{(\w+)\\}", r"(?P<\1>[^/]+?)", re.escape(path)))
