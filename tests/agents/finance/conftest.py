"""A hub that the tests of one file share: no test here stops it or moves its clock."""

from collections.abc import Iterator

import httpx
import pytest

from config import Settings
from core_integrator.registry import installed_plugins
from tests.servers import free_port, hub_in_thread


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """A client of a hub whose generators are away."""
    settings = Settings(
        data_dir=tmp_path_factory.mktemp("data"),
        video_service_url=f"http://127.0.0.1:{free_port()}",
        creatorcore_base_url=f"http://127.0.0.1:{free_port()}",
        log_level="ERROR",
    )
    with (
        hub_in_thread(settings, plugins=installed_plugins()) as url,
        httpx.Client(base_url=url, timeout=60) as opened,
    ):
        yield opened
