"""The published old forms: only for keys that list them, only until their date, and never by a copy."""

from dataclasses import replace

import pytest

from tests.security.sspl.serving import Hub, send
from tests.security.sspl.signing import CORE, Call, canonical, legacy, post, v3
from tests.security.sspl.stores import NOW, moment

BODY = Call().body.decode()


def l1(document: object = CORE, **more: str) -> Call:
    """Sign the body alone."""
    return legacy(post(document), canonical(document), **more)


def l2(call: Call, nonce: str = "any nonce".replace(" ", "-"), timestamp: str = str(NOW)) -> Call:
    """Sign time, nonce and body."""
    return legacy(call, f"{timestamp}:{nonce}:".encode() + call.body, nonce=nonce, timestamp=timestamp)


def test_both_old_forms_are_served_to_a_key_that_lists_them(hub: Hub) -> None:
    """Old clients go on working while they are moved."""
    assert send(hub, l1()).status == 200
    assert send(hub, l2(Call())).status == 200
    renamed = l2(Call(), "another")
    key = renamed.header("X-SSPL-PubId")
    assert send(hub, renamed.without("X-SSPL-PubId").with_header("X-SSPL-Public-Key", key)).status == 200
    assert len(hub.served) == 3


@pytest.mark.parametrize(
    "change",
    [("X-SSPL-Nonce", "fresh"), ("X-SSPL-Timestamp", str(NOW + 1)), ("X-SSPL-Signature", "A" * 86 + "==")],
)
def test_in_l2_time_and_nonce_are_signed(hub: Hub, change: tuple[str, str]) -> None:
    """Their change breaks the signature, and spends nothing."""
    assert send(hub, l2(Call()).changed(*change)).code == "sspl_signature_invalid"
    assert hub.nonces.spent == {}


def test_a_copy_of_l1_spends_no_nonce_of_its_owner(hub: Hub) -> None:
    """Else a captured request could use up the next nonces, which old clients make by counting."""
    first = l1(nonce="nonce_1")
    assert send(hub, first).status == 200

    assert send(hub, first.changed("X-SSPL-Nonce", "nonce_2")).code == "sspl_replay"

    assert send(hub, l1({**CORE, "data": {"n": 2}}, nonce="nonce_2")).status == 200


def test_a_key_leaves_the_old_form_at_its_date(hub: Hub) -> None:
    """Without a date it never had it."""
    old = hub.keys.keys["client-legacy"]
    hub.keys.keys["client-legacy"] = replace(old, legacy_until=moment(NOW - 1))
    assert send(hub, l1()).code == "sspl_legacy_disabled"
    hub.keys.keys["client-legacy"] = replace(old, legacy_until=None)
    assert send(hub, l1()).code == "sspl_legacy_disabled"
    assert send(hub, v3(Call(), "client-legacy")).status == 200


def test_a_key_that_lists_one_form_may_not_use_the_other(hub: Hub) -> None:
    """L1 is the weaker one."""
    hub.keys.keys["client-legacy"] = replace(hub.keys.keys["client-legacy"], legacy=frozenset({"L2"}))

    assert send(hub, l1()).code == "sspl_signature_invalid"
    assert send(hub, l2(Call())).status == 200


def test_time_and_nonce_may_stand_in_the_body(hub: Hub) -> None:
    """As some of the first callers wrote them; the signature then covers them."""
    document = {**CORE, "timestamp": NOW, "nonce": "in-the-body"}
    call = l1(document).without("X-SSPL-Timestamp", "X-SSPL-Nonce")

    assert send(hub, call).status == 200
    assert ("client-legacy", "in-the-body") in hub.nonces.spent
    stale = l1({**document, "timestamp": NOW - 301}).without("X-SSPL-Timestamp", "X-SSPL-Nonce")
    assert send(hub, stale).code == "sspl_timestamp_stale"


@pytest.mark.parametrize(
    ("call", "status", "message"),
    [
        (l1().without("X-SSPL-Nonce"), 400, "Missing SSPL timestamp or nonce"),
        (l1().without("X-SSPL-PubId"), 400, "Missing signature/public key"),
        (l1().without("X-SSPL-Signature"), 400, "Missing signature/public key"),
        (l1(timestamp=str(NOW - 301)), 401, "Stale timestamp"),
        (l1().changed("X-SSPL-Timestamp", "yesterday"), 401, "Stale timestamp"),
        (l1().changed("X-SSPL-Signature", "!!"), 401, "Invalid signature"),
        (l1().changed("X-SSPL-PubId", "AAAA"), 401, "Invalid signature"),
        (replace(l1(), body=b'{"user_id": "user_123"}'), 401, "Invalid signature"),
    ],
)
def test_statuses_and_words_are_the_published_ones(hub: Hub, call: Call, status: int, message: str) -> None:
    """Old clients compare them; the code beside them is ours."""
    answer = send(hub, call)

    assert (answer.status, answer.json["message"]) == (status, message)
    assert answer.code.startswith("sspl_")
    assert hub.nonces.spent == {}


@pytest.mark.parametrize(
    "body",
    [b'{"a": 1, "a": 2}', b'{"a": 1e400}', b'{"a": -Infinity}', b"\xff", b"{}{}", b'{"a":' * 5000, b"[1]"],
)
def test_a_body_that_has_more_than_one_reading_is_refused(hub: Hub, body: bytes) -> None:
    """The old form signs what Python's JSON would write, so there must be one such text."""
    answer = send(hub, replace(l1(), body=body))

    assert (answer.status, answer.code) == (400, "sspl_malformed")


def test_two_different_keys_are_one_too_many(hub: Hub) -> None:
    """Which of them was looked up must not be a question."""
    other = "A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg="

    assert send(hub, l1().with_header("X-SSPL-Public-Key", other)).code == "sspl_malformed"
