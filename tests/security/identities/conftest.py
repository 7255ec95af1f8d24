"""A stage, and a client of what is served on it."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.security.identities.serving import Stage


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    """Accounts that nobody has yet."""
    return Stage(tmp_path / "data")


@pytest.fixture
def client(stage: Stage) -> Iterator[httpx.Client]:
    """A client of the routes."""
    with stage.served() as url, httpx.Client(base_url=url, timeout=30) as opened:
        yield opened
