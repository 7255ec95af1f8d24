"""``integrator doctor``: what is missing here, and what to type."""

import importlib.util
import os
import sys

import httpx
from pydantic import HttpUrl
from rich.console import Console

from config import Settings
from core_integrator.registry import installed_plugins, load_plugins

GENERATOR_LIBRARIES = ("av", "dbos", "espeakng_loader", "numpy", "PIL")


def report(settings: Settings, console: Console) -> bool:
    """Print one line for each check; return whether the hub can run."""
    checks = [_python(), _data_folder(settings), _modules(settings)]
    advice = [
        _generators(),
        _service(settings.video_service_url, "/health", "VIDEO_SERVICE_URL"),
        _service(settings.creatorcore_base_url, "/system/health", "CREATORCORE_BASE_URL"),
    ]
    for good, line in [*checks, *advice]:
        console.print(f"{'ok  ' if good else 'MISS'} {line}", highlight=False, soft_wrap=True)
    return all(good for good, _ in checks)


def _python() -> tuple[bool, str]:
    version = ".".join(map(str, sys.version_info[:3]))
    return sys.version_info >= (3, 11), f"Python {version} (3.11 or newer is needed)"


def _data_folder(settings: Settings) -> tuple[bool, str]:
    folder = settings.data_dir
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return False, f"{folder} cannot be made; set INTEGRATOR_DATA_DIR to a folder of yours"
    writable = os.access(folder, os.W_OK)
    hint = "" if writable else "; set INTEGRATOR_DATA_DIR to a folder of yours"
    return writable, f"data folder {folder} is {'writable' if writable else 'read-only'}{hint}"


def _modules(settings: Settings) -> tuple[bool, str]:
    registry = load_plugins(installed_plugins(), settings)
    aside = "".join(f"; set aside: {item.name} ({item.reason})" for item in registry.set_aside)
    names = ", ".join(sorted(registry.offers)) or "none; type: pip install core-integrator"
    return bool(registry.offers), f"modules: {names}{aside}"


def _generators() -> tuple[bool, str]:
    missing = [name for name in GENERATOR_LIBRARIES if importlib.util.find_spec(name) is None]
    if missing:
        lacking = ", ".join(missing)
        return False, f"generators lack {lacking}; type: pip install 'core-integrator[generators]'"
    return True, "reference generators are installed"


def _service(url: HttpUrl, probe: str, setting: str) -> tuple[bool, str]:
    try:
        answer = httpx.get(str(url).rstrip("/") + probe, timeout=2, trust_env=False)
    except httpx.HTTPError:
        return False, f"nothing answers at {setting}={url}; type: integrator up"
    return answer.is_success, f"{setting}={url} answers {answer.status_code}"
