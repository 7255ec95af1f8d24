"""Guarded servers."""

from collections.abc import Iterator

import pytest

from tests.security.sspl.serving import Hub, listening


@pytest.fixture(scope="session")
def server() -> Iterator[Hub]:
    """One server for all tests."""
    with listening(Hub()) as served:
        yield served


@pytest.fixture
def hub(server: Hub) -> Hub:
    """A guarded application with the keys of the vectors; what earlier tests did is forgotten."""
    server.reset()
    return server
