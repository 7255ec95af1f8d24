"""The sanitiser takes internal facts out of an agent's result, and touches nothing else.

Only whole keys count, written exactly so; never parts of keys, and never what a text says.
``docs/results.md`` lists them.
"""

import re
from typing import Any, TypeVar

V = TypeVar("V")

# What hubs before this one showed of themselves; no user's data is called so.
INTERNAL = frozenset(
    {
        "adapter_type",
        "connection_string",
        "db_path",
        "failing_components",
        "insightflow_event",
        "module_load_status",
        "readiness_reason",
        "stack_trace",
        "stacktrace",
        "traceback",
    }
)
# Ordinary words too, so only an object that holds internal facts of its own goes, and then as a whole.
INTERNAL_OBJECTS = frozenset({"components", "details", "memory", "modules", "security"})

_ANY = re.compile(r".+", re.DOTALL)
_ONE_WORD = re.compile(r"\S+")
_COOKIE = re.compile(r".*=.*", re.DOTALL)
_SIGNED = re.compile(r"[0-9a-f]{64,}|[A-Za-z0-9+/_-]{43,}={0,2}")
# A secret is a text: numbers, truths, lists and objects under these names are something else.
SECRETS = {
    **dict.fromkeys(("password", "passwd", "dsn", "authorization", "Authorization"), _ANY),
    **dict.fromkeys(("api_key", "apikey", "apiKey", "x_api_key", "x-api-key", "X-API-Key"), _ANY),
    **dict.fromkeys(("access_token", "accessToken", "refresh_token", "refreshToken", "auth_token"), _ANY),
    **dict.fromkeys(("client_secret", "clientSecret", "secret_key", "private_key", "privateKey"), _ANY),
    **dict.fromkeys(("secret", "token"), _ONE_WORD),
    **dict.fromkeys(("cookie", "Cookie", "set_cookie", "set-cookie", "Set-Cookie"), _COOKIE),
    "signature": _SIGNED,
}

_innocent = (INTERNAL | INTERNAL_OBJECTS | SECRETS.keys()).isdisjoint


def sanitised(result: V) -> V:
    """Return a JSON value without internal facts, at any depth; the very same object if there are none.

    What is handed over is never changed: only what has to differ is copied.
    """
    cleaned: V = _cleaned(result)
    return cleaned


def _cleaned(value: Any) -> Any:
    kind = type(value)
    return _object(value) if kind is dict else _list(value) if kind is list else value


def _object(value: dict[str, Any]) -> dict[str, Any]:
    kept = value
    if not _innocent(value):
        kept = {name: part for name, part in value.items() if not _internal(name, part)}
        if len(kept) == len(value):
            kept = value
    changed = kept
    for name, part in kept.items():
        kind = type(part)
        if kind is dict or kind is list:
            cleaned = _cleaned(part)
            if cleaned is not part:
                changed = dict(kept) if changed is kept else changed
                changed[name] = cleaned
    return changed


def _list(value: list[Any]) -> list[Any]:
    changed = value
    for place, part in enumerate(value):
        kind = type(part)
        if kind is dict or kind is list:
            cleaned = _cleaned(part)
            if cleaned is not part:
                changed = list(value) if changed is value else changed
                changed[place] = cleaned
    return changed


def _internal(name: str, value: Any) -> bool:
    if name in INTERNAL:
        return True
    if name in INTERNAL_OBJECTS:
        return type(value) is dict and not INTERNAL.isdisjoint(value)
    pattern = SECRETS.get(name)
    return pattern is not None and type(value) is str and pattern.fullmatch(value) is not None
