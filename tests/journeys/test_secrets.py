"""No secret that anybody used is left anywhere that anybody reads: log, metrics, audit, databases."""

import base64
import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
from nacl.signing import SigningKey

from config import Settings, load_settings
from core_integrator.client import SignatureAuth
from tests.api.calls import core
from tests.journeys.callers import PASSWORD, admin_of, integrator
from tests.security.identities.people import newest_ticket
from tests.servers import hub_program, until

HOST = "hub.test"
PEPPER = "a-pepper-of-more-than-thirty-two-characters"
WRONG, OTHER, TYPED = "Wrong-Horse-77", "Other-Horse-88", "Into-The-Wrong-Field-99"
# What the hub keeps for itself; nothing but these files may hold what is in them.
KEPT = ("token_key.pem", "link_secret", "challenge_secret", "audit.key")


@dataclass
class Told:
    """What was used, and all that can be read afterwards."""

    secrets: dict[str, bytes] = field(default_factory=dict)
    places: dict[str, bytes] = field(default_factory=dict)

    def used(self, **secrets: str) -> None:
        """Note secrets by name."""
        self.secrets |= {name: value.encode() for name, value in secrets.items()}


class Noting(httpx.Auth):
    """Signs, and notes the signature."""

    requires_request_body = True

    def __init__(self, told: Told, pair: SigningKey, version: Any, *, forged: bool = False) -> None:
        self._told = told
        self._auth = SignatureAuth("app", bytes(SigningKey.generate() if forged else pair), version=version)

    def auth_flow(self, request: httpx.Request) -> Iterator[httpx.Request]:
        """Sign, note, send."""
        (signed,) = self._auth.auth_flow(request)
        header = signed.headers.get("Signature") or signed.headers["X-SSPL-Signature"]
        name = f"signature {len(self._told.secrets)}"
        self._told.secrets[name] = header.removeprefix("sspl=:").rstrip(":").encode()
        yield signed


def use_everything(told: Told, settings: Settings, url: str) -> None:
    """Do whatever takes a secret, rightly and wrongly, and what careless callers do."""
    told.used(password=PASSWORD, wrong=WRONG, other=OTHER, typed=TYPED, pepper=PEPPER)
    file = settings.data_dir.parent / "app.pem"
    integrator(
        settings, "keys", "new", "--owner", "app", "--scope", "*", "--subject", "*", "--key-id", "app",
        "--private-key", str(file),
    )  # fmt: skip
    body = "".join(file.read_text().splitlines()[1:-1])
    pair = SigningKey(base64.b64decode(body)[-32:])
    told.used(
        private_key=body, private_hex=bytes(pair).hex(), private_64=base64.b64encode(bytes(pair)).decode()
    )
    told.secrets["private bytes"] = bytes(pair)
    with httpx.Client(base_url=url, headers={"Host": HOST}, timeout=30) as client:
        tokens = _account(told, client, settings.data_dir)
        _calls(told, client, pair, tokens)
        _careless(told, client, tokens)


def _account(told: Told, client: httpx.Client, data_dir: Path) -> dict[str, str]:
    auth = "/api/v1/auth"
    ada = {"email": "ada@example.org", "password": PASSWORD, "username": "ada_l"}
    client.post(f"{auth}/register", json=ada).raise_for_status()
    for email, password in (("ada_l", WRONG), (TYPED, WRONG), ("nobody", TYPED)):
        assert client.post(f"{auth}/login", json={"email": email, "password": password}).status_code == 401
    client.post(f"{auth}/login", json={"email": "ada_l", "password": [WRONG]})
    client.post(f"{auth}/login", content=f'{{"password": "{WRONG}'.encode())
    first = client.post(f"{auth}/login", json={"email": "ada_l", "password": PASSWORD}).json()
    tokens = client.post(f"{auth}/refresh", json={"refresh_token": first["refresh_token"]}).json()
    bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
    change = {"current_password": WRONG, "new_password": OTHER}
    assert client.post(f"{auth}/change-password", json=change, headers=bearer).status_code == 403
    made = client.post(f"{auth}/api-keys", json={"service_name": "s", "key_name": "k"}, headers=bearer).json()
    client.post(f"{auth}/lost-password", json={"email": "ada@example.org"})
    ticket = newest_ticket(data_dir)
    client.post(f"{auth}/reset-password", json={"token": ticket[:-1] + "x", "new_password": OTHER})
    told.used(
        # Cut off, what a token says is still a secret's; its head is every token's.
        access=tokens["access_token"].split(".")[1][:60],
        signed=tokens["access_token"].split(".")[2],
        first_access=first["access_token"].split(".")[1][:60],
        refresh=tokens["refresh_token"],
        first_refresh=first["refresh_token"],
        api_key=made["api_key"].removeprefix(f"hub_live_{made['id']}_"),
        ticket=ticket,
    )
    return {**tokens, "api_key": made["api_key"]}


