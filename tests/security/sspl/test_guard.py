"""What goes through the guard, what does not, and what either costs."""

import hashlib
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from core_integrator.contracts.errors import RateLimited
from tests.security.sspl.serving import LIMIT_BYTES, Hub, listening, receive_answer, send, written
from tests.security.sspl.signing import CORE, Call, get, post, v2, v3
from tests.security.sspl.stores import NOW


@pytest.fixture(scope="module")
def opaque_hub() -> Iterator[Hub]:
    """A hub that does not tell what is wrong with a key."""
    with listening(Hub(opaque=True)) as served:
        yield served


SCHEMES = pytest.mark.parametrize("sign", [v3, v2])


def without_quotes(call: Call, text: str) -> Call:
    """Return the call with a parameter as a token, which is another value."""
    return call.changed("Signature-Input", call.header("Signature-Input").replace(f'"{text}"', text))


@SCHEMES
def test_a_signed_request_arrives_with_its_principal_and_its_body(hub: Hub, sign) -> None:
    """The hub behind knows who asks, what that one may do, and gets the bytes that were signed."""
    call = sign(Call(), "client-b")

    assert send(hub, call).status == 200
    (served,) = hub.served
    assert served.body_sha256 == hashlib.sha256(call.body).hexdigest()
    principal = served.principal
    assert (principal.id, principal.kind, principal.proof) == ("owner of client-b", "service", "signature")
    assert (principal.permissions, principal.subjects) == (frozenset({"core:write"}), frozenset({"user_123"}))
    assert principal.credential == "client-b"


@SCHEMES
def test_a_long_body_waits_on_disk_and_arrives_whole(hub: Hub, sign) -> None:
    """Longer than what is kept in memory, and in many pieces."""
    call = sign(post({**CORE, "data": {"text": "x" * (3 * 2**20)}}))

    assert send(hub, call).status == 200
    assert hub.served[0].body_length == len(call.body)
    assert hub.served[0].body_sha256 == hashlib.sha256(call.body).hexdigest()


@SCHEMES
def test_of_simultaneous_copies_one_is_served(hub: Hub, sign) -> None:
    """A replay that races the original wins nothing."""
    call = sign(Call())
    with ThreadPoolExecutor(64) as pool:
        answers = list(pool.map(lambda _: send(hub, call), range(64)))

    assert sorted(answer.status for answer in answers) == [200] + [409] * 63
    assert {answer.code for answer in answers} == {"", "sspl_replay"}
    assert len(hub.served) == 1


@SCHEMES
def test_a_forgery_spends_nothing(hub: Hub, sign) -> None:
    """A stranger cannot use up a nonce that is not theirs."""
    genuine = sign(Call(), nonce="a-nonce-that-is-guessed")
    forged = sign(Call(), "attacker", nonce="a-nonce-that-is-guessed")
    forged = replace(
        forged,
        headers=tuple(
            (name, value.replace('"attacker"', '"client-a"') if name != "X-SSPL-Key-Id" else "client-a")
            for name, value in forged.headers
        ),
    )

    assert send(hub, forged).code == "sspl_signature_invalid"
    assert hub.nonces.spent == {}
    assert send(hub, genuine).status == 200
    assert len(hub.nonces.spent) == 1


def test_another_body_is_refused_after_the_nonce_is_spent(hub: Hub) -> None:
    """Else one captured head would make the hub read bodies again and again."""
    call = v3(Call())
    changed = replace(call, body=call.body.replace(b"user_123", b"user_666"))

    assert (send(hub, changed).status, send(hub, changed).status) == (400, 409)
    assert hub.served == []


def test_refusals_have_the_hubs_shape_and_say_how_to_sign(hub: Hub) -> None:
    """A program branches on the code; the date shows whose clock is wrong."""
    answer = send(hub, Call())

    assert answer.status == 401
    error = answer.json["result"]["error"]
    assert (error["code"], error["retryable"]) == ("sspl_missing", False)
    assert error["request_id"] == answer.headers["X-Request-ID"]
    assert answer.headers["WWW-Authenticate"] == "Signature"
    assert answer.headers["Accept-Signature"].endswith('alg="ed25519";tag="sspl-v3"')
    assert answer.headers["Date"]
    problem = send(hub, Call().with_header("Accept", "application/problem+json"))
    assert problem.json["type"] == "urn:core-integrator:error:sspl_missing"


