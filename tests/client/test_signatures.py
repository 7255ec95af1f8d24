"""Signatures of the client, held against the published vectors and against a guarded server."""

import base64
import re
from datetime import UTC, datetime

import httpx
import pytest
from nacl.signing import SigningKey

from core_integrator.client import HubClient, HubError, SignatureAuth
from core_integrator.client.signatures import Message, Stamp, sign_v2, sign_v3
from tests.security.sspl.serving import Hub
from tests.security.sspl.stores import NOW
from tests.security.sspl.vectors import vectors

# Signed in ways the profile allows or forbids, and the client never uses.
OTHER_FORMS = re.compile(
    "sha512|expires|no-alg|no-nonce|component-order|two-labels|uncovered|wrong-tag|wrong-alg|md5"
)


def signed_steps(version: int) -> list[tuple[str, dict]]:
    """Return the steps that are as their signer made them, with a known key."""
    return [
        (vector["id"], step)
        for vector in vectors()["vectors"]
        for step in vector["steps"]
        if vector["version"] == version
        and step.get("signature_base")
        and not OTHER_FORMS.search(vector["id"])
    ]


def seed(key_id: str) -> bytes:
    """Return a test key's private half."""
    return bytes.fromhex(vectors()["keys"][key_id]["seed_hex"])


def message(request: dict) -> tuple[Message, dict[str, str]]:
    """Return the parts of a vector's request, and its headers."""
    headers = {name.lower(): value for name, value in request["headers"]}
    parts = Message(
        request["method"],
        headers["host"].lower(),
        request["path"],
        request["query"],
        headers.get("content-type", ""),
        base64.b64decode(request["body_b64"]),
        headers.get("idempotency-key", ""),
    )
    return parts, headers


@pytest.mark.parametrize(("name", "step"), signed_steps(3), ids=[name for name, _ in signed_steps(3)])
def test_v3_signs_what_the_vectors_sign(name: str, step: dict) -> None:
    """Ed25519 is deterministic: the same string under the same key gives the same signature."""
    parts, headers = message(step["request"])
    parameters = headers["signature-input"]
    key_id = re.search('keyid="([^"]*)"', parameters)[1]
    stamp = Stamp(
        key_id, int(re.search(r"created=(\d+)", parameters)[1]), re.search('nonce="([^"]*)"', parameters)[1]
    )

    signed = sign_v3(parts, stamp, SigningKey(seed(key_id)))

    assert {header.lower(): value for header, value in signed.items()}.items() <= headers.items()


@pytest.mark.parametrize(("name", "step"), signed_steps(2), ids=[name for name, _ in signed_steps(2)])
def test_v2_signs_what_the_vectors_sign(name: str, step: dict) -> None:
    """Line for line."""
    parts, headers = message(step["request"])
    key_id = headers["x-sspl-key-id"]
    stamp = Stamp(key_id, int(headers["x-sspl-timestamp"]), headers["x-sspl-nonce"])

    signed = sign_v2(parts, stamp, SigningKey(seed(key_id)))

    assert {header.lower(): value for header, value in signed.items()}.items() <= headers.items()


def test_there_are_vectors_of_both_versions() -> None:
    """The comparison above compares something."""
    assert len(signed_steps(3)) > 8
    assert len(signed_steps(2)) > 3


def auth(version: int, key_id: str = "client-a") -> SignatureAuth:
    """Sign by the clock of the vectors."""
    now = datetime.fromtimestamp(NOW, UTC)
    return SignatureAuth(key_id, seed(key_id), version=version, now=lambda: now)


HOST = {"Host": "hub.example"}
QUERY = {"user_id": "u 1", "limit": ["3", "4"], "x": ""}


def requests(http: httpx.Client | httpx.AsyncClient) -> list[httpx.Request]:
    """Return requests of every kind, one of them twice."""
    core = {"module": "finance", "intent": "generate", "user_id": "user_123", "data": {"text": "é 🕺"}}
    return [
        http.build_request("POST", "/core", json=core),
        http.build_request("POST", "/core", json=core, headers={"Idempotency-Key": "k-1"}),
        http.build_request("POST", "/core", content=iter([b'{"user_id":', b' "u"}'])),
        *[http.build_request("GET", "/get-history", params=QUERY)] * 2,
    ]


@pytest.mark.parametrize("version", [3, 2])
def test_signed_requests_pass_the_guard(guarded: Hub, version: int) -> None:
    """Each with a nonce of its own, so that the same request may be sent twice."""
    with httpx.Client(base_url=f"http://127.0.0.1:{guarded.port}", auth=auth(version), headers=HOST) as http:
        answers = [http.send(request) for request in requests(http)]

    assert [answer.status_code for answer in answers] == [200] * len(answers), answers[0].text
    assert len(guarded.served) == len(answers)


@pytest.mark.parametrize("version", [3, 2])
async def test_signed_requests_pass_the_guard_from_coroutines(guarded: Hub, version: int) -> None:
    """One class for both kinds of client."""
    async with httpx.AsyncClient(
        base_url=f"http://127.0.0.1:{guarded.port}", auth=auth(version), headers=HOST
    ) as http:
        built = [each for each in requests(http) if "Transfer-Encoding" not in each.headers]
        answers = [await http.send(request) for request in built]

    assert [answer.status_code for answer in answers] == [200] * 4


def test_what_is_changed_on_the_way_is_refused(guarded: Hub) -> None:
    """The body, the query, and the key that makes a call happen once."""

    def change(request: httpx.Request) -> None:
        request.headers["Idempotency-Key"] = "another"

    with httpx.Client(base_url=f"http://127.0.0.1:{guarded.port}", headers=HOST) as http:
        request = http.build_request("POST", "/core", json={"user_id": "u"}, headers={"Idempotency-Key": "k"})
        flow = auth(3).sync_auth_flow(request)
        signed = next(flow)
        change(signed)
        answer = http.send(signed)

    assert answer.json()["result"]["error"]["code"] == "sspl_signature_invalid"


def test_a_refusal_of_the_guard_is_a_typed_error(guarded: Hub) -> None:
    """Programs branch on the code."""
    stranger = SignatureAuth("nobody", seed("client-a"))

    with HubClient(f"http://127.0.0.1:{guarded.port}", auth=stranger, headers=HOST) as client:
        with pytest.raises(HubError) as refusal:
            client.call("sample_text", "generate", "ada", {})

    assert (refusal.value.code, refusal.value.status) == ("sspl_key_unknown", 401)
    assert refusal.value.request_id