def _calls(told: Told, client: httpx.Client, pair: SigningKey, tokens: dict[str, str]) -> None:
    user = tokens["user_id"]
    for version in (3, 2):
        for shown in (
            {},
            {"Authorization": f"Bearer {tokens['access_token']}"},
            {"X-API-Key": tokens["api_key"]},
        ):
            client.auth = Noting(told, pair, version)
            answer = core(client, "sample_text", "generate", {"text": "a"}, user=user, **shown)
            assert answer.status_code == 200, answer.text
        client.auth = Noting(told, pair, version, forged=True)
        assert core(client, "sample_text", "generate", {"text": "a"}, user=user).status_code == 401
    client.auth = None
    for shown in ({"X-API-Key": tokens["api_key"]}, {"Authorization": f"Bearer {tokens['access_token']}"}):
        assert client.get("/modules", headers=shown).status_code == 200
        name, value = next(iter(shown.items()))
        assert client.get("/modules", headers={name: value[:-2] + "zz"}).status_code == 401


def _careless(told: Told, client: httpx.Client, tokens: dict[str, str]) -> None:
    """What stands where no secret should stand: in paths, queries, ids, other headers."""
    for secret in (tokens["api_key"], tokens["access_token"]):
        client.get(f"/nowhere/{secret}")
        client.get(f"/videos/{secret}.mp4")
        client.get(f"/get-history?user_id={secret}&token={secret}")
        client.delete(f"/api/v1/auth/api-keys/{secret}", headers={"X-API-Key": tokens["api_key"]})
        client.get("/modules", headers={"X-Request-ID": secret[:100], "X-Trace-ID": secret[:100]})
        client.get("/modules", headers={"Authorization": secret, "Cookie": f"s={secret}"})
    client.put(f"/core?password={TYPED}", headers={"Authorization": f"Basic {PASSWORD}"})


def read_everything(told: Told, settings: Settings, url: str, log: Path) -> None:
    """Collect all that an operator, a scraper or a thief of files could read."""
    admin = admin_of(settings, url)
    admin.get("/system/live", headers={"X-Request-ID": "the-last"})
    until(lambda: "the-last" in log.read_text(), "the log is written")
    told.places["log page"] = admin.get("/system/logs/latest", params={"limit": 200}).content
    told.places["metrics"] = admin.get("/metrics").content
    until(
        lambda: len(admin.get("/api/v1/audit", params={"limit": 200}).json()) > 30, "the audit log is written"
    )
    told.places["audit page"] = admin.get("/api/v1/audit", params={"limit": 200}).content
    told.places["audit export"] = integrator(settings, "audit", "export").encode()
    told.places["log"] = log.read_bytes()
    for path in sorted(settings.data_dir.glob("*.db")):
        told.places[f"rows of {path.name}"] = b"\n".join(_values(path))
    for path in sorted(settings.data_dir.rglob("*.db*")):
        told.places[f"bytes of {path.name}"] = path.read_bytes()
    for name in KEPT:
        told.secrets[name] = (settings.data_dir / name).read_bytes().strip()


def _values(path: Path) -> Iterator[bytes]:
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        for (table,) in tables:
            for row in connection.execute(f'SELECT * FROM "{table}"'):  # noqa: S608 - our own tables
                yield from (value.encode() if isinstance(value, str) else bytes(value)
                            for value in row if isinstance(value, str | bytes))  # fmt: skip


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Told:
    """Everything that was used on a hub, and everything that it wrote and told."""
    folder = tmp_path_factory.mktemp("secrets")
    settings = load_settings(data_dir=folder / "data")
    found = Told()
    with hub_program(
        settings.data_dir,
        SSPL_ENABLED="1",
        SSPL_AUTHORITIES=HOST,
        INTEGRATOR_AUTH="required",
        INTEGRATOR_RATE_PER_ADDRESS="0",
        INTEGRATOR_RATE_PER_USER="0",
        INTEGRATOR_LOG_LEVEL="DEBUG",
        INTEGRATOR_PEPPER=PEPPER,
    ) as hub:
        use_everything(found, settings, hub.url)
        read_everything(found, settings, hub.url, hub.log)
        # What is written at the end counts too.
        hub.stop()
        found.places["log at the end"] = hub.log.read_bytes()
    return found


def test_no_secret_is_left_anywhere(told: Told) -> None:
    """Neither as it was sent, nor where a careless caller put it."""
    for place, text in told.places.items():
        assert [name for name, secret in told.secrets.items() if secret in text] == [], place
    assert len(told.secrets) > 25
    assert all(len(secret) > 12 for secret in told.secrets.values())


def test_the_walk_sees_what_is_there(told: Told) -> None:
    """Places that hold nothing would prove nothing."""
    log = [json.loads(line) for line in told.places["log"].splitlines()]
    export = told.places["audit export"].decode()

    assert {line.get("route") for line in log} >= {"/core", "/modules"}
    assert {line.get("status") for line in log} >= {200, 401, 403, 422}
    assert b"request.done" in told.places["log page"]
    assert b"integrator_requests_total" in told.places["metrics"]
    assert {json.loads(line)["action"] for line in export.splitlines()} >= {
        "auth.login", "auth.register", "core.call", "keys.add", "access.refused",
    }  # fmt: skip
    assert b"ada@example.org" in told.places["rows of accounts.db"]
    assert b"word_count" in told.places["rows of memory.db"]
    assert {place for place in told.places if place.startswith("rows")} >= {
        f"rows of {name}.db" for name in ("accounts", "audit", "keys", "memory", "nonces")
    }
