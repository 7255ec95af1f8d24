"""A guarded server for the client to sign for."""

from collections.abc import Iterator

import pytest

from tests.security.sspl.serving import Hub, listening


@pytest.fixture
def guarded() -> Iterator[Hub]:
    """An application behind the signature guard, with the keys of the vectors."""
    with listening(Hub()) as served:
        yield served
