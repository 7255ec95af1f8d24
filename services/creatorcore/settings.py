"""Every setting of the service, its default and its meaning; the only reader of the environment."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import httpx

_PREFIX = "CREATORCORE_"
# Requests a minute and client, as the Noopur contract has them; 0 lifts a limit.
_LIMITS = {"generate": 100, "feedback": 1000, "history": 200}


class SettingsError(Exception):
    """The service must not start with these settings; the message says what to change."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An OpenAI-compatible endpoint: its root (with ``/v1`` where it has one), model and key."""

    base_url: str
    model: str
    key: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Settings:
    """What an operator can set.

    ``text`` and ``embedding`` are none while the service's own means are used; ``endpoint_timeout_s``
    bounds one call of an endpoint, retries included; ``max_tokens`` bounds what one text may cost.
    """

    text: Endpoint | None
    embedding: Endpoint | None
    endpoint_timeout_s: float
    max_tokens: int
    limits: Mapping[str, int]


def read_settings(environment: Mapping[str, str]) -> Settings:
    """Return the settings.

    Raises:
        SettingsError: One is missing or cannot be what it is.
    """
    limits = {
        name: int(_number(environment, f"RATE_LIMIT_{name.upper()}", default, least=0))
        for name, default in _LIMITS.items()
    }
    return Settings(
        text=_endpoint(environment, "LLM"),
        embedding=_endpoint(environment, "EMBEDDING"),
        endpoint_timeout_s=_number(environment, "ENDPOINT_TIMEOUT_S", 18.0, least=0.1),
        max_tokens=int(_number(environment, "LLM_MAX_TOKENS", 1500, least=1)),
        limits=limits,
    )


def _endpoint(environment: Mapping[str, str], kind: str) -> Endpoint | None:
    base_url = environment.get(f"{_PREFIX}{kind}_BASE_URL", "").strip().rstrip("/")
    model = environment.get(f"{_PREFIX}{kind}_MODEL", "").strip()
    key = _secret(environment, f"{_PREFIX}{kind}_API_KEY")
    if not base_url:
        if model or key:
            raise SettingsError(f"{_PREFIX}{kind}_BASE_URL is missing, but other settings of it are there")
        return None
    if not model:
        raise SettingsError(f"{_PREFIX}{kind}_MODEL is missing: name the model to ask for")
    _check_url(f"{_PREFIX}{kind}_BASE_URL", base_url)
    return Endpoint(base_url, model, key)


def _check_url(name: str, value: str) -> None:
    try:
        url = httpx.URL(value)
    except httpx.InvalidURL:
        raise SettingsError(f"{name} is no URL") from None
    if url.scheme not in {"http", "https"} or not url.host or url.userinfo or url.query:
        raise SettingsError(f"{name} must be an http or https URL without user, password or query")


def _secret(environment: Mapping[str, str], name: str) -> str | None:
    given, file = environment.get(name, "").strip(), environment.get(f"{name}_FILE", "").strip()
    if given and file:
        raise SettingsError(f"give {name} or {name}_FILE, not both")
    if file:
        try:
            given = Path(file).read_text(encoding="utf-8").strip()
        except (OSError, ValueError):
            raise SettingsError(f"the file that {name}_FILE names cannot be read") from None
    if not given.isascii() or not all(letter.isprintable() for letter in given):
        raise SettingsError(f"{name} holds characters that no HTTP header takes")
    return given or None


def _number(environment: Mapping[str, str], name: str, default: float, *, least: float) -> float:
    given = environment.get(f"{_PREFIX}{name}", "").strip()
    if not given:
        return default
    try:
        number = float(given)
    except ValueError:
        raise SettingsError(f"{_PREFIX}{name} must be a number") from None
    if not least <= number <= 1e6:
        raise SettingsError(f"{_PREFIX}{name} must be between {least:g} and 1000000")
    return number
