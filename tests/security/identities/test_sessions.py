"""Sessions: how they go on, how they end, and who hears of it."""

import contextlib
import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import httpx
import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.security.identities.people import bearing, fault, knows, registered, signed_in
from tests.security.identities.serving import Stage
from tests.servers import Program, free_port, until


def test_who_signs_out_is_out(client: httpx.Client, stage: Stage) -> None:
    """Both tokens; another session of the same user goes on."""
    mine, other = registered(client), signed_in(client)

    assert client.post("/logout", headers=bearing(mine)).status_code == 200

    assert (knows(client, mine), knows(client, other)) == (401, 200)
    assert fault(client.post("/refresh", json={"refresh_token": mine["refresh_token"]}))[0] == 401
    ((actor, _, result),) = stage.ledger.told("auth.logout")
    assert (actor, result) == (mine["user_id"], "success")


def test_a_restart_keeps_sign_outs_and_sessions(stage: Stage) -> None:
    """What was ended stays ended; what was not goes on."""
    with stage.served() as url, httpx.Client(base_url=url, timeout=30) as client:
        ended, going = registered(client), signed_in(client)
        client.post("/logout", headers=bearing(ended))

    with stage.served() as url, httpx.Client(base_url=url, timeout=30) as client:
        assert (knows(client, ended), knows(client, going)) == (401, 200)
        assert client.post("/refresh", json={"refresh_token": going["refresh_token"]}).status_code == 200


def test_an_access_token_ends_after_half_an_hour(client: httpx.Client, stage: Stage) -> None:
    """The refresh token buys the next one."""
    tokens = registered(client)

    stage.clock.shift = timedelta(seconds=1801)

    assert knows(client, tokens) == 401
    following = client.post("/refresh", json={"refresh_token": tokens["refresh_token"]}).json()
    assert following["user_id"] == tokens["user_id"]
    assert knows(client, following) == 200


def test_a_session_ends_after_thirty_days(client: httpx.Client, stage: Stage) -> None:
    """However often it was refreshed."""
    tokens = registered(client)
    stage.clock.shift = timedelta(days=29)
    following = client.post("/refresh", json={"refresh_token": tokens["refresh_token"]}).json()

    stage.clock.shift = timedelta(days=31)

    assert client.post("/refresh", json={"refresh_token": following["refresh_token"]}).status_code == 401


def test_a_refresh_token_that_comes_twice_ends_its_session(client: httpx.Client, stage: Stage) -> None:
    """One of the two stole it, and nobody can tell which: both are out."""
    first = registered(client)
    second = client.post("/refresh", json={"refresh_token": first["refresh_token"]}).json()
    assert knows(client, second) == 200

    again = client.post("/refresh", json={"refresh_token": first["refresh_token"]})

    assert fault(again) == (401, "unauthenticated")
    assert (knows(client, first), knows(client, second)) == (401, 401)
    assert client.post("/refresh", json={"refresh_token": second["refresh_token"]}).status_code == 401
    assert [result for _, _, result in stage.ledger.told("auth.refresh_reused")] == ["unauthenticated"]


@contextlib.contextmanager
def worker(data_dir: Path) -> Iterator[httpx.Client]:
    """Serve the accounts in a process of their own."""
    port = free_port()
    arguments = ["-m", "tests.security.identities.serving", str(data_dir), str(port)]
    data_dir.mkdir(exist_ok=True)
    program = Program(
        arguments,
        url=f"http://127.0.0.1:{port}",
        probe="/openapi.json",
        log=data_dir / f"worker-{port}.log",
        env={"PYTHONPATH": os.fspath(Path(__file__).parents[3])},
    )
    try:
        program.start()
        with httpx.Client(base_url=f"{program.url}/api/v1/auth", timeout=30) as client:
            yield client
    finally:
        program.ensure_gone()


def test_workers_hear_of_each_other(tmp_path: Path) -> None:
    """They share the key that signs tokens, the accounts, and the news of who signed out."""
    with worker(tmp_path / "data") as one, worker(tmp_path / "data") as two:
        tokens = registered(one)
        assert knows(two, tokens) == 200

        one.post("/logout", headers=bearing(tokens))

        until(lambda: knows(two, tokens) == 401, "the other worker hears of it")


def test_a_token_of_another_make_proves_nothing(shared: httpx.Client, somebody) -> None:
    """Changed, signed by somebody else, not signed, or something else altogether."""
    token = somebody["access_token"]
    head, body, signature = token.split(".")
    claims = jwt.decode(token, options={"verify_signature": False})
    strange = [
        f"{head}.{body}.{signature[:-4]}AAAA",
        f"{head}.{body}.",
        jwt.encode(claims, None, "none"),
        jwt.encode(claims, "secret" * 10, "HS256"),
        jwt.encode(claims, Ed25519PrivateKey.generate(), "EdDSA"),
        f"{'W' * 4000}.{body}.{signature}",
        "x" * 10_000,
        "ä.ö.ü",
    ]

    for each in strange:
        answer = shared.get("/profile", headers={"Authorization": f"Bearer {each}".encode()})
        assert fault(answer) == (401, "unauthenticated"), each
    assert shared.get("/profile", headers={"Authorization": f"Basic {token}"}).status_code == 401
    assert shared.get("/profile").headers["www-authenticate"] == "Bearer"


def test_a_token_of_another_hub_proves_nothing(tmp_path: Path) -> None:
    """Each has a key of its own."""
    with Stage(tmp_path / "other").served() as url, httpx.Client(base_url=url, timeout=30) as client:
        tokens = registered(client)

    with Stage(tmp_path / "mine").served() as url, httpx.Client(base_url=url, timeout=30) as client:
        assert knows(client, tokens) == 401


def test_nobody_is_let_in_while_the_news_cannot_be_heard(client: httpx.Client, stage: Stage) -> None:
    """Who signed out must not come back in because a disk fails."""
    mine, other = registered(client), signed_in(client)
    assert knows(client, mine) == 200
    client.post("/logout", headers=bearing(other))

    for file in stage.data_dir.glob("accounts.db*"):
        file.rename(file.with_name(f"gone-{file.name}"))

    assert fault(client.get("/profile", headers=bearing(other)))[0] in (401, 503)
    assert fault(client.get("/settings", headers=bearing(mine))) == (503, "storage_unavailable")
