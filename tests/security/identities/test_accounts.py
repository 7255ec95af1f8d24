"""An account: made, used, its password changed, forgotten and found again (VG-01)."""

import json
import stat
from datetime import timedelta

import httpx
import pytest

from tests.security.identities.people import (
    ADA,
    PASSWORD,
    bearing,
    fault,
    fields,
    knows,
    letters,
    newest_ticket,
    registered,
    signed_in,
)
from tests.security.identities.serving import Stage
from tests.servers import until

OTHER = "Another2horse"


def test_who_registers_gets_tokens(client: httpx.Client, stage: Stage) -> None:
    """The answer is bare, and the id is good as a user_id of /core."""
    answer = client.post("/register", json=ADA)

    tokens = answer.json()
    assert (tokens["token_type"], tokens["expires_in"]) == ("bearer", 1800)
    assert tokens["user_id"].startswith("usr_")
    assert answer.headers["cache-control"] == "no-store"
    profile = client.get("/profile", headers=bearing(tokens)).json()
    assert {name: profile[name] for name in ("user_id", "email", "username", "full_name", "roles")} == {
        "user_id": tokens["user_id"],
        "email": "ada@example.com",
        "username": "ada_l",
        "full_name": "Ada Lovelace",
        "roles": ["user"],
    }
    assert stage.ledger.told("auth.register") == [(tokens["user_id"], tokens["user_id"], "success")]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"password": "short1A"}, "password"),
        ({"password": "alllower1"}, "password"),
        ({"password": "NOLOWER1"}, "password"),
        ({"password": "NoDigits"}, "password"),
        ({"password": "Aa1" + "x" * 300}, "password"),
        ({"username": "a b"}, "username"),
        ({"username": "ab"}, "username"),
        ({"email": "nobody"}, "email"),
        ({"email": "a@example.com\nBcc: b@example.com"}, "email"),
        ({"full_name": "a\nb"}, "full_name"),
        ({"roles": ["admin"]}, "roles"),
    ],
)
def test_a_poor_registration_is_refused_by_field(shared: httpx.Client, change, field: str) -> None:
    """And what was sent is not repeated."""
    answer = shared.post("/register", json=ADA | change)

    assert fault(answer) == (422, "invalid_payload")
    assert fields(answer) == {field}
    assert json.dumps(next(iter(change.values()))) not in answer.text


@pytest.mark.parametrize(
    "again",
    [
        {"email": "ADA_L@Example.COM", "username": "other"},
        {"email": "other@example.com", "username": "ADA_L"},
        {"email": "gräce@example.com", "username": "other"},
    ],
)
def test_an_address_or_name_is_one_persons(client: httpx.Client, again) -> None:
    """Whatever its letter case."""
    registered(client)
    assert client.post("/register", json=ADA | {"email": "GRÄCE@example.com", "username": "G_1"}).is_success

    assert fault(client.post("/register", json=ADA | again)) == (409, "wrong_state")


def test_a_body_is_read_as_strictly_as_everywhere(client: httpx.Client) -> None:
    """Broken JSON, another type, too much of it."""
    assert fault(client.post("/login", content=b"{", headers={"content-type": "application/json"}))[0] == 400
    assert fault(client.post("/login", content=b"email=a"))[0] == 415
    assert fault(client.post("/login", json={"email": "a" * 70_000, "password": "b"}))[0] == 413


@pytest.mark.parametrize("email", ["ada_l@example.com", "nobody@example.com", "nobody"])
def test_a_wrong_sign_in_is_always_the_same(client: httpx.Client, stage: Stage, email: str) -> None:
    """Nobody learns which accounts there are; the audit log tells the operator."""
    user_id = registered(client)["user_id"]

    answer = client.post("/login", json={"email": email, "password": "Wrong1horse"})

    assert fault(answer) == (401, "unauthenticated")
    assert answer.json()["message"] == "the e-mail address or the password is wrong"
    actor, target, result = stage.ledger.told("auth.login")[-1]
    assert (actor, result) == ("anonymous", "unauthenticated")
    assert (target == user_id) is (email == "ada_l@example.com")
    assert target == user_id or target.startswith("login:")
    assert email not in target


def test_one_signs_in_by_address_or_name(client: httpx.Client) -> None:
    """Whatever the letter case."""
    user_id = registered(client)["user_id"]

    for login in ("ada_l@example.com", "ADA_L@EXAMPLE.COM", "ada_l"):
        answer = client.post("/login", json={"email": login, "password": PASSWORD})
        assert answer.json()["user_id"] == user_id


def test_a_changed_password_ends_the_other_sessions(client: httpx.Client, stage: Stage) -> None:
    """The old one fails; whoever else was in is out."""
    mine, others = registered(client), signed_in(client)
    bodies = [{"current_password": now, "new_password": OTHER} for now in ("Wrong1horse", PASSWORD)]

    wrong, right = (client.post("/change-password", json=body, headers=bearing(mine)) for body in bodies)

    assert fault(wrong) == (403, "forbidden")
    assert right.status_code == 200
    assert fault(client.post("/login", json={"email": "ada_l", "password": PASSWORD}))[0] == 401
    assert signed_in(client, password=OTHER)
    assert (knows(client, mine), knows(client, others)) == (200, 401)
    assert client.post("/refresh", json={"refresh_token": others["refresh_token"]}).status_code == 401
    results = [result for _, _, result in stage.ledger.told("auth.password_change")]
    assert results == ["forbidden", "success"]


