"""API keys: shown once, good until switched off."""

import string
import zlib
from datetime import timedelta

import httpx
import pytest

from tests.security.identities.people import bearing, fault, registered
from tests.security.identities.serving import Stage

WISH = {"service_name": "studio", "key_name": "laptop"}


def made(client: httpx.Client, tokens, **more) -> dict[str, str]:
    """Make a key."""
    answer = client.post("/api-keys", json=WISH | more, headers=bearing(tokens))
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_a_key_is_shown_once_and_counted(client: httpx.Client, stage: Stage) -> None:
    """As a header of its own, or as a bearer's."""
    tokens = registered(client)
    key = made(client, tokens)

    headers = [{"X-API-Key": key["api_key"]}, {"Authorization": f"Bearer {key['api_key']}"}]
    seen = [client.get("/profile", headers=each).json()["user_id"] for each in headers]

    assert seen == [tokens["user_id"]] * 2
    answer = client.get("/api-keys", headers=bearing(tokens))
    (listed,) = answer.json()
    assert set(listed) >= {
        "id",
        "service_name",
        "key_name",
        "is_active",
        "created_at",
        "last_used",
        "usage_count",
    }
    assert (listed["usage_count"], listed["is_active"]) == (2, True)
    assert listed["last_used"] is not None
    assert key["api_key"][22:] not in answer.text
    assert stage.ledger.told("auth.key_create") == [(tokens["user_id"], key["id"], "success")]


def test_a_key_can_be_switched_off_and_forgotten(client: httpx.Client, stage: Stage) -> None:
    """At once."""
    tokens = registered(client)
    key = made(client, tokens)
    shown = {"X-API-Key": key["api_key"]}

    def status() -> int:
        return client.get("/profile", headers=shown).status_code

    def toggled() -> bool:
        return client.put(f"/api-keys/{key['id']}/toggle", headers=bearing(tokens)).json()["is_active"]

    assert status() == 200
    assert (toggled(), status()) == (False, 401)
    assert (toggled(), status()) == (True, 200)
    assert client.delete(f"/api-keys/{key['id']}", headers=bearing(tokens)).status_code == 200
    assert status() == 401
    assert client.get("/api-keys", headers=bearing(tokens)).json() == []
    assert len(stage.ledger.told("auth.key_toggle")) == 2
    assert len(stage.ledger.told("auth.key_delete")) == 1


def test_a_key_is_its_owners(client: httpx.Client) -> None:
    """Another's key does not exist."""
    key = made(client, registered(client))
    other = bearing(registered(client, "grace"))

    assert fault(client.put(f"/api-keys/{key['id']}/toggle", headers=other)) == (404, "not_found")
    assert fault(client.delete(f"/api-keys/{key['id']}", headers=other)) == (404, "not_found")
    assert client.get("/api-keys", headers=other).json() == []


def test_a_key_ends_on_its_day(client: httpx.Client, stage: Stage) -> None:
    """If it has one."""
    key = made(client, registered(client), expires_in_days=1)
    shown = {"X-API-Key": key["api_key"]}
    assert client.get("/profile", headers=shown).status_code == 200

    stage.clock.shift = timedelta(days=1)

    assert client.get("/profile", headers=shown).status_code == 401


def test_a_key_can_do_no_more_than_its_owner(shared: httpx.Client, somebody) -> None:
    """And no more than its scopes."""
    narrow = made(shared, somebody, scopes=["core:write:video"])

    answers = [
        shared.post("/api-keys", json=WISH | {"scopes": [scope]}, headers=bearing(somebody))
        for scope in ("users:manage", "everything")
    ]
    too_much, strange = answers

    assert fault(too_much) == (403, "forbidden")
    assert fault(strange) == (422, "invalid_payload")
    assert shared.get("/profile", headers={"X-API-Key": narrow["api_key"]}).status_code == 403


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/api-keys", WISH),
        ("PUT", "/profile", {"full_name": "x"}),
        ("PUT", "/settings", {"key": "theme", "value": "dark"}),
        ("POST", "/change-password", {"current_password": "Correct1horse", "new_password": "Another2horse"}),
        ("POST", "/logout", None),
    ],
)
def test_a_key_does_not_make_itself_at_home(
    shared: httpx.Client, somebody, method: str, path: str, body
) -> None:
    """What changes the account needs a sign-in."""
    key = made(shared, somebody)

    answer = shared.request(method, path, json=body, headers={"X-API-Key": key["api_key"]})

    assert fault(answer) == (403, "forbidden")


def checksum(body: str) -> str:
    """Return a key's last six letters: CRC-32 in base 62, as scanners compute it."""
    rest, letters = zlib.crc32(body.encode()), ""
    for _ in range(6):
        rest, digit = divmod(rest, 62)
        letters = (string.digits + string.ascii_uppercase + string.ascii_lowercase)[digit] + letters
    return letters


def test_what_is_no_key_proves_nothing(shared: httpx.Client, somebody) -> None:
    """A letter off, a secret of another key, a token beside it."""
    first, second = made(shared, somebody), made(shared, somebody)
    key = first["api_key"]
    crossed = key[:-6].replace(first["id"], second["id"])
    assert key == key[:-6] + checksum(key[:-6])

    for wrong in (
        key[:-1],
        key[:30] + ("a" if key[30] != "a" else "b") + key[31:],
        crossed + checksum(crossed),
        "x",
        "ü" * 80,
    ):
        answer = shared.get("/profile", headers={"X-API-Key": wrong.encode()})
        assert fault(answer) == (401, "unauthenticated"), wrong
    both = {"X-API-Key": key} | bearing(somebody)
    assert shared.get("/profile", headers=both).status_code == 401
