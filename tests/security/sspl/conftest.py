"""Guarded servers."""

from collections.abc import Iterator

import pytest

from tests.security.sspl.serving import Hub, listening


@pytest.fixture
def hub() -> Iterator[Hub]:
    """A guarded application with the keys of the vectors."""
    with listening(Hub()) as served:
        yield served
