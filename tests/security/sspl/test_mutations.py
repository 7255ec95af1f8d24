"""A signed request that is changed anywhere is no longer that request."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import http_sf
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.security.sspl.serving import Hub, in_process
from tests.security.sspl.signing import Call, get, post, v2, v3

FEW, MANY = 300, settings.get_profile("long").max_examples
PLAIN_TEXT = {"host", "content-type", "content-digest"}

originals = [
    v3(Call(), covers="content-type"),
    v3(get("/get-history?user_id=u%201&limit=3&x=")),
    v3(Call().with_header("Idempotency-Key", "k1"), covers="idempotency-key"),
    v2(Call()),
    v2(get("/get-context?user_id=user_123&limit=3")),
    v2(post({"user_id": "é", "text": "🕺"}, "/feedback")),
]


def framed(call: Call) -> Call:
    """Return the call as a server hands it on: with its length, if it has a body."""
    return call.with_header("Content-Length", str(len(call.body))) if call.body else call


def texts(text: str) -> st.SearchStrategy[str]:
    """Change a text somewhere."""
    some = st.text(
        st.characters(min_codepoint=0x20, max_codepoint=0xFF, exclude_characters="\x7f"), max_size=3
    )
    place = st.integers(0, len(text))
    return st.builds(
        lambda at, length, new: text[:at] + new + text[at + length :], place, st.integers(0, 3), some
    )


@st.composite
def changes(draw: Callable[..., Any], call: Call) -> Call:
    """Change one part of a request: method, target, a header, the set of headers, the body."""
    part = draw(st.sampled_from(["method", "target", "value", "value", "value", "absent", "twice", "body"]))
    if part == "method":
        return replace(call, method=draw(st.sampled_from(["GET", "POST", "PUT", "DELETE", "HEAD", "post"])))
    if part == "target":
        return replace(call, target="/" + draw(texts(call.target)).lstrip("/"))
    if part == "body":
        return replace(call, body=draw(texts(call.body.decode("latin-1"))).encode("latin-1"))
    name, value = draw(st.sampled_from(call.headers))
    if part == "absent":
        return call.without(name)
    if part == "twice":
        return call.with_header(name, draw(texts(value)))
    return call.changed(name, draw(texts(value)))


def meaning(call: Call) -> Any:
    """Return what a signature over this request says; what means the same may be accepted."""
    headers = {name.lower(): value.strip(" \t") for name, value in call.headers}
    path, _, query = call.target.partition("?")
    said = [call.method, headers["host"].lower(), path, query, call.body]
    for name in ("content-type", "content-digest", "idempotency-key"):
        if name != "idempotency-key" or '"idempotency-key"' in headers.get("signature-input", ""):
            said.append(headers.get(name))
    if "signature-input" not in headers:
        return [
            *said,
            *(headers.get(f"x-sspl-{name}") for name in ("version", "timestamp", "nonce", "key-id")),
        ]
    members = http_sf.parse(headers["signature-input"].encode(), tltype="dictionary")
    ours = {label: member for label, member in members.items() if member[1].get("tag") == "sspl-v3"}
    # Byte sequences in structured fields may come unpadded: another text, the same 64 bytes.
    signatures = http_sf.parse(headers["signature"].encode(), tltype="dictionary")
    return [
        *said,
        [http_sf.ser({"x": member}) for member in ours.values()],
        [signatures[label] for label in ours],
    ]


@pytest.mark.parametrize(
    "original", originals, ids=lambda call: f"{call.header('X-SSPL-Version')} {call.target}"
)
def test_the_originals_are_accepted(original: Call) -> None:
    """Else no change of them would say anything."""
    assert in_process(Hub(), framed(original)) == 200


@pytest.mark.parametrize("examples", [FEW, pytest.param(MANY, marks=pytest.mark.long)])
@pytest.mark.parametrize("form", ["v3", "v2"])
def test_a_changed_request_is_refused_or_means_the_same(form: str, examples: int) -> None:
    """Whatever is changed, and without any failure of ours."""
    signed = [call for call in originals if bool(call.header("X-SSPL-Version")) == (form == "v2")]
    hub, accepted = Hub(), []

    @settings(max_examples=examples, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.sampled_from(signed).flatmap(lambda call: st.tuples(st.just(call), changes(call))))
    def never(pair: tuple[Call, Call]) -> None:
        original, changed = pair
        hub.reset()
        status = in_process(hub, framed(changed))
        assert status in {200, 400, 401, 403, 413, 415}
        if status == 200 and hub.served[0].principal is not None:  # else it is a path open to all
            accepted.append(changed)
            assert meaning(changed) == meaning(original)
        assert bool(hub.served) == (status == 200)

    never()
    assert accepted, "some changes, such as white space, must have been harmless"
