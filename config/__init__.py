"""Every setting of the hub, and the only reader of the environment."""

from config.settings import BridgeSettings, Settings, SettingsError, export_settings, load_settings

__all__ = ["BridgeSettings", "Settings", "SettingsError", "export_settings", "load_settings"]