@SCHEMES
@pytest.mark.parametrize("store", ["keys", "nonces"])
def test_without_a_store_nothing_is_served(hub: Hub, sign, store: str) -> None:
    """Fail closed: what cannot be checked is refused, and the caller may come again."""
    call = sign(Call())
    getattr(hub, store).away = True

    answer = send(hub, call)

    assert (answer.status, answer.code) == (503, "sspl_store_unavailable")
    assert answer.headers["Retry-After"] == "1"
    assert hub.served == []
    getattr(hub, store).away = False
    assert send(hub, call).status == 200


@pytest.mark.parametrize(
    ("call", "status"),
    [
        (v3(post({**CORE, "user_id": "user_123"}), "client-b"), 200),
        (v3(post({**CORE, "user_id": "somebody"}), "client-b"), 403),
        (v3(post({**CORE, "user_id": ["user_123"]}), "client-b"), 403),
        (v3(post({"module": "finance"}), "client-b"), 403),
        (v3(post([CORE]), "client-b"), 403),
        (v3(Call(body=b'{"user_id": "user_123", "user_id": "somebody"}'), "client-b"), 403),
        (v3(Call(body=b'{"user_id": "user_123"'), "client-b"), 400),
        (v3(Call(), "client-readonly"), 403),
        (v3(post({"user_id": "user_123"}, "/feedback"), "client-b"), 403),
        (v3(get("/get-context?user_id=user_123"), "client-b"), 200),
        (v3(get("/get-context?user_id=somebody"), "client-b"), 403),
        (v3(get("/get-context?user_id=user_123&user_id=somebody"), "client-b"), 403),
        (v3(get("/get-context?user_id=somebody&user_id=user_123"), "client-b"), 403),
        (v3(get("/get-context?user%5Fid=somebody&user_id=user_123"), "client-b"), 403),
        (v3(get("/get-context"), "client-b"), 403),
        (v3(get("/get-history?user_id=user_123"), "client-b"), 403),
        (v3(get("/get-history?user_id=anybody"), "client-readonly"), 200),
        (v3(get("/get%2Dhistory?user_id=anybody"), "client-readonly"), 200),
        (v3(get("/get%2Dhistory?user_id=anybody"), "client-b"), 403),
        (v3(replace(get("/get-history?user_id=anybody"), method="HEAD"), "client-b"), 403),
        (v3(replace(get("/users/user_123/memory"), method="DELETE"), "client-a"), 403),
        (v3(get("/modules"), "client-a"), 403),
        (get("/modules"), 401),
        (get("/system/live"), 200),
        (get("/docs/oauth2"), 200),
        (get("/docs"), 401),
        (get("/videos/vid_1"), 200),
        (get("/videos/vid_1/x"), 401),
        (get("/%67et-history?user_id=user_123"), 401),
        (Call("OPTIONS", headers=(("Host", "x"), ("Access-Control-Request-Method", "POST")), body=b""), 200),
        (Call("OPTIONS", headers=(("Host", "hub.example"),), body=b""), 401),
    ],
    ids=lambda value: f"{value.method} {value.target}" if isinstance(value, Call) else str(value),
)
def test_a_key_reaches_its_scopes_and_its_subjects(hub: Hub, call: Call, status: int) -> None:
    """A key for one user reaches no other; what is not in the table takes a key for everything."""
    answer = send(hub, call)

    assert answer.status == status
    assert len(hub.served) == (status == 200)
    if status == 403 and call.method != "HEAD":
        assert answer.code == "sspl_scope"
        assert "WWW-Authenticate" not in answer.headers


def test_a_key_for_one_module_reaches_that_module(hub: Hub) -> None:
    """A permission with a part is narrower than without."""
    narrow = replace(hub.keys.keys["client-b"], scopes=frozenset({"core:write:video"}))
    hub.keys.keys["client-b"] = narrow

    assert send(hub, v3(post({**CORE, "module": "video"}), "client-b")).status == 200
    assert send(hub, v3(post({**CORE, "module": "finance"}), "client-b")).status == 403
    assert send(hub, v3(post({**CORE, "module": None}), "client-b")).status == 403


def test_a_subject_in_the_path_is_bound_too(hub: Hub) -> None:
    """Erasing is the last thing a key should do for a stranger."""
    hub.keys.keys["client-b"] = replace(hub.keys.keys["client-b"], scopes=frozenset({"memory:erase"}))
    own, foreign = (
        replace(get(f"/users/{user}/memory"), method="DELETE") for user in ("user_123", "user_12")
    )

    assert send(hub, v3(own, "client-b")).status == 200
    assert send(hub, v3(foreign, "client-b")).status == 403


