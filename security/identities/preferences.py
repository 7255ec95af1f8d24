"""Settings that users make for themselves, and what they are until then."""

import json
import math
from collections.abc import Sequence

from pydantic import JsonValue

from core_integrator.contracts.accounts import SettingStore, UserSetting, ValueType
from core_integrator.contracts.errors import Forbidden, InvalidPayload, WrongState
from core_integrator.contracts.principals import Principal

DEFAULTS: Sequence[UserSetting] = (
    UserSetting("theme", "light", "string"),
    UserSetting("language", "en", "string"),
    UserSetting("notifications", True, "boolean"),
    UserSetting("auto_save", True, "boolean"),
    UserSetting("video_duration", 5, "number"),
    UserSetting("video_style", "cinematic", "string"),
    UserSetting("video_quality", "high", "string"),
    UserSetting("storage_mb", 1024, "number"),
    UserSetting("calls_per_day", 100, "number"),
)
# Not the user's to raise.
ALLOWANCES = frozenset({"storage_mb", "calls_per_day"})
LONGEST_VALUE = 4096

_KNOWN = {setting.key: setting for setting in DEFAULTS}


class Preferences:
    """Shows and keeps a user's settings."""

    def __init__(self, store: SettingStore) -> None:
        self._store = store

    async def of_user(self, principal: Principal) -> Sequence[UserSetting]:
        """Return every setting: what the user set, and the defaults of the others."""
        own = {setting.key: setting for setting in await self._store.of_user(principal.id)}
        return [own.pop(default.key, default) for default in DEFAULTS] + list(own.values())

    async def put(self, principal: Principal, setting: UserSetting) -> None:
        """Keep a setting.

        Raises:
            InvalidPayload: The value is not of its type, or too long.
            Forbidden: It is an allowance.
            WrongState: The user has too many.
        """
        if setting.key in ALLOWANCES:
            raise Forbidden(f"{setting.key} is the operator's to set")
        known = _KNOWN.get(setting.key)
        if known is not None and known.value_type != setting.value_type:
            raise InvalidPayload([{"path": "value_type", "reason": f"{known.key} is a {known.value_type}"}])
        if not _is(setting.value, setting.value_type):
            raise InvalidPayload([{"path": "value", "reason": f"this is no {setting.value_type}"}])
        if len(json.dumps(setting.value)) > LONGEST_VALUE:
            raise InvalidPayload([{"path": "value", "reason": f"longer than {LONGEST_VALUE} bytes"}])
        if not await self._store.put(principal.id, setting):
            raise WrongState("there are a hundred settings already")


def _is(value: JsonValue, kind: ValueType) -> bool:
    match kind:
        case "string":
            return isinstance(value, str)
        case "boolean":
            return isinstance(value, bool)
        case "number":
            return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
        case "json":
            return True
