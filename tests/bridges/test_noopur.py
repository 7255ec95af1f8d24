"""Noopur's bridge: it says who it is, keeps the pauses it is asked for, and believes no answer unread."""

import time
from email.utils import formatdate

import pytest

from bridges.creatorcore import TextVerdict
from bridges.noopur import NoopurBridgeClient
from config import NoopurSettings
from core_integrator.contracts.errors import (
    BreakerOpen,
    BridgeProtocolError,
    BridgeRefusal,
    BridgeTimeout,
    BridgeUnavailable,
)
from tests.bridges.wire import answer, playing, silence, trickle

HEALTHY = answer(200, b"{}")
VERDICT = TextVerdict(generation_id="7", command="+2")
SLOWER = b'{"error": "slower", "error_code": "RATE_LIMITED", "details": {}}'


class Stopwatch:
    """A monotonic clock of the test's own."""

    def __init__(self) -> None:
        self.now_s = 100.0

    def __call__(self) -> float:
        """Return the present."""
        return self.now_s


def bridge(url: str, watch: Stopwatch | None = None, **changes: object) -> NoopurBridgeClient:
    """A bridge whose heartbeat beats once."""
    chosen = NoopurSettings(base_url=url, **{"heartbeat_s": 600, **changes})
    return NoopurBridgeClient(chosen, track=lambda _: None, monotonic=watch or Stopwatch())


async def test_every_request_carries_the_key_and_a_verdict_its_id() -> None:
    """Health probes too; the id is how the other side may know a repeat."""
    async with playing(HEALTHY, answer(200, b"[]"), HEALTHY) as wire:
        async with bridge(wire.url, api_key="secret-1") as client:
            await client.history("0a1b", limit=100)
            await client.rate(VERDICT, key="fbk_1")
            assert "secret-1" not in repr(client.health())

    probe, history, feedback = (request.decode() for request in wire.requests)
    assert all("Authorization: Bearer secret-1\r\n" in request for request in (probe, history, feedback))
    assert history.startswith("GET /history?limit=100&owner=0a1b HTTP/1.1\r\n")
    assert feedback.startswith("POST /feedback HTTP/1.1\r\n")
    assert "X-Request-ID: fbk_1\r\n" in feedback
    assert "Idempotency-Key: fbk_1\r\n" in feedback
    assert feedback.endswith('{"generation_id":"7","command":"+2"}')


async def test_texts_may_be_counted_or_named() -> None:
    """Services of this wire number their texts; ids are strings here."""
    body = b'[{"id": 7, "text": "a", "score": 1.5, "created_at": "x"}, {"id": "txt_8", "text": "b"}]'
    async with playing(HEALTHY, answer(200, body)) as wire, bridge(wire.url) as client:
        held = await client.history("o", limit=5)

    assert [(one.id, one.text) for one in held] == [("7", "a"), ("txt_8", "b")]


MOMENT = 1_900_000_000


@pytest.mark.parametrize(
    ("headers", "wait_s"),
    [
        # By the service's own clock, wherever that stands.
        ({"X_RateLimit_Reset": str(MOMENT + 40), "Date": formatdate(MOMENT, usegmt=True)}, 40),
        ({"X_RateLimit_Reset": "40"}, 40),
        ({"Retry_After": "40"}, 40),
        ({"Retry_After": "7", "X_RateLimit_Reset": "40"}, 40),
        ({"Retry_After": "40", "X_RateLimit_Reset": "7"}, 40),
        ({"X_RateLimit_Reset": "999999999"}, 3600),
    ],
)
async def test_no_call_goes_out_before_the_moment_it_names(headers: dict[str, str], wait_s: int) -> None:
    """Of each operation alone, because the limits are; then it is asked again."""
    watch = Stopwatch()
    scripts = (HEALTHY, answer(429, SLOWER, **headers), HEALTHY, answer(200, b"[]"))
    async with playing(*scripts) as wire, bridge(wire.url, watch) as client:
        with pytest.raises(BridgeUnavailable):
            await client.history("o", limit=5)
        watch.now_s += wait_s - 1
        for _ in range(5):
            with pytest.raises(BreakerOpen):
                await client.history("o", limit=5)
        assert client.health().status == "degraded"
        assert len(wire.requests) == 2

        await client.rate(VERDICT, key="fbk_1")
        watch.now_s += 1
        assert await client.history("o", limit=5) == []
        assert client.health().status == "healthy"


