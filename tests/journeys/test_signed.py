"""Signed requests through the running hub: the published vectors, one winner of many (CI-14)."""

import asyncio
import base64
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from adapters.keys import open_keys
from core_integrator.contracts.signing import SigningKey
from tests.redis_server import redis_server
from tests.security.sspl.serving import Answer, receive_answer, written
from tests.security.sspl.signing import Call, get, post, v2, v3
from tests.security.sspl.vectors import vectors
from tests.servers import Program, free_port, hub_program

FAR = datetime(2100, 1, 1, tzinfo=UTC)
WORDS = {"module": "sample_text", "intent": "generate", "user_id": "user_123", "data": {"text": "a b c"}}


def registered(data_dir: Path) -> None:
    """Register the keys of the vectors."""

    async def add() -> None:
        async with open_keys(data_dir) as registry:
            for key_id, key in vectors()["keys"].items():
                if key.get("registered", True) and "scopes" in key:
                    await registry.add(_key(key_id, key))

    asyncio.run(add())


def _key(key_id: str, key: dict[str, Any]) -> SigningKey:
    def moment(name: str) -> datetime | None:
        return None if key.get(name) is None else datetime.fromtimestamp(key[name], UTC)

    scopes = frozenset(key["scopes"])
    if "core:write" in scopes:
        # One vector asks for a history with a key that may only call; this hub wants a permission for it.
        scopes |= {"history:read"}
    return SigningKey(
        key_id=key_id,
        public_key=base64.b64decode(key["public_key_b64"]),
        owner=key_id,
        scopes=scopes,
        subjects=frozenset(key.get("subjects", ["*"])),
        status=key.get("status", "active"),
        not_before=moment("not_before") or datetime(1970, 1, 1, tzinfo=UTC),
        not_after=moment("not_after"),
        legacy=frozenset(key.get("legacy", [])),
        legacy_until=moment("legacy_until")
        or (datetime(2100, 1, 1, tzinfo=UTC) if key.get("legacy") else None),
    )