def test_a_new_password_must_be_good_too(client: httpx.Client) -> None:
    """The same rules, by the field's own name."""
    tokens = registered(client)
    body = {"current_password": PASSWORD, "new_password": "alllower1"}

    answer = client.post("/change-password", json=body, headers=bearing(tokens))

    assert (answer.status_code, fields(answer)) == (422, {"new_password"})


def test_a_lost_password_is_answered_the_same_for_everybody(client: httpx.Client, stage: Stage) -> None:
    """One letter, to the one who has an account."""
    registered(client)

    answers = [
        client.post("/lost-password", json={"email": email})
        for email in ("ada_l@example.com", "nobody@example.com")
    ]

    assert answers[0].status_code == answers[1].status_code == 200
    assert answers[0].json() == answers[1].json()
    until(lambda: len(stage.ledger.told("auth.lost_password")) == 2, "both were looked up")
    assert len(letters(stage.data_dir)) == 1
    (file,) = (stage.data_dir / "outbox").iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_ticket_sets_a_password_once(client: httpx.Client, stage: Stage) -> None:
    """And throws everybody out who was in."""
    before = registered(client)
    client.post("/lost-password", json={"email": "Ada_L@example.com"})
    ticket = newest_ticket(stage.data_dir)

    poor = client.post("/reset-password", json={"token": ticket, "new_password": "poor"})
    first = client.post("/reset-password", json={"token": ticket, "new_password": OTHER})
    second = client.post("/reset-password", json={"token": ticket, "new_password": "Third3horse"})

    assert (poor.status_code, fields(poor)) == (422, {"new_password"})
    assert first.status_code == 200
    assert fault(second) == (400, "invalid_argument")
    assert signed_in(client, password=OTHER)
    assert fault(client.post("/login", json={"email": "ada_l", "password": PASSWORD}))[0] == 401
    assert knows(client, before) == 401


def test_a_ticket_ends_after_two_hours(client: httpx.Client, stage: Stage) -> None:
    """A mailbox read later opens nothing."""
    registered(client)
    client.post("/lost-password", json={"email": "ada_l@example.com"})
    ticket = newest_ticket(stage.data_dir)

    stage.clock.shift = timedelta(hours=2)

    assert fault(client.post("/reset-password", json={"token": ticket, "new_password": OTHER}))[0] == 400
    assert fault(client.post("/reset-password", json={"token": "nothing", "new_password": OTHER}))[0] == 400


def test_nobody_fills_a_mailbox(client: httpx.Client, stage: Stage) -> None:
    """One letter a minute; a later one makes the one before worthless."""
    registered(client)
    for _ in range(3):
        client.post("/lost-password", json={"email": "ada_l@example.com"})
    until(lambda: len(stage.ledger.told("auth.lost_password")) == 3, "all were looked up")
    first = newest_ticket(stage.data_dir)
    assert len(letters(stage.data_dir)) == 1

    stage.clock.shift = timedelta(seconds=61)
    client.post("/lost-password", json={"email": "ada_l@example.com"})
    second = newest_ticket(stage.data_dir, 2)

    assert client.post("/reset-password", json={"token": first, "new_password": OTHER}).status_code == 400
    assert client.post("/reset-password", json={"token": second, "new_password": OTHER}).status_code == 200


def test_names_can_be_changed(client: httpx.Client) -> None:
    """What is left out stays; another's name is not to be had."""
    registered(client, "grace")
    tokens = registered(client)

    changed = client.put("/profile", json={"full_name": "Countess"}, headers=bearing(tokens))
    taken = client.put("/profile", json={"username": "Grace"}, headers=bearing(tokens))

    assert (changed.json()["full_name"], changed.json()["username"]) == ("Countess", "ada_l")
    assert fault(taken) == (409, "wrong_state")


def test_an_address_may_have_to_be_verified(stage: Stage) -> None:
    """Nobody signs in with an address whose mail they cannot read."""
    stage.settings = stage.settings.model_copy(update={"verify_email": True})
    with stage.served() as url, httpx.Client(base_url=url, timeout=30) as client:
        made = client.post("/register", json=ADA)
        early = client.post("/login", json={"email": ADA["email"], "password": PASSWORD})
        ticket = newest_ticket(stage.data_dir)
        verified = client.post("/verify-email", json={"token": ticket})
        again = client.post("/verify-email", json={"token": ticket})
        late = client.post("/login", json={"email": ADA["email"], "password": PASSWORD})

    assert made.status_code == 202
    assert "access_token" not in made.json()
    assert fault(early) == (403, "forbidden")
    assert (verified.status_code, again.status_code, late.status_code) == (200, 400, 200)
