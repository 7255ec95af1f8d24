"""Reads the settings, and refuses a start that would be unsafe or would leave out what was asked for."""

import difflib
import os
from collections.abc import Mapping
from typing import Any

from pydantic import SecretStr, ValidationError

from config.addresses import is_loopback
from config.settings import Settings, SettingsError

PREFIX = "INTEGRATOR_"


def load_settings(**overrides: Any) -> Settings:
    """Read the environment once, with ``overrides`` (by field name) on top.

    Raises:
        SettingsError: A name is unknown, a value is wrong, or the start would be unsafe.
    """
    _refuse_unknown_names(os.environ)
    try:
        settings = Settings(**{name: value for name, value in overrides.items() if value is not None})
    except ValidationError as error:
        raise SettingsError(_in_words(error)) from error
    _refuse_unsafe_start(settings)
    return settings


def export_settings(settings: Settings) -> None:
    """Write the settings into the environment, so that worker processes read the same ones."""
    for field, name in setting_names().items():
        value = getattr(settings, field)
        if value is None:
            os.environ.pop(name, None)
        elif isinstance(value, SecretStr):
            os.environ[name] = value.get_secret_value()
        elif isinstance(value, bool):
            os.environ[name] = str(int(value))
        elif isinstance(value, frozenset):
            os.environ[name] = ",".join(sorted(value))
        else:
            os.environ[name] = str(value)


def setting_names() -> dict[str, str]:
    """Return the environment name of each field."""
    return {field: str(info.validation_alias) for field, info in Settings.model_fields.items()}


def _refuse_unknown_names(environment: Mapping[str, str]) -> None:
    known = set(setting_names().values())
    for name in sorted(environment):
        if name.startswith(PREFIX) and name not in known:
            near = difflib.get_close_matches(name, known, n=1, cutoff=0.0)
            raise SettingsError(f"{name} is not a setting; the nearest known name is {near[0]}")


def _in_words(error: ValidationError) -> str:
    names = setting_names()
    lines = []
    for fault in error.errors(include_url=False, include_input=False):
        place = str(fault["loc"][0]) if fault["loc"] else ""
        lines.append(f"{names.get(place, place)}: {fault['msg']}")
    return "; ".join(lines)


def _refuse_unsafe_start(settings: Settings) -> None:
    # Each says itself what is missing.
    _ = settings.mongo, settings.noopur, settings.nonces, settings.limits, settings.identities, settings.sspl
    if is_loopback(settings.host):
        return
    if settings.test_mode:
        raise SettingsError("INTEGRATOR_TEST_MODE is for loopback only; unset it, or set INTEGRATOR_HOST")
    if settings.auth != "required":
        raise SettingsError(
            f"INTEGRATOR_HOST={settings.host} is reachable from other machines: "
            "set INTEGRATOR_AUTH=required, or use 127.0.0.1"
        )
    if settings.sspl_enabled and not settings.sspl_authorities:
        raise SettingsError(
            "SSPL_AUTHORITIES is not set: name the hosts that callers sign for, as in their Host header"
        )
