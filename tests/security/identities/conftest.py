"""A stage, and a client of what is served on it."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.security.identities.people import registered
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


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """A client of routes that several tests use, none of which minds the others."""
    stage = Stage(tmp_path_factory.mktemp("shared"))
    with stage.served() as url, httpx.Client(base_url=url, timeout=30) as opened:
        yield opened


@pytest.fixture(scope="module")
def somebody(shared: httpx.Client) -> dict[str, str]:
    """The tokens of somebody there."""
    return registered(shared, "somebody")
