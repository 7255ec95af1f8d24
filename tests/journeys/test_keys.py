"""Signing keys over HTTP: registered by proof, rotated, revoked; and a user's token beside a signature."""

import base64
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from nacl.signing import SigningKey

from config import Settings, load_settings
from core_integrator.client import SignatureAuth
from security.possession import prove
from tests.api.calls import core, error_of
from tests.journeys.callers import admin_of, code, registered
from tests.servers import free_port, hub_in_thread, until

HOST = "hub.test"
KEYS = "/api/v1/keys"


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A hub that wants to know who asks, and signatures."""
    return load_settings(
        data_dir=tmp_path_factory.mktemp("keys"),
        auth="required",
        sspl_enabled=True,
        sspl_authorities=frozenset({HOST}),
        rate_per_address=0,
        rate_per_user=0,
        test_mode=True,
        video_service_url=f"http://127.0.0.1:{free_port()}",
        creatorcore_base_url=f"http://127.0.0.1:{free_port()}",
    )


@pytest.fixture(scope="module")
def url(settings: Settings) -> Iterator[str]:
    """The hub."""
    with hub_in_thread(settings) as served:
        yield served


@pytest.fixture(scope="module")
def admin(settings: Settings, url: str) -> Iterator[httpx.Client]:
    """Somebody who may manage keys."""
    opened = admin_of(settings, url)
    with httpx.Client(base_url=url, headers=opened.headers, timeout=30) as kept:
        yield kept


@pytest.fixture(autouse=True)
def before(admin: httpx.Client) -> list[dict[str, Any]]:
    """The keys there are when a test begins."""
    return keys(admin)


def keys(admin: httpx.Client) -> list[dict[str, Any]]:
    """Return every key."""
    return admin.get(KEYS).json()["keys"]


def text(value: bytes) -> str:
    """Write bytes as the API takes them."""
    return base64.b64encode(value).decode()


def proven(admin: httpx.Client, pair: SigningKey, **more: Any) -> dict[str, Any]:
    """Return a body with the proof that whoever sends it holds the private key."""
    public = text(bytes(pair.verify_key))
    asked = admin.post(f"{KEYS}/challenges", json={"public_key": public})
    assert asked.status_code == 200, asked.text
    challenge = asked.json()["challenge"]
    return {"public_key": public, "challenge": challenge, "proof": text(prove(challenge, pair)), **more}


def may(*scopes: str, subjects: tuple[str, ...] = ("*",), **more: Any) -> dict[str, Any]:
    """Return what a key of the shop is asked to be allowed."""
    return {"owner": "shop", "scopes": scopes, "subjects": subjects, **more}


def added(admin: httpx.Client, key_id: str, *scopes: str, subjects: tuple[str, ...] = ("*",)) -> SigningKey:
    """Register a key, and return its private half."""
    pair = SigningKey.generate()
    done = admin.post(KEYS, json=proven(admin, pair, **may(*scopes, subjects=subjects, key_id=key_id)))
    assert done.status_code == 201, done.text
    return pair


def signed(
    url: str, key_id: str, pair: SigningKey, *, user: str = "ada", module: str = "sample_text", **headers: str
) -> httpx.Response:
    """Call a module with a signature, and whatever headers beside it."""
    auth = SignatureAuth(key_id, bytes(pair))
    with httpx.Client(base_url=url, auth=auth, headers={"Host": HOST, **headers}, timeout=30) as client:
        if module == "sample_text":
            return core(client, "sample_text", "generate", {"text": "a b"}, user=user)
        return core(client, module, "record", {}, user=user)


def trail(admin: httpx.Client, *actions: str) -> list[tuple[str, str, str]]:
    """Return what is written down of these actions, oldest first."""
    entries = reversed(admin.get("/api/v1/audit", params={"limit": 200}).json())
    return [(each["action"], each["object"], each["result"]) for each in entries if each["action"] in actions]


def test_a_key_lives_by_its_proof_until_it_is_revoked(
    url: str, admin: httpx.Client, before: list[dict[str, Any]]
) -> None:
    """Registered, used, replaced, revoked; each change counts for the next request and is written down."""
    old = added(admin, "old", "core:write")
    assert signed(url, "old", old).json()["result"] == {"word_count": 2}

    new = SigningKey.generate()
    rotation = admin.post(f"{KEYS}/old/rotate", json=proven(admin, new, key_id="new", grace_days=1))
    assert rotation.status_code == 201
    assert (
        rotation.json() | {"key_id": "new", "scopes": ["core:write"], "status": "active"} == rotation.json()
    )
    assert [signed(url, *each).status_code for each in (("old", old), ("new", new))] == [200, 200]

    revoked = admin.delete(f"{KEYS}/old")
    assert (revoked.status_code, revoked.json()["status"]) == (200, "revoked")
    until(lambda: code(signed(url, "old", old)) == (401, "sspl_key_inactive"), "the key is refused", 2)
    assert signed(url, "new", new).status_code == 200

    listed = keys(admin)[len(before) :]
    assert [(key["key_id"], key["status"], key["replaced_by"]) for key in listed] == [
        ("old", "revoked", "new"),
        ("new", "active", None),
    ]
    assert trail(admin, "keys.add", "keys.rotate", "keys.revoke")[-3:] == [
        ("keys.add", "old", "success"),
        ("keys.rotate", "old", "success"),
        ("keys.revoke", "old", "success"),
    ]
    profile = admin.get("/api/v1/auth/profile").json()
    entry = admin.get("/api/v1/audit", params={"action": "keys.rotate"}).json()[0]
    assert (entry["actor"], entry["kind"]) == (profile["user_id"], "user")
    assert entry["request_id"] == rotation.headers["x-request-id"]
    assert entry["ip_hash"]
    assert {key["created_by"] for key in listed} == {profile["user_id"]}


def test_a_key_that_is_not_proved_is_not_registered(
    url: str, admin: httpx.Client, before: list[dict[str, Any]]
) -> None:
    """Somebody else's proof, another key's challenge, an old one, one that was made up."""
    pair, other = SigningKey.generate(), SigningKey.generate()
    good = proven(admin, pair, **may("core:write", key_id="good"))
    for changes in (
        {"proof": text(prove(good["challenge"], other))},
        {"proof": text(b"")},
        {"public_key": text(bytes(other.verify_key))},
        {"challenge": "1.a.b"},
        {"challenge": "é"},
        {"challenge": proven(admin, other)["challenge"]},
    ):
        assert code(admin.post(KEYS, json=good | changes)) == (403, "forbidden"), changes
    httpx.post(f"{url}/test/clock", json={"advance_s": 601}).raise_for_status()
    assert code(admin.post(KEYS, json=good)) == (403, "forbidden")
    httpx.post(f"{url}/test/clock", json={"advance_s": -601}).raise_for_status()

    assert keys(admin) == before
    refused = [("keys.add", "good", "forbidden")] * 7
    until(lambda: trail(admin, "keys.add")[-7:] == refused, "refusals are written")
    assert admin.post(KEYS, json=good).status_code == 201
    assert code(admin.post(KEYS, json=good)) == (409, "wrong_state")
    assert code(admin.post(f"{KEYS}/nobody/rotate", json=proven(admin, other))) == (404, "not_found")
    assert code(admin.delete(f"{KEYS}/nobody")) == (404, "not_found")


def test_a_field_that_cannot_be_is_named(admin: httpx.Client, before: list[dict[str, Any]]) -> None:
    """422 with its path, and never with what was sent."""
    good = proven(admin, SigningKey.generate(), **may("core:write"))
    for changes, field in (
        ({"public_key": "not base64!"}, "public_key"),
        ({"public_key": "é"}, "public_key"),
        ({"public_key": 5}, "public_key"),
        ({"proof": "AAA"}, "proof"),
        ({"not_after": "2030-01-01T00:00:00"}, "not_after"),
        ({"legacy": ["L3"]}, "legacy.0"),
        ({"owner": "a b"}, "owner"),
        ({"scope": ["core:write"]}, "scope"),
    ):
        answer = admin.post(KEYS, json=good | changes)

        assert code(answer) == (422, "invalid_payload")
        assert [each["path"] for each in error_of(answer)["details"]["fields"]] == [field]
        assert "base64!" not in answer.text
    assert keys(admin) == before


def test_only_an_admin_sees_and_changes_keys(
    url: str, admin: httpx.Client, before: list[dict[str, Any]]
) -> None:
    """Whoever may register a key may be anybody."""
    _, someone = registered(url, "someone")
    pair = SigningKey.generate()
    body = proven(admin, pair, **may("*"))

    for method, path in (
        ("GET", KEYS),
        ("POST", KEYS),
        ("POST", f"{KEYS}/challenges"),
        ("POST", f"{KEYS}/x/rotate"),
        ("DELETE", f"{KEYS}/x"),
    ):
        sent = {"json": body} if method == "POST" else {}
        assert code(someone.request(method, path, **sent)) == (403, "forbidden")
        assert code(httpx.request(method, url + path, **sent)) == (401, "unauthenticated")
    assert keys(admin) == before


def test_without_signed_requests_there_are_no_keys_to_manage(tmp_path: Path) -> None:
    """And the answer says how to change that."""
    with hub_in_thread(load_settings(data_dir=tmp_path)) as url, httpx.Client(base_url=url) as anybody:
        body = {"public_key": "AAAA", "challenge": "", "proof": "AAAA"}
        for answer in (
            anybody.get(KEYS),
            anybody.post(f"{KEYS}/challenges", json={"public_key": "AAAA"}),
            anybody.post(KEYS, json={**body, **may("core:write")}),
            anybody.post(f"{KEYS}/x/rotate", json=body),
            anybody.delete(f"{KEYS}/x"),
        ):
            assert code(answer) == (503, "module_unavailable")
            assert "SSPL_ENABLED" in answer.json()["message"]


def test_a_key_that_can_be_none_is_refused(admin: httpx.Client, before: list[dict[str, Any]]) -> None:
    """What its fields allow and the whole does not."""
    pair = SigningKey.generate()
    far = "9999-12-31T23:59:59-23:00"
    for wrong in (
        {"scopes": []},
        {"scopes": ["core"]},
        {"subjects": ["a b"]},
        {"not_after": "2020-01-01T00:00:00Z"},
        {"not_after": far},
        {"legacy": ["L1"]},
    ):
        body = proven(admin, pair, **may("core:write")) | wrong
        assert code(admin.post(KEYS, json=body)) == (400, "invalid_argument"), wrong
    assert keys(admin) == before


def test_a_token_beside_a_signature_must_allow_it_too(url: str, admin: httpx.Client) -> None:
    """The user calls through a program: neither may do what the other may not."""
    ada_id, ada = registered(url, "ada")
    bob_id, bob = registered(url, "bob")
    narrow = added(admin, "narrow", "core:write:sample_text", "core:read", subjects=(ada_id,))
    reader = added(admin, "reader", "core:read", "history:read")
    wide = added(admin, "wide", "*")
    token = {who: {"Authorization": client.headers["Authorization"]} for who, client in
             (("ada", ada), ("bob", bob), ("root", admin))}  # fmt: skip

    def call(key: str, pair: SigningKey, who: str, user: str, module: str = "sample_text") -> tuple[int, str]:
        answer = signed(url, key, pair, user=user, module=module, **token[who])
        return (200, "") if answer.status_code == 200 else code(answer)

    assert call("narrow", narrow, "ada", ada_id) == (200, "")
    assert call("wide", wide, "ada", ada_id) == (200, "")
    # The user may, the key may not.
    assert call("narrow", narrow, "ada", ada_id, "finance") == (403, "forbidden")
    assert call("reader", reader, "ada", ada_id) == (403, "forbidden")
    assert call("narrow", narrow, "root", ada_id) == (403, "forbidden")
    assert call("narrow", narrow, "bob", bob_id) == (403, "sspl_scope")
    assert call("narrow", narrow, "bob", ada_id) == (403, "forbidden")
    # The key may, the user may not.
    assert call("wide", wide, "ada", bob_id) == (403, "forbidden")
    assert call("wide", wide, "root", bob_id) == (200, "")
    # Both must be genuine.
    forged = SigningKey.generate()
    assert call("wide", forged, "root", ada_id) == (401, "sspl_signature_invalid")
    assert code(signed(url, "wide", wide, user=ada_id, Authorization="Bearer x")) == (401, "unauthenticated")
    unsigned = core(ada, "sample_text", "generate", {"text": "a"}, user=ada_id, Host=HOST)
    assert code(unsigned) == (401, "sspl_missing")


def test_a_signature_alone_is_its_key(url: str, admin: httpx.Client) -> None:
    """A program without a user does what its key may, for whom its key may."""
    pair = added(admin, "one", "core:write", subjects=("ada",))

    assert signed(url, "one", pair, user="ada").status_code == 200
    assert code(signed(url, "one", pair, user="bob")) == (403, "sspl_scope")
    httpx.post(f"{url}/test/clock", json={"advance_s": 400}).raise_for_status()
    assert code(signed(url, "one", pair, user="ada")) == (401, "sspl_timestamp_stale")
    httpx.post(f"{url}/test/clock", json={"advance_s": -400}).raise_for_status()
