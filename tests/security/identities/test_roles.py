"""Who may manage whom (VG-03)."""

import httpx
import pytest

from security.identities.trail import Actor, Origin
from tests.security.identities.people import bearing, fault, knows, registered, signed_in
from tests.security.identities.serving import Stage


@pytest.fixture
def admin(client: httpx.Client, stage: Stage) -> dict[str, str]:
    """The tokens of an admin, made as an operator makes one."""
    tokens = registered(client, "root_1")
    operator, roles = Actor("cli:test", "system"), frozenset({"admin"})
    stage.run(stage.identities.administration.set_roles(operator, tokens["user_id"], roles, Origin()))
    stage.ledger.entries.clear()
    return tokens


def test_a_user_is_no_admin_until_promoted(client: httpx.Client, stage: Stage, admin) -> None:
    """Promotion and demotion count at once, for tokens given out before."""
    ada = registered(client)
    roles = f"/users/{ada['user_id']}/roles"

    def statuses(tokens) -> list[int]:
        return [
            client.get("/users", headers=bearing(tokens)).status_code,
            client.put(roles, json={"roles": ["admin"]}, headers=bearing(tokens)).status_code,
            client.put(
                f"/users/{ada['user_id']}/active", json={"active": True}, headers=bearing(tokens)
            ).status_code,
        ]

    assert statuses(ada) == [403, 403, 403]
    client.put(roles, json={"roles": ["user", "admin"]}, headers=bearing(admin))
    assert statuses(ada) == [200, 200, 200]
    client.put(roles, json={"roles": ["user"]}, headers=bearing(admin))
    assert statuses(ada) == [403, 403, 403]
    done = stage.ledger.told("auth.roles")
    assert done[0] == (admin["user_id"], ada["user_id"], "success")
    assert stage.ledger.entries[-1].detail == {"before": ["admin"], "after": ["user"]}


def test_a_strange_role_is_none(client: httpx.Client, admin) -> None:
    """Neither is a role for nobody."""
    path = f"/users/{admin['user_id']}/roles"

    assert fault(client.put(path, json={"roles": ["root"]}, headers=bearing(admin)))[0] == 422
    answer = client.put("/users/usr_nobody/roles", json={"roles": ["user"]}, headers=bearing(admin))
    assert fault(answer) == (404, "not_found")


def test_the_last_admin_stays_one(client: httpx.Client, stage: Stage, admin) -> None:
    """Nobody locks everybody out."""
    me = f"/users/{admin['user_id']}"

    answers = [
        client.put(f"{me}/roles", json={"roles": ["user"]}, headers=bearing(admin)),
        client.put(f"{me}/active", json={"active": False}, headers=bearing(admin)),
        client.delete(me, headers=bearing(admin)),
    ]

    assert [fault(answer) for answer in answers] == [(409, "wrong_state")] * 3
    assert knows(client, admin) == 200
    assert [result for _, _, result in stage.ledger.told("auth.roles")] == ["wrong_state"]


def test_a_shut_account_is_out_at_once(client: httpx.Client, stage: Stage, admin) -> None:
    """Its tokens, its refresh tokens, its API keys, its password."""
    ada = registered(client)
    key = client.post("/api-keys", json={"service_name": "s", "key_name": "k"}, headers=bearing(ada)).json()[
        "api_key"
    ]
    assert client.get("/profile", headers={"X-API-Key": key}).status_code == 200

    client.put(f"/users/{ada['user_id']}/active", json={"active": False}, headers=bearing(admin))

    assert knows(client, ada) == 401
    assert client.post("/refresh", json={"refresh_token": ada["refresh_token"]}).status_code == 401
    assert client.get("/profile", headers={"X-API-Key": key}).status_code == 401
    login = {"email": "ada_l", "password": "Correct1horse"}
    assert fault(client.post("/login", json=login)) == (401, "unauthenticated")
    assert [result for _, _, result in stage.ledger.told("auth.login")] == ["success", "unauthenticated"]
    client.put(f"/users/{ada['user_id']}/active", json={"active": True}, headers=bearing(admin))
    assert knows(client, ada) == 401, "what was ended stays ended"
    assert knows(client, signed_in(client)) == 200


def test_a_deleted_account_is_gone(client: httpx.Client, stage: Stage, admin) -> None:
    """And its address is free."""
    ada = registered(client)

    assert client.delete(f"/users/{ada['user_id']}", headers=bearing(admin)).status_code == 200

    assert knows(client, ada) == 401
    assert registered(client)["user_id"] != ada["user_id"]
    assert stage.ledger.told("auth.delete") == [(admin["user_id"], ada["user_id"], "success")]


def test_users_are_listed_page_by_page(client: httpx.Client, admin) -> None:
    """Oldest first."""
    for name in ("one", "two", "three"):
        registered(client, name)

    first = client.get("/users", params={"limit": 3}, headers=bearing(admin)).json()
    second = client.get(
        "/users", params={"limit": 3, "cursor": first["next_cursor"]}, headers=bearing(admin)
    ).json()

    assert [user["username"] for user in first["users"]] == ["root_1", "one", "two"]
    assert ([user["username"] for user in second["users"]], second["next_cursor"]) == (["three"], None)
    assert "password" not in client.get("/users", headers=bearing(admin)).text


@pytest.mark.parametrize("login", ["admin", "admin@example.com", "root"])
def test_there_is_no_default_admin(shared: httpx.Client, login: str) -> None:
    """Nobody gets in with what is in some manual."""
    for password in ("admin", "password", "changeme", "Admin123"):
        assert shared.post("/login", json={"email": login, "password": password}).status_code == 401


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PUT", "/users/{ada}/roles", {"roles": ["viewer"]}),
        ("DELETE", "/users/{ada}", None),
        ("POST", "/change-password", {"current_password": "Correct1horse", "new_password": "Another2horse"}),
        ("POST", "/api-keys", {"service_name": "s", "key_name": "k"}),
    ],
)
def test_what_cannot_be_recorded_is_not_done(
    client: httpx.Client, stage: Stage, admin, method: str, path: str, body
) -> None:
    """A full disk under the audit log is no way to do things unseen."""
    ada = registered(client)
    stage.ledger.broken = True

    answer = client.request(method, path.format(ada=ada["user_id"]), json=body, headers=bearing(admin))

    assert fault(answer) == (503, "storage_unavailable")
    assert client.get("/profile", headers=bearing(ada)).json()["roles"] == ["user"]
    stage.ledger.broken = False
    assert signed_in(client, "root_1")
    assert client.get("/api-keys", headers=bearing(admin)).json() == []
