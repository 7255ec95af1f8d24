"""Fixtures of the education module's tests."""

from collections.abc import Iterator

import httpx
import pytest

from config import Settings
from tests.servers import free_port, hub_in_thread


@pytest.fixture(scope="package")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """A client of a hub whose CreatorCore is away; who looks at all of a user's rows takes a user apart."""
    settings = Settings(
        data_dir=tmp_path_factory.mktemp("hub"),
        creatorcore_base_url=f"http://127.0.0.1:{free_port()}",
        video_service_url=f"http://127.0.0.1:{free_port()}",
        # What takes longer is answered 504, and fails the test that waited for it.
        call_timeout_s=5,
        log_level="WARNING",
    )
    with hub_in_thread(settings) as url, httpx.Client(base_url=url, timeout=30) as opened:
        yield opened