def test_a_key_for_everything_reaches_what_is_not_listed(hub: Hub) -> None:
    """The table refuses by default, not for ever."""
    hub.keys.keys["client-a"] = replace(hub.keys.keys["client-a"], scopes=frozenset({"*"}))

    assert send(hub, v3(get("/modules"))).status == 200


@pytest.mark.parametrize(
    "target",
    [
        "//core",
        "/core//",
        "/./core",
        "/a/../core",
        "/core/..",
        "/core/.",
        "/%2e%2E/core",
        "/a%2Fcore",
        "/a%5ccore",
        "/a\\core",
        "/core%00",
    ],
)
def test_a_path_that_can_be_read_in_two_ways_is_refused(hub: Hub, target: str) -> None:
    """Proxy and hub must not differ about what was signed."""
    hub.keys.keys["client-a"] = replace(hub.keys.keys["client-a"], scopes=frozenset({"*"}))

    assert (send(hub, v3(Call(target=target))).code, hub.served) == ("sspl_malformed", [])


@pytest.mark.parametrize(
    ("call", "code"),
    [
        (v3(Call()).with_header("X_SSPL_Nonce", "x"), "sspl_malformed"),
        (v3(Call()).with_header("Host", "hub.example"), "sspl_malformed"),
        (v3(Call()).without("Host"), "sspl_malformed"),
        (v3(Call()).with_header("Content-Type", "application/json"), "sspl_malformed"),
        (v3(Call()).with_header("Signature", "sspl=:AA==:"), "sspl_malformed"),
        (v3(Call().changed("Host", "evil.example")), "sspl_signature_invalid"),
        (v3(Call()).changed("Host", "evil.example").with_header("X-Forwarded-Host", "hub.example"),
         "sspl_signature_invalid"),
        (v3(Call()).with_header("Content-Encoding", "gzip"), "unsupported_media_type"),
        (v3(Call(), covers="accept").with_header("Accept", "x"), "sspl_malformed"),
        (v3(Call(), more=";expires=x"), "sspl_malformed"),
        (v3(Call(), more=';context="x"'), "sspl_malformed"),
        (v3(Call(), more=f";expires={NOW - 1}"), "sspl_malformed"),
        (v3(Call(), created=NOW - 100, more=f";expires={NOW - 61}"), "sspl_timestamp_stale"),
        (v3(Call().changed("Content-Type", "application/json; x=é")), "sspl_malformed"),
        (without_quotes(v3(Call()), "ed25519"), "sspl_unsupported"),
        (without_quotes(v3(Call()), "sspl-v3"), "sspl_unsupported"),
        (without_quotes(v3(Call()), "client-a"), "sspl_malformed"),
        (v3(Call(), key_id="../etc"), "sspl_malformed"),
        (v3(Call()).with_header("X-Padding", "x" * 33_000), "sspl_malformed"),
        (v2(Call()).with_header("X-SSPL-Nonce", "x"), "sspl_malformed"),
        (v2(Call()).changed("X-SSPL-Timestamp", f"{NOW}é"), "sspl_malformed"),
        (v2(Call()).changed("Host", "127.0.0.1:8001"), "sspl_signature_invalid"),
        (v2(Call()).changed("Content-Type", "text/plain"), "sspl_signature_invalid"),
        (v2(Call(), "client-revoked"), "sspl_key_inactive"),
        (v2(Call(), "client-old"), "sspl_key_inactive"),
    ],
)  # fmt: skip
def test_what_is_not_exactly_a_signed_request_is_refused(hub: Hub, call: Call, code: str) -> None:
    """One reading for each part, and none of them lenient."""
    assert (send(hub, call).code, hub.served, hub.nonces.spent) == (code, [], {})


def test_a_host_in_capitals_is_the_same_host(hub: Hub) -> None:
    """Names of hosts have no case, and some clients keep what was typed."""
    assert send(hub, v3(Call().changed("Host", "HUB.example"))).status == 200


