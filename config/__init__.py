"""Every setting; the only reader of the environment."""

from config.addresses import is_loopback
from config.loading import export_settings, load_settings
from config.parts import (
    KEEP_ALL,
    BridgeSettings,
    IdentitySettings,
    LimitSettings,
    MongoSettings,
    NonceSettings,
    NoopurSettings,
    Retention,
    SsplSettings,
)
from config.settings import Settings, SettingsError

__all__ = [
    "KEEP_ALL",
    "BridgeSettings",
    "IdentitySettings",
    "LimitSettings",
    "MongoSettings",
    "NonceSettings",
    "NoopurSettings",
    "Retention",
    "Settings",
    "SettingsError",
    "SsplSettings",
    "export_settings",
    "is_loopback",
    "load_settings",
]