@pytest.fixture(scope="module", params=[1, 4], ids=["one worker", "four workers"])
def hub(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    """A hub that wants signatures, on SQLite nonces."""
    data_dir = tmp_path_factory.mktemp("signed")
    registered(data_dir)
    with hub_program(data_dir, INTEGRATOR_WORKERS=str(request.param), **SIGNED) as program:
        yield program


SIGNED = {
    "SSPL_ENABLED": "1",
    "SSPL_AUTHORITIES": ",".join(sorted(vectors()["authorities"])),
    "INTEGRATOR_TEST_MODE": "1",
}


def send(hub: Program, call: Call) -> Answer:
    """Send a request as it is over a connection of its own."""
    address = hub.url.removeprefix("http://").split(":")
    with socket.create_connection((address[0], int(address[1])), timeout=30) as sock:
        sock.sendall(written(call))
        return receive_answer(sock, call.method)


def code(answer: Answer) -> str:
    """Return the code of what the signature's check said; nothing once the request was let through."""
    if answer.status == 200:
        return ""
    found = answer.json["result"]["error"]["code"]
    return found if found.startswith("sspl_") else ""


def set_clock(hub: Program, unix_s: float) -> None:
    """Set the hub's clock, for all its workers."""
    httpx.post(f"{hub.url}/test/clock", json={"now": unix_s}).raise_for_status()


def sent(hub: Program, vector: dict[str, Any]) -> Iterator[Answer]:
    """Send every step of a vector at its moment."""
    for step in vector["steps"]:
        set_clock(hub, step["now"])
        request = step["request"]
        target = request["path"] + (f"?{request['query']}" if request["query"] else "")
        headers = tuple((name, value) for name, value in request["headers"])
        yield send(hub, Call(request["method"], target, headers, base64.b64decode(request["body_b64"])))


def play(hub: Program, vector: dict[str, Any]) -> None:
    """Send every step of a vector, and compare what is answered with what is published."""
    for step, answer in zip(vector["steps"], sent(hub, vector), strict=True):
        expected = step["expect"]
        if expected["ok"]:
            assert code(answer) == "", answer.body
        else:
            assert (answer.status, code(answer)) == (expected["status"], expected["code"])


@pytest.mark.parametrize("vector", vectors()["vectors"], ids=lambda vector: vector["id"])
def test_a_vector_is_answered_as_published(hub: Program, vector: dict[str, Any]) -> None:
    """Whatever worker each step meets; what is let through is answered by the hub behind."""
    play(hub, vector)


@pytest.mark.long
@pytest.mark.parametrize("store", ["memory", "redis"])
def test_no_store_lets_a_replay_through(store: str, tmp_path: Path) -> None:
    """The vectors' replays, on the stores that are not the default."""
    registered(tmp_path)
    replays = [vector for vector in vectors()["vectors"] if vector["group"] == "replay"]
    assert len(replays) == 5
    # A store that is new says so: what was signed before is refused.  So it is a day old when it is met.
    with hub_program(tmp_path, **SIGNED) as hub:
        set_clock(hub, min(step["now"] for vector in replays for step in vector["steps"]) - 86_400)
    with redis_server(tmp_path) if store == "redis" else nullcontext() as server:
        redis = {} if server is None else {"INTEGRATOR_REDIS_URL": server.url}
        with hub_program(tmp_path, INTEGRATOR_NONCE_STORE=store, **redis, **SIGNED) as hub:
            for vector in replays:
                if store == "redis" and vector["version"] == 1:
                    # What Redis keeps it may lose, and nothing in L1 says when it was signed.
                    refused = [code(answer) for answer in sent(hub, vector)]
                    assert set(refused) <= {"sspl_legacy_disabled", "sspl_replay"}
                    assert refused[0] == "sspl_legacy_disabled"
                else:
                    play(hub, vector)


@pytest.mark.parametrize("form", [v3, v2])
def test_of_sixty_four_copies_one_is_served(hub: Program, form: Any) -> None:
    """The agent runs once; the others are told why."""
    now = int(time.time())
    set_clock(hub, now)
    user = f"copies_{form.__name__}"
    call = form(post({**WORDS, "user_id": user}), created=now)

    with ThreadPoolExecutor(64) as pool:
        answers = list(pool.map(lambda _: send(hub, call), range(64)))

    assert sorted(answer.status for answer in answers) == [200] + [409] * 63
    assert {answer.code for answer in answers if answer.status == 409} == {"sspl_replay"}
    history = send(hub, form(get(f"/get-history?user_id={user}"), created=now))
    assert len(history.json) == 1


def test_a_forgery_changes_no_row(hub: Program) -> None:
    """Neither a nonce nor a history; the genuine request is served afterwards."""
    now = int(time.time())
    set_clock(hub, now)
    nonce = "n" * 24
    forged = v3(
        post({**WORDS, "user_id": "forged"}), key="attacker", key_id="client-a", created=now, nonce=nonce
    )

    assert send(hub, forged).code == "sspl_signature_invalid"
    assert send(hub, post({**WORDS, "user_id": "forged"})).code == "sspl_missing"

    genuine = v3(post({**WORDS, "user_id": "forged"}), created=now, nonce=nonce)
    assert send(hub, genuine).status == 200
    history = send(hub, v3(get("/get-history?user_id=forged"), created=now))
    assert len(history.json) == 1


def test_a_restart_forgets_no_nonce(tmp_path: Path) -> None:
    """Not even kill -9."""
    registered(tmp_path)
    now = int(time.time())
    call = v3(post(WORDS), created=now)
    port = free_port()
    with hub_program(tmp_path, port=port, **SIGNED) as hub:
        set_clock(hub, now)
        assert send(hub, call).status == 200
        hub.kill()
        hub.start()
        set_clock(hub, now)
        assert send(hub, call).code == "sspl_replay"


def test_a_revoked_key_is_out_at_once(tmp_path: Path) -> None:
    """While the hub runs, by the command line."""
    registered(tmp_path)
    now = int(time.time())
    with hub_program(tmp_path, **SIGNED) as hub:
        set_clock(hub, now)
        assert send(hub, v3(post(WORDS), created=now)).status == 200

        async def revoke() -> None:
            async with open_keys(tmp_path) as registry:
                key = await registry.find("client-a")
                assert key is not None
                await registry.replace(_revoked(key))

        asyncio.run(revoke())
        time.sleep(0.05)

        assert send(hub, v3(post(WORDS), created=now)).code == "sspl_key_inactive"


def _revoked(key: SigningKey) -> SigningKey:
    values = {name: getattr(key, name) for name in key.__slots__}
    return SigningKey(**{**values, "status": "revoked", "revoked_at": datetime.now(UTC)})
