"""Whatever arrives, the answer is a 4xx of the table, in our shape, and nothing is stored."""

import json
import socket
from collections.abc import Iterator

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.api.calls import core, error_of

GOOD = {"module": "sample_text", "intent": "generate", "user_id": "ada", "data": {"text": "a"}}


def envelope(**changes):
    """Return a good envelope with some parts changed; ``None`` leaves a part out."""
    return {name: value for name, value in {**GOOD, **changes}.items() if value is not None}


def deep(levels: int) -> bytes:
    """Return an envelope whose data nests that deep."""
    return b'{"module":"sample_text","intent":"generate","user_id":"ada","data":{"text":' + (
        b"[" * levels + b"]" * levels + b"}}"
    )


def raw(data: bytes) -> bytes:
    """Return an envelope with raw text in place of the data."""
    return b'{"module":"sample_text","intent":"generate","user_id":"ada","data":' + data + b"}"


ENVELOPES = {
    "unknown module": (envelope(module="nope"), 404, "unknown_module"),
    "unknown intent": (envelope(intent="nope"), 404, "unknown_intent"),
    "missing user": (envelope(user_id=None), 422, "invalid_payload"),
    "empty user": (envelope(user_id=""), 422, "invalid_payload"),
    "user of 65 characters": (envelope(user_id="x" * 65), 422, "invalid_payload"),
    "user with a path": (envelope(user_id="../etc/passwd"), 422, "invalid_payload"),
    "user with a space": (envelope(user_id="a b"), 422, "invalid_payload"),
    "user with markup": (envelope(user_id="<script>"), 422, "invalid_payload"),
    "user with SQL": (envelope(user_id="x' OR '1'='1"), 422, "invalid_payload"),
    "user with a newline": (envelope(user_id="ada\n"), 422, "invalid_payload"),
    "user a number": (envelope(user_id=5), 422, "invalid_payload"),
    "data a list": (envelope(data=[]), 422, "invalid_payload"),
    "data a text": (envelope(data="x"), 422, "invalid_payload"),
    "unknown field": (envelope(extra=1), 422, "invalid_payload"),
    "module with a path": (envelope(module="../x"), 422, "invalid_payload"),
    "both texts": (envelope(data={"text": "a", "input_text": "b"}), 422, "invalid_payload"),
    "no text": (envelope(data={}), 422, "invalid_payload"),
    "text a number": (envelope(data={"text": 5}), 422, "invalid_payload"),
    "an empty film": (envelope(module="video", data={"text": "   "}), 422, "invalid_payload"),
    "a film of no length": (
        envelope(module="video", data={"text": "a", "duration": 0}),
        422,
        "invalid_payload",
    ),
    "a NUL in a text": (envelope(data={"text": "a\0b"}), 400, "malformed_request"),
    "a NUL in a key": (envelope(data={"te\0xt": "a"}), 400, "malformed_request"),
}

BODIES = {
    "nothing": (b"", 400),
    "no JSON": (b"hello", 400),
    "half a JSON": (b'{"module": "sample_te', 400),
    "two JSON texts": (b"{}{}", 400),
    "a list": (b"[]", 422),
    "a number": (b"5", 422),
    "null": (b"null", 422),
    "not UTF-8": (raw(b'{"text":"\xff\xfe"}'), 400),
    "UTF-16": (json.dumps(GOOD).encode("utf-16"), 400),
    "NaN": (raw(b'{"text":NaN}'), 400),
    "Infinity": (raw(b'{"text":Infinity}'), 400),
    "minus Infinity": (raw(b'{"text":-Infinity}'), 400),
    "1e400": (raw(b'{"text":1e400}'), 400),
    "a 400-digit integer": (raw(b'{"text":' + b"9" * 400 + b"}"), 400),
    "a lone surrogate": (raw(rb'{"text":"\ud800"}'), 400),
    "a lone surrogate in a key": (raw(rb'{"\udfff":"x"}'), 400),
    "a NUL byte": (raw(b'{"text":"a\0b"}'), 400),
    "500 levels": (deep(500), 400),
    "900 levels": (deep(900), 400),
    "10 000 levels": (deep(10_000), 400),
    "63 levels of rubbish": (deep(61), 422),
}


@pytest.fixture(autouse=True)
def nothing_is_stored(client: httpx.Client) -> Iterator[None]:
    """After each bad request the user's history is still empty."""
    yield
    assert client.get("/get-history", params={"user_id": "ada"}).json() == []


@pytest.mark.parametrize("case", ENVELOPES)
def test_a_bad_envelope_is_refused(client: httpx.Client, case: str) -> None:
    """The caller learns what to mend, and nothing else happens."""
    body, status, code = ENVELOPES[case]

    answer = client.post("/core", json=body)

    assert answer.status_code == status
    assert error_of(answer)["code"] == code