def test_a_body_over_the_limit_is_refused(hub: Hub) -> None:
    """Unread if its length is announced; else when the limit is passed."""
    body = b'{"x": "' + b"x" * LIMIT_BYTES + b'"}'
    announced = v3(Call(body=body))
    chunked = v3(replace(Call(), body=body).with_header("Transfer-Encoding", "chunked"))
    pieces = b"".join(b"10000\r\n" + body[:65_536] + b"\r\n" for _ in range(80)) + b"0\r\n\r\n"

    assert send(hub, announced).code == "too_large"
    assert hub.nonces.spent == {}
    assert send(hub, replace(chunked, body=pieces)).code == "too_large"
    assert hub.served == []


def test_a_chunked_body_counts_as_a_body(hub: Hub) -> None:
    """Without a length it has to be covered all the same."""
    call = v3(Call())
    chunked = f"{len(call.body):x}\r\n".encode() + call.body + b"\r\n0\r\n\r\n"
    uncovered = v3(Call(body=b"")).with_header("Transfer-Encoding", "chunked")

    assert send(hub, replace(call.with_header("Transfer-Encoding", "chunked"), body=chunked)).status == 200
    assert send(hub, replace(uncovered, body=chunked)).code == "sspl_coverage"


def test_a_caller_who_leaves_halfway_is_not_served(hub: Hub) -> None:
    """Half a body is another body."""
    with socket.create_connection(("127.0.0.1", hub.port)) as sock:
        sock.sendall(written(v3(Call()))[:-5])
        sock.shutdown(socket.SHUT_WR)
        sock.recv(1)

    assert send(hub, v3(Call())).status == 200
    assert len(hub.served) == 1


@SCHEMES
def test_a_body_that_does_not_come_is_not_waited_for(sign) -> None:
    """A place in the hub is not held by somebody who sends nothing; the connection ends."""
    with listening(Hub(body_timeout_s=0.1)) as hub:
        with socket.create_connection(("127.0.0.1", hub.port), timeout=30) as sock:
            sock.sendall(written(sign(Call()))[:-5])
            answer = receive_answer(sock)
            assert (answer.status, answer.code) == (400, "malformed_request")
            assert sock.recv(1) == b""
        assert hub.served == []


def test_strangers_are_counted_before_the_signature_is_checked() -> None:
    """The limit per address spares the hub the costly checks; it spends no nonce."""
    seen = []

    async def admit(scope) -> None:
        seen.append(scope["path"])
        if len(seen) > 1:
            raise RateLimited("too many requests", retry_after_s=2)

    with listening(Hub(admit=admit)) as hub:
        call = v3(Call())
        assert send(hub, call.changed("Signature", "sspl=:AA==:")).code == "sspl_malformed"
        assert seen == []
        assert send(hub, call).status == 200
        refused = send(hub, v3(Call()))
        assert (refused.status, refused.headers["Retry-After"]) == (429, "2")
        assert len(hub.nonces.spent) == 1


def test_every_refusal_is_told(hub: Hub) -> None:
    """The audit log sees the code, and the key that was named, true or not."""
    send(hub, Call())
    send(hub, v3(Call(), "attacker"))
    send(hub, v3(Call(), "client-readonly"))

    assert hub.refusals.told == [
        ("sspl_missing", ""),
        ("sspl_key_unknown", "attacker"),
        ("sspl_scope", "client-readonly"),
    ]


@SCHEMES
@pytest.mark.parametrize("key", ["attacker", "client-revoked", "client-old"])
@pytest.mark.parametrize("age", [0, 1000])
def test_opaque_errors_do_not_tell_keys_apart(opaque_hub: Hub, sign, key: str, age: int) -> None:
    """A bad key is answered like a bad signature of a good one; the log knows better."""
    opaque_hub.reset()
    good = sign(Call(), created=NOW - age)
    bad = send(opaque_hub, sign(Call(), key, created=NOW - age))
    forged = send(opaque_hub, replace(good, target="/core?x=1"))

    assert (bad.status, bad.json["message"]) == (forged.status, forged.json["message"])
    assert bad.code == forged.code == ("sspl_timestamp_stale" if age else "sspl_signature_invalid")
    expected = "sspl_key_unknown" if key == "attacker" else "sspl_key_inactive"
    assert opaque_hub.refusals.told[0] == (bad.code if age else expected, key)


def test_a_websocket_is_refused(hub: Hub) -> None:
    """There are none here, so nothing may come in by that way."""
    call = get("/core")
    for name, value in {
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    }.items():
        call = call.with_header(name, value)
    with socket.create_connection(("127.0.0.1", hub.port), timeout=30) as sock:
        sock.sendall(written(call))
        assert receive_answer(sock).status == 403

    assert hub.served == []