async def test_a_moment_by_our_clock_when_the_service_tells_no_time() -> None:
    """Servers without ``Date`` are believed to know the time."""
    watch = Stopwatch()
    limited = answer(429, SLOWER, X_RateLimit_Reset=str(int(time.time()) + 1000))
    async with playing(HEALTHY, limited) as wire, bridge(wire.url, watch) as client:
        with pytest.raises(BridgeUnavailable):
            await client.history("o", limit=5)
        watch.now_s += 900
        with pytest.raises(BreakerOpen):
            await client.history("o", limit=5)


async def test_a_share_told_with_a_failure_is_no_pause() -> None:
    """Every answer of the contract carries ``X-RateLimit-Reset``; only a 429 means it."""
    failing = answer(503, b"{}", X_RateLimit_Reset=str(int(time.time()) + 60))
    async with playing(HEALTHY, failing, answer(200, b"[]")) as wire, bridge(wire.url) as client:
        with pytest.raises(BridgeUnavailable):
            await client.history("o", limit=5)
        assert await client.history("o", limit=5) == []


async def test_a_refused_verdict_says_nothing_of_the_service_and_a_wrong_key_does() -> None:
    """The first is final for the verdict; the second is the operator's to mend."""
    unknown = answer(404, b'{"error": "no such text", "error_code": "INVALID_INPUT", "details": {}}')
    stranger = answer(401, b'{"error": "who are you?", "error_code": "UNAUTHORIZED", "details": {}}')
    async with playing(HEALTHY, unknown, stranger) as wire, bridge(wire.url) as client:
        with pytest.raises(BridgeRefusal) as refused:
            await client.rate(VERDICT, key="fbk_1")
        assert (refused.value.status, refused.value.reason) == (404, "INVALID_INPUT")
        assert client.health().status == "healthy"
        with pytest.raises(BridgeRefusal):
            await client.rate(VERDICT, key="fbk_1")
        assert client.health().status == "degraded"


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        (answer(200, b'["text"]'), BridgeProtocolError),
        (answer(200, b'[{"id": true, "text": "a"}]'), BridgeProtocolError),
        (answer(200, b'[{"id": "a", "text": 5}]'), BridgeProtocolError),
        (answer(200, b'[{"id": "a", "text": "\\ud800"}]'), BridgeProtocolError),
        (answer(200, b'[{"id": "a", "text": "' + b"x" * 3_000_000 + b'"}]'), BridgeProtocolError),
        (silence(), BridgeTimeout),
        (trickle(b"HTTP/1.1 200 OK\r\nContent-Length: 600\r\n\r\n"), BridgeTimeout),
    ],
)
async def test_noise_is_an_error_in_bounded_time(script, expected: type[Exception]) -> None:
    """Asked once: the reader does not wait for a second try."""
    async with playing(HEALTHY, script) as wire, bridge(wire.url, total_timeout_s=0.4) as client:
        with pytest.raises(expected):
            await client.history("o", limit=5)
        assert client.health().reason
    assert len(wire.requests) == 2


async def test_trouble_is_forgotten_after_a_minute() -> None:
    """When nobody reads any more, an old failure says nothing of today."""
    watch = Stopwatch()
    async with playing(HEALTHY, answer(500, b"{}")) as wire, bridge(wire.url, watch) as client:
        with pytest.raises(BridgeUnavailable):
            await client.history("o", limit=5)
        assert client.health().status == "degraded"
        watch.now_s += 61
        assert client.health().status == "healthy"
