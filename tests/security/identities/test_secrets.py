"""What must not leak, and what is kept from others' eyes."""

import sqlite3
import stat
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from core_integrator.contracts.errors import StorageUnavailable
from security.secret_files import kept_secret
from security.tokens import new_key_pem, read_key_pem
from tests.security.identities.people import (
    PASSWORD,
    bearing,
    fault,
    knows,
    newest_ticket,
    person,
    registered,
)
from tests.security.identities.serving import Stage


def test_no_secret_is_written_anywhere(
    client: httpx.Client, stage: Stage, capfd: pytest.CaptureFixture[str]
) -> None:
    """Not in the log, the audit log, the database or an answer that does not give it."""
    tokens = registered(client)
    key = client.post(
        "/api-keys", json={"service_name": "s", "key_name": "k"}, headers=bearing(tokens)
    ).json()["api_key"]
    client.post("/login", json={"email": "ada_l", "password": "Wrong1horse"})
    client.post("/login", json={"email": "ada_l", "password": ["Wrong1horse"]})
    client.get("/profile", headers={"X-API-Key": key})
    client.post("/lost-password", json={"email": "ada_l@example.com"})
    ticket = newest_ticket(stage.data_dir)

    rows = b"".join(file.read_bytes() for file in stage.data_dir.glob("accounts.db*"))
    told = "".join(capfd.readouterr()) + str(stage.ledger.entries)
    secrets = [
        PASSWORD,
        "Wrong1horse",
        key[22:],
        ticket[11:],
        *map(tokens.get, ("access_token", "refresh_token")),
    ]

    for secret in secrets:
        assert secret not in told
        assert secret.encode() not in rows
    assert "ada_l@example.com" not in told
    with sqlite3.connect(stage.data_dir / "accounts.db") as connection:
        assert connection.execute("SELECT password_hash FROM users").fetchone()[0].startswith("$argon2id$")


def test_files_are_their_owners_alone(client: httpx.Client, stage: Stage) -> None:
    """The accounts, the key that signs tokens, the pepper."""
    registered(client)

    for name in ("accounts.db", "token_key.pem", "api_key_pepper"):
        assert stat.S_IMODE((stage.data_dir / name).stat().st_mode) == 0o600, name


def test_several_processes_make_one_secret(tmp_path: Path) -> None:
    """Or each would refuse the others' tokens."""
    ready = threading.Barrier(8)

    def first_start(_: int) -> bytes:
        ready.wait()
        return kept_secret(tmp_path / "secret", new_key_pem)

    with ThreadPoolExecutor(8) as threads:
        found = set(threads.map(first_start, range(8)))

    assert found == {(tmp_path / "secret").read_bytes()}
    assert list(tmp_path.iterdir()) == [tmp_path / "secret"]


def test_a_key_of_ones_own_signs_tokens(stage: Stage, tmp_path: Path) -> None:
    """And another key ends what it signed."""
    for name in ("one", "two"):
        (tmp_path / name).write_bytes(new_key_pem())
    tokens = {}
    for name in ("one", "two", "one"):
        stage.settings = stage.settings.model_copy(update={"token_key_file": tmp_path / name})
        with stage.served() as url, httpx.Client(base_url=url, timeout=30) as client:
            tokens = tokens or registered(client)
            assert knows(client, tokens) == (401 if name == "two" else 200)

    assert not (stage.data_dir / "token_key.pem").exists()


def test_what_is_no_key_is_told() -> None:
    """In one sentence, without what was in it."""
    for pem in (b"", b"hello", new_key_pem().replace(b"PRIVATE", b"PUBLIC")):
        with pytest.raises(StorageUnavailable, match="token key"):
            read_key_pem(pem)


def test_too_many_attempts_are_refused_before_the_password_is_looked_at(
    client: httpx.Client, stage: Stage
) -> None:
    """By account and by address; the keys name nobody."""
    registered(client)
    asked: list[str] = []

    async def three(key: str) -> float | None:
        asked.append(key)
        return 12.5 if asked.count(key) > 3 else None

    stage.limit = three
    login = {"email": "ada_l@example.com", "password": "Wrong1horse"}
    statuses = [client.post("/login", json=login).status_code for _ in range(3)]
    right = client.post("/login", json=login | {"password": PASSWORD})

    assert statuses == [401] * 3
    assert fault(right) == (429, "rate_limited")
    assert right.headers["retry-after"] == "13"
    assert "login:address:127.0.0.1" in asked
    assert not any("ada_l" in key for key in asked)
    stage.limit = three
    assert client.post("/register", json=person("grace")).status_code == 200
    assert "register:address:127.0.0.1" in asked
