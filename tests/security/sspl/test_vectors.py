"""The published vectors, step by step, over real connections."""

import base64
from collections.abc import Iterator
from typing import Any

import pytest

from tests.security.sspl.serving import Hub, listening, send
from tests.security.sspl.signing import Call
from tests.security.sspl.vectors import vectors


@pytest.fixture(scope="module", params=["httptools", "h11"])
def server(request: pytest.FixtureRequest) -> Iterator[Hub]:
    """One server for all vectors, with each of the parsers that uvicorn may find."""
    with listening(Hub(), request.param) as hub:
        yield hub


def test_all_vectors_are_here() -> None:
    """An empty list would pass without a word."""
    assert len(vectors()["vectors"]) == 78
    assert sum(len(vector["steps"]) for vector in vectors()["vectors"]) == 87


@pytest.mark.parametrize("vector", vectors()["vectors"], ids=lambda vector: vector["id"])
def test_a_vector_is_answered_as_published(server: Hub, vector: dict[str, Any]) -> None:
    """Any client that passes the vectors works here; any attack in them does not."""
    server.nonces.spent.clear()
    for step in vector["steps"]:
        server.clock.unix_s = step["now"]
        server.served.clear()

        answer = send(server, _call(step["request"]))

        expected = step["expect"]
        assert (answer.status, answer.code) == (expected.get("status", 200), expected.get("code", ""))
        assert len(server.served) == expected["ok"]


def _call(written: dict[str, Any]) -> Call:
    target = written["path"] + (f"?{written['query']}" if written["query"] else "")
    headers = tuple((name, value) for name, value in written["headers"])
    return Call(written["method"], target, headers, base64.b64decode(written["body_b64"]))
