"""Every setting; the only reader of the environment."""

from config.settings import (
    BridgeSettings,
    LimitSettings,
    MongoSettings,
    NonceSettings,
    Settings,
    SettingsError,
    export_settings,
    load_settings,
)

__all__ = [
    "BridgeSettings",
    "LimitSettings",
    "MongoSettings",
    "NonceSettings",
    "Settings",
    "SettingsError",
    "export_settings",
    "load_settings",
]
