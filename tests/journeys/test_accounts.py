"""Accounts, roles and ownership on a hub that wants to know who asks (VG-01, VG-03, VG-04)."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from config import Settings, load_settings
from tests.api.calls import core
from tests.journeys.callers import PASSWORD, admin_of, code, integrator, registered
from tests.servers import free_port, hub_in_thread, until

FIRST = {"date": "2026-01-05", "amount": "4500.00", "category": "salary", "type": "income"}


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A hub that lets nobody in unknown, without limits unless a test wants them."""
    return load_settings(
        data_dir=tmp_path / "data",
        auth="required",
        rate_per_address=0,
        rate_per_user=0,
        test_mode=True,
        video_service_url=f"http://127.0.0.1:{free_port()}",
        creatorcore_base_url=f"http://127.0.0.1:{free_port()}",
    )


@pytest.fixture
def url(settings: Settings) -> Iterator[str]:
    """The hub."""
    with hub_in_thread(settings) as served:
        yield served


def test_nobody_unknown_gets_in(url: str) -> None:
    """Everything but signs of life, documentation and signing in asks who it is."""
    with httpx.Client(base_url=url) as client:
        for method, path in [
            ("GET", "/get-context?user_id=ada"),
            ("GET", "/get-history?user_id=ada"),
            ("GET", "/creator/history?user_id=ada"),
            ("DELETE", "/users/ada/memory"),
            ("GET", "/modules"),
            ("GET", "/metrics"),
            ("GET", "/system/diagnostics"),
            ("GET", "/system/logs/latest"),
            ("GET", "/api/v1/audit"),
            ("GET", "/api/v1/keys"),
            ("GET", "/api/v1/auth/profile"),
            ("GET", "/videos/vid_1.mp4"),
        ]:
            answer = client.request(method, path)
            assert code(answer) == (401, "unauthenticated"), path
            assert "www-authenticate" in answer.headers
        assert code(core(client, "sample_text", "generate", {"text": "a"})) == (401, "unauthenticated")
        assert code(client.post("/feedback", content=b"not even JSON")) == (401, "unauthenticated")
        for path in ("/", "/docs", "/openapi.json", "/system/live", "/system/ready", "/system/health"):
            assert client.get(path).status_code in {200, 503}, path
        shown = client.get("/system/health").json()
        assert set(shown) == {"status", "components", "timestamp"}
        assert all(set(part) == {"status"} for part in shown["components"].values())
        assert code(client.get("/nowhere")) == (404, "not_found")


def test_a_user_is_themselves_and_nobody_else(url: str) -> None:
    """Two users on every path: each speaks for themselves; a foreign id is none of their business."""
    ada_id, ada = registered(url, "ada")
    bob_id, bob = registered(url, "bob")
    told = core(ada, "finance", "record", {"transactions": [FIRST]}, user=ada_id)
    assert told.status_code == 200, told.text
    report = core(ada, "finance", "generate", {"report_type": "summary", "period": "2026-01"}, user=ada_id)
    made = report.json()["result"]

    assert code(core(bob, "finance", "query", {"metric": "net"}, user=ada_id)) == (403, "forbidden")
    for path in ("/get-context", "/get-history", "/creator/history"):
        assert code(bob.get(path, params={"user_id": ada_id})) == (403, "forbidden")
        assert bob.get(path, params={"user_id": bob_id}).status_code == 200
    assert code(bob.delete(f"/users/{ada_id}/memory")) == (403, "forbidden")
    verdict = {"generation_id": made["generation_id"], "rating": 5, "user_id": ada_id}
    assert code(bob.post("/feedback", json=verdict)) == (403, "forbidden")
    assert code(bob.post("/feedback", json={**verdict, "user_id": bob_id})) == (404, "not_found")
    assert len(ada.get("/get-history", params={"user_id": ada_id}).json()) == 2
    assert bob.delete(f"/users/{bob_id}/memory").json()["result"]["complete"] is True
    assert len(ada.get("/get-history", params={"user_id": ada_id}).json()) == 2
    assert ada.get("/api/v1/auth/usage-stats").json()["calls_today"] == 2

    path = made["report_url"].partition("?")[0]
    assert httpx.get(url + made["report_url"]).status_code == 200
    assert ada.get(path).status_code == 200
    assert code(bob.get(path)) == (404, "not_found")
    assert code(httpx.get(url + path)) == (401, "unauthenticated")
    forged = made["report_url"][:-2] + ("AA" if not made["report_url"].endswith("AA") else "BB")
    assert code(httpx.get(url + forged)) == (401, "unauthenticated")
    other = made["report_url"].replace(".md?", ".svg?")
    assert code(httpx.get(url + other)) == (401, "unauthenticated")
    httpx.post(f"{url}/test/clock", json={"advance_s": 3_700})
    assert code(httpx.get(url + made["report_url"])) == (401, "unauthenticated")


