"""Whatever the wire does, a bridge ends in bounded time with a clear error, or with the right answer."""

import asyncio
import zlib
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import httpx
import pytest
from pydantic import BaseModel

from bridges.breaker import CircuitBreaker
from bridges.client import BridgeClient
from bridges.translate import retry_after_s, translated
from bridges.video import VideoBridgeClient
from config import BridgeSettings
from core_integrator.contracts.errors import (
    BreakerOpen,
    BridgeError,
    BridgeProtocolError,
    BridgeRefusal,
    BridgeTimeout,
    BridgeUnavailable,
)
from telemetry.trace import start_trace
from tests.bridges.wire import answer, playing, raw, reset, silence, trickle
from tests.servers import free_port

GOOD = b'{"generation_id": "film_1", "status": "processing", "progress": 5}'
HEALTHY = answer(200, b"{}")


class Empty(BaseModel):
    """A body without fields."""


def settings(url: str, **changes: object) -> BridgeSettings:
    """Short limits, and a heartbeat that does not disturb the counting."""
    chosen = {"read_timeout_s": 0.4, "connect_timeout_s": 0.4, "total_timeout_s": 1.5, "heartbeat_s": 600}
    return BridgeSettings(base_url=url, **{**chosen, **changes})


def bridge(url: str, **changes: object) -> VideoBridgeClient:
    """A video bridge to the scripted server."""
    return VideoBridgeClient(settings(url, **changes), track=lambda _: None)


