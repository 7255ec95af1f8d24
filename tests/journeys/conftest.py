"""What all journeys leave tidy."""

from collections.abc import Iterator

import pytest

from tests.journeys.callers import close_clients


@pytest.fixture(autouse=True)
def _closed_clients() -> Iterator[None]:
    """Close the clients a test was given."""
    yield
    close_clients()
