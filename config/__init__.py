"""Every setting; the only reader of the environment."""

from config.settings import (
    KEEP_ALL,
    BridgeSettings,
    LimitSettings,
    MongoSettings,
    NonceSettings,
    NoopurSettings,
    Retention,
    Settings,
    SettingsError,
    SsplSettings,
    export_settings,
    load_settings,
)

__all__ = [
    "KEEP_ALL",
    "BridgeSettings",
    "LimitSettings",
    "MongoSettings",
    "NonceSettings",
    "NoopurSettings",
    "Retention",
    "Settings",
    "SettingsError",
    "SsplSettings",
    "export_settings",
    "load_settings",
]
