"""Fixtures that most tests share."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import hypothesis
import pytest

from config import Settings
from core_integrator.registry import Plugin, installed_plugins
from tests import sample_modules
from tests.servers import free_port, hub_in_thread

# What the tests marked long try.
hypothesis.settings.register_profile("long", max_examples=20_000)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings of a hub whose generator is away."""
    return Settings(
        data_dir=tmp_path / "data",
        video_service_url=f"http://127.0.0.1:{free_port()}",
        creatorcore_base_url=f"http://127.0.0.1:{free_port()}",
        call_timeout_s=3,
        body_timeout_s=1,
        plugin_load_timeout_s=2,
        log_level="WARNING",
    )


@pytest.fixture
def hub_url(settings: Settings) -> Iterator[str]:
    """A hub with the built-in modules and the ones that misbehave."""
    plugins = [*installed_plugins(), Plugin("samples", "1.2.3", lambda: sample_modules)]
    with hub_in_thread(settings, plugins=plugins) as url:
        yield url


@pytest.fixture
def client(hub_url: str) -> Iterator[httpx.Client]:
    """A client of that hub."""
    with httpx.Client(base_url=hub_url, timeout=30) as opened:
        yield opened
