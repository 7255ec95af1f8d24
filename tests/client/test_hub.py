"""The clients against a real hub."""

import re
from pathlib import Path
from typing import Any

import httpx
import pytest

from core_integrator.client import (
    AsyncHubClient,
    HubClient,
    HubError,
    HubProtocolError,
    HubUnreachable,
    SignatureAuth,
)
from security import keyfiles
from tests.servers import free_port

PAGE = Path(__file__).parents[2] / "docs" / "client.md"


def shown() -> dict[str, Any]:
    """Return everything that the page's Python blocks define."""
    space: dict[str, Any] = {}
    for block in re.findall(r"```python\n(.*?)```", PAGE.read_text(), re.DOTALL):
        exec(block, space)  # noqa: S102 - our own documentation
    return space


async def test_what_the_page_shows_does_what_it_says(hub_url: str, tmp_path: Path) -> None:
    """Every function of docs/client.md, against a real hub."""
    page = shown()
    pair = keyfiles.new_private_key()
    keyfiles.write_private_key(tmp_path / "shop.pem", pair)
    auth = SignatureAuth("shop", bytes(pair))

    assert page["count_words"](hub_url, "shop", tmp_path / "shop.pem") == 3
    assert page["why_refused"](hub_url) == ("unknown_module", False)
    assert len(await page["whole_history"](hub_url, auth, "ada")) == 1
    assert "sample_text" in page["modules"](hub_url, "shop", bytes(pair))


def test_a_call_with_a_key_is_done_once(hub_url: str) -> None:
    """The same answer, and one exchange remembered."""
    with HubClient(hub_url) as hub:
        answers = [
            hub.call("sample_text", "generate", "ada", {"text": "a b"}, idempotency_key="k") for _ in range(2)
        ]

        assert answers[0].result == answers[1].result == {"word_count": 2}
        assert len(hub.context("ada").exchanges) == 1
    assert answers[0].request_id
    assert answers[0].message


def test_history_comes_page_by_page(hub_url: str) -> None:
    """Newest first, until there is no more."""
    with HubClient(hub_url) as hub:
        for number in range(5):
            hub.call("sample_text", "generate", "ada", {"text": f"n{number}"})
        pages = [hub.history("ada", module="sample_text", limit=2)]
        while pages[-1].next_cursor:
            pages.append(hub.history("ada", module="sample_text", limit=2, cursor=pages[-1].next_cursor))

    texts = [row["request"]["data"]["text"] for page in pages for row in page.exchanges]
    assert [len(page.exchanges) for page in pages] == [2, 2, 1]
    assert texts == ["n4", "n3", "n2", "n1", "n0"]


async def test_every_refusal_carries_its_facts(hub_url: str) -> None:
    """From both kinds of client alike."""
    async with AsyncHubClient(hub_url) as hub:
        with pytest.raises(HubError) as unknown:
            await hub.feedback("vid_nothing", "ada", command="+2", rating=5, comment="fine")
        with pytest.raises(HubError) as invalid:
            await hub.call("sample_text", "generate", "ada", {})
        assert (await hub.context("ada", limit=2)).exchanges == []

    assert (unknown.value.code, unknown.value.status, unknown.value.retryable) == ("not_found", 404, False)
    assert (invalid.value.code, invalid.value.status) == ("invalid_payload", 422)
    assert invalid.value.details["fields"]
    assert invalid.value.request_id
    assert "invalid_payload" in str(invalid.value)


async def test_no_answer_is_told_as_such() -> None:
    """Nothing listens there; that may pass."""
    url = f"http://127.0.0.1:{free_port()}"

    with HubClient(url) as hub, pytest.raises(HubUnreachable) as problem:
        hub.context("ada")
    async with AsyncHubClient(url) as hub:
        with pytest.raises(HubUnreachable):
            await hub.context("ada")

    assert problem.value.retryable


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (200, "<html>"),
        (502, "<html>"),
        (200, '{"status": "success"}'),
        (500, '{"detail": "x"}'),
        (200, "[1]"),
    ],
)
def test_something_else_at_the_address_is_told_as_such(status: int, body: str) -> None:
    """A proxy's page is neither a success nor a refusal of the hub's."""
    elsewhere = httpx.MockTransport(lambda request: httpx.Response(status, text=body))

    with HubClient("http://hub.example", transport=elsewhere) as hub:
        with pytest.raises(HubProtocolError) as call:
            hub.call("sample_text", "generate", "ada", {})
        with pytest.raises(HubProtocolError):
            hub.context("ada")

    assert call.value.status == status
    assert call.value.retryable == (status == 502)


def test_a_refusal_says_when_to_come_again() -> None:
    """``Retry-After`` in seconds."""
    error = {"code": "rate_limited", "details": {}, "retryable": True, "request_id": "req_1"}
    body = {"status": "error", "message": "too many", "result": {"error": error}}
    busy = httpx.MockTransport(
        lambda request: httpx.Response(429, json=body, headers={"Retry-After": "7", "X-Request-ID": "req_1"})
    )

    with HubClient("http://hub.example", transport=busy) as hub, pytest.raises(HubError) as refusal:
        hub.context("ada")

    assert (refusal.value.retry_after_s, refusal.value.retryable) == (7.0, True)
    assert refusal.value.request_id == "req_1"