@pytest.mark.parametrize("case", BODIES)
def test_a_body_that_is_no_good_json_is_refused(client: httpx.Client, case: str) -> None:
    """What another parser might read differently never gets in."""
    body, status = BODIES[case]

    answer = client.post("/core", content=body, headers={"content-type": "application/json"})

    assert answer.status_code == status
    error_of(answer)


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "application/json; charset=latin-1", ""]
)
def test_another_content_type_is_refused(client: httpx.Client, kind: str) -> None:
    """A form of some web page cannot call the hub."""
    answer = client.post("/core", content=json.dumps(GOOD), headers={"content-type": kind})

    assert answer.status_code == 415
    assert error_of(answer)["code"] == "unsupported_media_type"


@pytest.mark.parametrize("megabytes", [5, 50])
@pytest.mark.parametrize("chunked", [False, True])
def test_a_long_body_is_refused(client: httpx.Client, megabytes: int, chunked: bool) -> None:
    """The answer reaches also a client that writes all before it reads."""
    chunk = b"x" * 2**20
    content = (chunk for _ in range(megabytes)) if chunked else chunk * megabytes

    answer = client.post("/core", content=content, headers={"content-type": "application/json"})

    assert answer.status_code == 413
    assert error_of(answer)["details"] == {"limit_bytes": 4 * 2**20}


def test_a_stalled_body_is_given_up(hub_url: str) -> None:
    """A body that never comes does not hold a connection for ever."""
    host, port = hub_url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=30) as wire:
        wire.sendall(
            b"POST /core HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
            b"Content-Length: 100\r\n\r\n{"
        )
        answer = b""
        while part := wire.recv(65536):
            answer += part

    assert answer.startswith(b"HTTP/1.1 400")
    assert b"did not arrive" in answer


def test_a_refusal_never_repeats_what_was_sent(client: httpx.Client) -> None:
    """Answers are logged and forwarded; a secret in a wrong field must not travel on."""
    secret = "hunter2-secret"
    for body in (
        envelope(user_id=f"{secret}!"),
        envelope(module="video", data={"text": "a", "style": secret}),
        envelope(module="video", data={"text": "a", "duration": secret}),
        envelope(data={"text": [secret]}),
    ):
        answer = client.post("/core", json=body)

        assert answer.status_code == 422
        assert secret not in answer.text


def test_a_repeated_key_counts_as_the_last(client: httpx.Client) -> None:
    """Documented: of two equal keys the last one wins."""
    body = (
        b'{"module":"sample_text","intent":"nope","intent":"generate","user_id":"bob","data":{"text":"a b"}}'
    )

    answer = client.post("/core", content=body, headers={"content-type": "application/json"})

    assert answer.json()["result"] == {"word_count": 2}


def test_a_user_of_64_characters_is_welcome(client: httpx.Client) -> None:
    """The limit itself is inside."""
    assert core(client, "sample_text", "generate", {"text": "a"}, user="x" * 64).status_code == 200


@pytest.mark.parametrize("path", ["/get-context", "/get-history"])
@pytest.mark.parametrize(
    "query",
    [
        "",
        "user_id=",
        "user_id=../x",
        "user_id=a%00b",
        "user_id=a&limit=0",
        "user_id=a&limit=x",
        "user_id=a&limit=9999",
    ],
)
def test_a_bad_query_is_refused(client: httpx.Client, path: str, query: str) -> None:
    """Reading is checked like writing."""
    answer = client.get(f"{path}?{query}")

    assert answer.status_code == 422
    assert error_of(answer)["code"] == "invalid_payload"


def test_a_cursor_nobody_gave_out_is_refused(client: httpx.Client) -> None:
    """A made-up cursor is the caller's mistake, not ours."""
    answer = client.get("/get-history", params={"user_id": "ada", "cursor": "rubbish!"})

    assert answer.status_code == 400
    assert error_of(answer)["code"] == "invalid_argument"


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    body=st.one_of(
        st.binary(max_size=400), st.text(max_size=200).map(lambda t: t.encode("utf-8", "surrogatepass"))
    )
)
def test_noise_never_breaks_the_hub(client: httpx.Client, body: bytes) -> None:
    """Whatever the bytes, the answer is a refusal in our shape."""
    answer = client.post("/core", content=body, headers={"content-type": "application/json"})

    assert 400 <= answer.status_code < 500
    error_of(answer)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    data=st.recursive(
        st.none()
        | st.booleans()
        | st.integers()
        | st.floats(allow_nan=False, allow_infinity=False)
        | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
        max_leaves=20,
    )
)
def test_any_json_as_data_gets_an_answer_of_the_table(client: httpx.Client, data) -> None:
    """Good JSON of a wrong shape is the caller's mistake, never ours."""
    answer = client.post("/core", json=envelope(data={"text": [data]}))

    assert answer.status_code in {400, 422}
    error_of(answer)
