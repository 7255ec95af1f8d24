"""Every setting; the only reader of the environment."""

from config.settings import (
    BridgeSettings,
    IdentitySettings,
    MongoSettings,
    Settings,
    SettingsError,
    export_settings,
    load_settings,
)

__all__ = [
    "BridgeSettings",
    "IdentitySettings",
    "MongoSettings",
    "Settings",
    "SettingsError",
    "export_settings",
    "load_settings",
]
