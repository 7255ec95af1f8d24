"""Every setting; the only reader of the environment."""

from config.settings import (
    BridgeSettings,
    MongoSettings,
    NoopurSettings,
    Settings,
    SettingsError,
    export_settings,
    load_settings,
)

__all__ = [
    "BridgeSettings",
    "MongoSettings",
    "NoopurSettings",
    "Settings",
    "SettingsError",
    "export_settings",
    "load_settings",
]