def test_roles_say_what_may_be_done_and_change_at_once(settings: Settings, url: str) -> None:
    """Promoted, demoted, shut out: the same token, another answer; and all of it is written down."""
    ada_id, ada = registered(url, "ada")
    admin = admin_of(settings, url)

    def roles(*names: str) -> None:
        done = admin.put(f"/api/v1/auth/users/{ada_id}/roles", json={"roles": list(names)})
        assert done.status_code == 200, done.text

    assert code(ada.get("/system/diagnostics")) == (403, "forbidden")
    assert code(ada.get("/api/v1/auth/users")) == (403, "forbidden")
    assert code(ada.get("/api/v1/audit")) == (403, "forbidden")
    roles("user", "operator")
    until(lambda: ada.get("/system/diagnostics").status_code == 200, "an operator may look")
    roles("viewer")
    until(lambda: ada.get("/system/diagnostics").status_code == 403, "a viewer may not")
    assert code(core(ada, "finance", "calculate", {}, user=ada_id)) == (403, "forbidden")
    assert core(ada, "finance", "history", {}, user=ada_id).status_code == 200
    assert ada.get("/get-history", params={"user_id": ada_id}).status_code == 200
    admin.put(f"/api/v1/auth/users/{ada_id}/active", json={"active": False})
    until(lambda: ada.get("/modules").status_code == 401, "a shut account is out")

    def entries() -> list[dict[str, Any]]:
        return admin.get("/api/v1/audit", params={"limit": 200}).json()

    wanted = {"core.call", "access.refused"}
    until(lambda: wanted <= {each["action"] for each in entries()}, "all is written")
    seen = entries()
    assert {each["actor"] for each in seen if each["action"] == "core.call"} == {ada_id}
    assert any(each["object"] == ada_id and "role" in each["action"] for each in seen)
    assert PASSWORD not in json.dumps(seen)
    assert "whole" in integrator(settings, "audit", "verify")


def test_a_token_that_ended_proves_nothing(url: str) -> None:
    """Signed out, expired, forged, somebody else's key: always the same answer."""
    ada_id, ada = registered(url, "ada")
    assert ada.get("/modules").status_code == 200
    token = ada.headers["Authorization"].removeprefix("Bearer ")
    for forged in (token[:-4] + "AAAA", token + "a", "x", "a b"):
        answer = httpx.get(f"{url}/modules", headers={"Authorization": f"Bearer {forged}"})
        assert code(answer) == (401, "unauthenticated")
    assert code(httpx.get(f"{url}/modules", headers={"X-API-Key": "hub_live_x"})) == (401, "unauthenticated")

    assert ada.post("/api/v1/auth/logout").status_code == 200
    assert code(ada.get("/modules")) == (401, "unauthenticated")
    _, again = (
        ada_id,
        httpx.post(
            f"{url}/api/v1/auth/login", json={"email": "ADA@example.org", "password": PASSWORD}
        ).json(),
    )
    headers = {"Authorization": f"Bearer {again['access_token']}"}
    assert httpx.get(f"{url}/modules", headers=headers).status_code == 200
    httpx.post(f"{url}/test/clock", json={"advance_s": 1_900})
    assert code(httpx.get(f"{url}/modules", headers=headers)) == (401, "unauthenticated")


def test_an_open_hub_takes_a_token_at_its_word(tmp_path: Path) -> None:
    """On loopback nobody must show one; whoever does is that user and no other."""
    with hub_in_thread(load_settings(data_dir=tmp_path)) as url:
        ada_id, ada = registered(url, "ada")

        assert core(ada, "sample_text", "generate", {"text": "a"}, user=ada_id).status_code == 200
        assert code(core(ada, "sample_text", "generate", {"text": "a"}, user="bob")) == (403, "forbidden")
        with httpx.Client(base_url=url) as anybody:
            assert core(anybody, "sample_text", "generate", {"text": "a"}, user="bob").status_code == 200


def test_the_sixty_first_in_a_minute_waits(tmp_path: Path) -> None:
    """Another user is not touched, nor is whoever watches the hub; a dear intent costs more."""
    settings = load_settings(
        data_dir=tmp_path, auth="required", rate_per_user=60, rate_per_address=0, test_mode=True
    )
    with hub_in_thread(settings) as url:
        ada_id, ada = registered(url, "ada")
        bob_id, bob = registered(url, "bob")
        now = httpx.post(f"{url}/test/clock", json={"advance_s": 0}).json()["now"]

        def call(client: httpx.Client, user: str) -> httpx.Response:
            # The clock stands: a slow machine must not refill what a quick one would not.
            httpx.post(f"{url}/test/clock", json={"now": now})
            return core(client, "sample_text", "generate", {"text": "a"}, user=user)

        answers = [call(ada, ada_id) for _ in range(62)]

        assert [answer.status_code for answer in answers[:59]] == [200] * 59
        refused = answers[-1]
        assert code(refused) == (429, "rate_limited")
        assert int(refused.headers["Retry-After"]) >= 1
        assert refused.headers["RateLimit-Policy"].startswith('"user";q=60')
        assert call(bob, bob_id).status_code == 200
        assert httpx.get(f"{url}/system/health").status_code in {200, 503}
        now += 60
        assert call(ada, ada_id).status_code == 200
        film = core(ada, "video", "generate", {"text": "a"}, user=ada_id)
        assert "r=" in film.headers["RateLimit"]
        spent = [core(ada, "video", "generate", {"text": "a"}, user=ada_id).status_code for _ in range(4)]
        assert spent[-1] == 429