FAULTS = {
    "truncated body": (raw(b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{"), BridgeUnavailable),
    "truncated chunks": (
        raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\n{"),
        BridgeUnavailable,
    ),
    "no length, closed early": (raw(b'HTTP/1.1 200 OK\r\n\r\n{"generation_id": "fi'), BridgeProtocolError),
    "empty reply": (raw(b""), BridgeUnavailable),
    "reset": (reset(), BridgeUnavailable),
    "no answer": (silence(), BridgeTimeout),
    "stall in the body": (silence(b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{"), BridgeTimeout),
    "trickle": (trickle(b"HTTP/1.1 200 OK\r\nContent-Length: 600\r\n\r\n"), BridgeTimeout),
    "no HTTP": (raw(b"SSH-2.0-OpenSSH_9\r\n\r\n"), BridgeUnavailable),
    "malformed JSON": (answer(200, b"{nope"), BridgeProtocolError),
    "HTML page": (answer(200, b"<html>busy</html>"), BridgeProtocolError),
    "wrong shape": (answer(200, b'{"generation_id": 5}'), BridgeProtocolError),
    "a list": (answer(200, b"[]"), BridgeProtocolError),
    "invented state": (answer(200, GOOD.replace(b"processing", b"teapot")), BridgeProtocolError),
    "huge header": (raw(b"HTTP/1.1 200 OK\r\nX: " + b"x" * 200_000 + b"\r\n\r\n"), BridgeUnavailable),
    "longer than agreed": (answer(200, b'"' + b"x" * 70_000 + b'"'), BridgeProtocolError),
    "compressed unasked": (
        answer(200, zlib.compress(b" " * 10_000_000), Content_Encoding="deflate"),
        BridgeProtocolError,
    ),
    "redirect elsewhere": (answer(302, b"{}", Location="http://example.org/"), BridgeProtocolError),
    "HTML 502": (answer(502, b"<html>bad gateway</html>"), BridgeUnavailable),
    "500": (answer(500, b"{}"), BridgeUnavailable),
    "503": (answer(503, b"{}"), BridgeUnavailable),
    "429": (answer(429, b"{}"), BridgeUnavailable),
    "refusal without a reason": (answer(400, b"{}"), BridgeProtocolError),
    "refusal": (answer(409, b'{"error": {"code": "wrong_state", "message": "no"}}'), BridgeRefusal),
}


@pytest.mark.parametrize("fault", FAULTS)
async def test_each_fault_is_a_clear_error(fault: str) -> None:
    """No fault gets through as a success, as an endless wait, or as a library's exception."""
    script, expected = FAULTS[fault]
    async with playing(HEALTHY, script) as wire, bridge(wire.url, max_answer_bytes=65_536) as client:
        with pytest.raises(expected) as caught:
            await client.get_status("film_1")

    assert isinstance(caught.value, BridgeError)
    again = isinstance(caught.value, BridgeUnavailable)
    asked = len(wire.requests) - 1
    assert asked >= 2 if again and fault != "trickle" else asked == 1


async def test_a_read_is_tried_again_until_it_succeeds() -> None:
    """Two failures and a success are a success."""
    scripts = (HEALTHY, reset(), answer(503, b"{}"), answer(200, GOOD))
    async with playing(*scripts) as wire, bridge(wire.url) as client:
        status = await client.get_status("film_1")

    assert status.status == "processing"
    assert len(wire.requests) == 4


async def test_a_write_without_a_key_is_sent_once() -> None:
    """Nobody knows whether it was done; doing it twice may be paid twice."""
    async with playing(HEALTHY, answer(503, b"{}")) as wire, bridge(wire.url) as client:
        with pytest.raises(BridgeUnavailable):
            await client.post("/orders", Empty(), Empty, operation="order")

    assert len(wire.requests) == 2


async def test_a_write_with_a_key_carries_it_every_time() -> None:
    """The generator makes one thing, however often it is asked."""
    async with playing(HEALTHY, reset(), answer(200, b"{}")) as wire, bridge(wire.url) as client:
        await client.post("/orders", Empty(), Empty, operation="order", key="key-1")

    assert len(wire.requests) == 3
    assert all(b"Idempotency-Key: key-1" in request for request in wire.requests[1:])


async def test_a_refusal_is_final_and_keeps_its_words() -> None:
    """A no is not asked again, and its reason is handed on, bounded and printable."""
    body = b'{"error": {"code": "unsupported_script", "message": "no Thai\\u0007' + b"x" * 900 + b'"}}'
    async with playing(HEALTHY, answer(422, body)) as wire, bridge(wire.url) as client:
        with pytest.raises(BridgeRefusal) as caught:
            await client.get_status("film_1")

    assert (caught.value.status, caught.value.reason) == (422, "unsupported_script")
    assert len(caught.value.explanation) == 300
    assert caught.value.explanation.isprintable()
    assert len(wire.requests) == 2


async def test_a_wait_that_is_longer_than_the_limit_is_not_waited_for() -> None:
    """Retry-After wins over the back-off, and the total time over both; the caller learns when to come."""
    busy = answer(503, b"{}", Retry_After="60")
    async with playing(HEALTHY, busy) as wire, bridge(wire.url) as client:
        with pytest.raises(BridgeUnavailable) as caught:
            await client.get_status("film_1")

    assert caught.value.retry_after_s == 60
    assert len(wire.requests) == 2


async def test_an_open_breaker_asks_no_more_and_one_probe_closes_it() -> None:
    """A generator that is away is left in peace; when it is back, one call finds out for all."""
    port = free_port()
    async with bridge(
        f"http://127.0.0.1:{port}", attempts=1, breaker_failures=3, breaker_open_s=60
    ) as client:
        for _ in range(3):
            with pytest.raises(BridgeUnavailable):
                await client.get_status("film_1")
        assert client.breaker.state == "open"
        assert client.health().status == "degraded"
        with pytest.raises(BreakerOpen) as caught:
            await client.get_status("film_1")
        assert caught.value.retry_after_s

        client.breaker.well()
        assert client.breaker.state == "half_open"


async def test_the_heartbeat_finds_a_generator_that_is_back() -> None:
    """Without a restart, and without a caller who pays for the finding out."""
    async with playing(answer(503, b"{}"), answer(503, b"{}"), answer(200, GOOD)) as wire:
        async with bridge(wire.url, attempts=1, breaker_failures=1, heartbeat_s=0.02) as client:
            assert client.health().status == "degraded"
            with pytest.raises(BridgeUnavailable):
                await client.get_status("film_1")
            async with asyncio.timeout(10):
                while client.health().status != "healthy":
                    await asyncio.sleep(0.01)

            assert (await client.get_status("film_1")).status == "processing"
            assert client.breaker.state == "closed"


@pytest.mark.parametrize("fault", ["trickle", "no answer", "reset", "longer than agreed", "503"])
async def test_a_probe_that_goes_wrong_is_a_reason_and_the_heart_beats_on(fault: str) -> None:
    """Whatever the health page does, the hub opens, says degraded, and notices when it is well again."""
    script, _ = FAULTS[fault]
    async with playing(script, HEALTHY) as wire:
        async with bridge(wire.url, heartbeat_s=0.02, max_answer_bytes=65_536) as client:
            assert client.health().status == "degraded"
            assert client.health().reason
            async with asyncio.timeout(10):
                while client.health().status != "healthy":
                    await asyncio.sleep(0.01)


def test_a_half_open_breaker_lets_one_through() -> None:
    """A generator that just came back is not trampled."""
    now = [0.0]
    moves: list[int] = []
    breaker = CircuitBreaker(
        "s", failures=2, open_s=5, monotonic=lambda: now[0], track=lambda event: moves.append(event.state)
    )
    breaker.failed()
    assert breaker.admit()
    breaker.failed()
    assert not breaker.admit()
    now[0] = 5.0
    assert [breaker.admit() for _ in range(20)].count(True) == 1
    breaker.failed()
    now[0] = 14.0
    assert not breaker.admit()
    now[0] = 15.0
    assert breaker.admit()
    breaker.succeeded()
    assert breaker.admit()
    assert moves == [2, 1, 2, 1, 0]


@pytest.mark.parametrize("provider_id", ["../etc", "a/b", "", "x" * 129, "a?b", "a b"])
async def test_an_id_with_a_path_in_it_never_goes_out(provider_id: str) -> None:
    """What a generator named is not trusted to be plain."""
    async with playing(HEALTHY) as wire, bridge(wire.url) as client:
        with pytest.raises(BridgeProtocolError):
            await client.get_status(provider_id)

    assert len(wire.requests) == 1


async def test_the_request_can_be_followed_to_the_generator() -> None:
    """Its id and its trace context go along; answers are asked for uncompressed."""
    trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    async with playing(HEALTHY, answer(200, GOOD)) as wire, bridge(wire.url) as client:
        started = start_trace("req_1", trace)
        await client.get_status("film_1")

    sent = wire.requests[1]
    assert b"X-Request-ID: req_1" in sent
    assert trace.encode() in sent
    assert b"Accept-Encoding: identity" in sent
    assert started.bridge_s > 0


async def test_a_film_is_streamed_with_its_range() -> None:
    """Range goes out, status and headers come back, and the bytes are those of the generator."""
    part = answer(206, b"0123", Content_Type="video/mp4", Content_Range="bytes 0-3/10")
    async with playing(HEALTHY, part) as wire, bridge(wire.url) as client:
        opening = client.open_media("film_1", "mp4", method="GET", headers={"range": "bytes=0-3"})
        async with opening as stream:
            received = b"".join([chunk async for chunk in stream.chunks])

    assert (stream.status, received) == (206, b"0123")
    assert stream.headers["content-range"] == "bytes 0-3/10"
    assert b"range: bytes=0-3" in wire.requests[1].lower()


MEDIA = b"HTTP/1.1 200 OK\r\nContent-Type: video/mp4\r\n"
FILM = b"\0\0\0\x18ftypisom" + b"x" * 400


async def test_a_film_that_is_cut_is_never_taken_for_whole() -> None:
    """The caller's download must fail, not end short."""
    head = b"HTTP/1.1 200 OK\r\nContent-Type: video/mp4\r\nContent-Length: 1000\r\n\r\n"
    async with playing(HEALTHY, raw(head + FILM)) as wire, bridge(wire.url) as client:
        async with client.open_media("film_1", "mp4", method="GET", headers={}) as stream:
            received = []
            with pytest.raises(BridgeUnavailable):
                async for chunk in stream.chunks:
                    received.append(chunk)

    assert sum(map(len, received)) <= len(FILM)


MEDIA_FAULTS = {
    "no length, closed early": raw(MEDIA + b"\r\n" + FILM),
    "nothing": raw(MEDIA + b"Content-Length: 0\r\n\r\n"),
    "an image called a film": raw(MEDIA + b"Content-Length: 5\r\n\r\n\xff\xd8\xff\xe0\0"),
    "a page called a film": raw(MEDIA + b"Content-Length: 15\r\n\r\n<!doctype html>"),
    "compressed": raw(MEDIA + b"Content-Encoding: deflate\r\nContent-Length: 9\r\n\r\n" + b"x" * 9),
    "truncated": raw(MEDIA + b"Content-Length: 1000\r\n\r\n" + FILM),
    "truncated chunks": raw(MEDIA + b"Transfer-Encoding: chunked\r\n\r\n19c\r\n" + FILM + b"\r\nff\r\nx"),
    "stall": silence(MEDIA + b"Content-Length: 1000\r\n\r\n" + FILM),
    "trickle": trickle(MEDIA + b"Content-Length: 1000\r\n\r\n" + FILM),
    "reset": reset(),
    "redirect elsewhere": answer(302, b"", Location="http://example.org/film.mp4"),
    "503": answer(503, b"{}"),
}


@pytest.mark.parametrize("fault", MEDIA_FAULTS)
async def test_no_fault_of_the_wire_makes_a_film(fault: str) -> None:
    """Whoever reads a stream to its end has the whole film, or an error of ours in bounded time."""
    limits = {"stream_timeout_s": 1}
    async with playing(HEALTHY, MEDIA_FAULTS[fault]) as wire, bridge(wire.url, **limits) as client:
        async with asyncio.timeout(10):
            with pytest.raises(BridgeError):
                async with client.open_media("film_1", "mp4", method="GET", headers={}) as stream:
                    async for _ in stream.chunks:
                        pass


@pytest.mark.parametrize("kind", ["text/html", "image/jpeg", ""])
async def test_another_kind_of_file_is_no_film(kind: str) -> None:
    """An error page must not be saved as a film."""
    page = answer(200, b"<html>", Content_Type=kind)
    async with playing(HEALTHY, page) as wire, bridge(wire.url) as client:
        with pytest.raises(BridgeProtocolError):
            async with client.open_media("film_1", "mp4", method="GET", headers={}):
                pass


def test_no_exception_of_the_library_leaves_the_bridges() -> None:
    """Each of httpx's transport errors has a name of ours."""
    pending = [httpx.HTTPError]
    while pending:
        kind = pending.pop()
        pending += kind.__subclasses__()
        error = kind.__new__(kind)
        assert isinstance(translated("service", error), BridgeError)


@pytest.mark.parametrize(
    ("value", "expected"), [("7", 7), ("0", 0), ("99999", 300), ("-1", None), ("soon", None), ("", None)]
)
def test_retry_after_is_read_as_seconds(value: str, expected: float | None) -> None:
    """RFC 9110, and never for longer than five minutes."""
    assert retry_after_s(httpx.Headers({"Retry-After": value})) == expected


def test_retry_after_is_read_as_a_date() -> None:
    """A date in the future is a wait; one in the past is none."""
    future = format_datetime(datetime.now(UTC) + timedelta(seconds=100), usegmt=True)

    assert 50 < retry_after_s(httpx.Headers({"Retry-After": future})) <= 100
    assert retry_after_s(httpx.Headers({"Retry-After": "Mon, 01 Jan 2024 00:00:00 GMT"})) == 0


def test_a_bridge_that_is_not_open_says_so() -> None:
    """A defect of ours is loud."""
    with pytest.raises(RuntimeError, match="not open"):
        asyncio.run(
            BridgeClient(settings("http://127.0.0.1:1"), track=lambda _: None).get("/", Empty, operation="x")
        )
