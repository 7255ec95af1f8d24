"""The hub with Noopur beside its memory: over real HTTP, with real programs, killed in the middle."""

import sqlite3
from contextlib import closing
from pathlib import Path

import httpx

from bridges.creatorcore import owner_of
from tests.api.calls import core
from tests.noopur import noopur_server
from tests.servers import creator_program, free_port, hub_program, until


def write(client: httpx.Client, user: str, topic: str) -> dict:
    """Have a text written."""
    order = {"topic": topic, "goal": "sell", "type": "ad"}
    answer = core(client, "creator", "generate", order, user=user)
    assert answer.status_code == 200, answer.text
    return answer.json()["result"]


def rate(client: httpx.Client, user: str, text: dict, command: str) -> dict:
    """Judge a text."""
    body = {"generation_id": text["generation_id"], "command": command, "user_id": user}
    return client.post("/feedback", json=body).json()["result"]


def noopur_of(client: httpx.Client) -> dict:
    """Return how Noopur is doing."""
    return client.get("/system/health").json()["components"]["noopur"]


def forget_exchanges(data_dir: Path) -> None:
    """Take every exchange away, as a retention would."""
    with closing(sqlite3.connect(data_dir / "memory.db", timeout=10)) as connection, connection:
        connection.execute("DELETE FROM interactions")


def provider_ids(data_dir: Path) -> dict[str, str]:
    """Return the generator's ids by ours."""
    with closing(sqlite3.connect(data_dir / "memory.db", timeout=10)) as connection:
        return dict(connection.execute("SELECT id, provider_generation_id FROM generations").fetchall())


def test_creatorcore_may_be_noopur_itself(tmp_path: Path) -> None:
    """Each user's own texts come back into view, nobody else's; a verdict counts once."""
    with (
        creator_program(tmp_path / "creator") as creator,
        hub_program(
            tmp_path / "hub",
            CREATORCORE_BASE_URL=creator.url,
            INTEGRATOR_USE_NOOPUR="1",
            NOOPUR_BASE_URL=creator.url.replace("127.0.0.1", "localhost"),
            INTEGRATOR_PLUGINS_OFF="video,education,finance",
        ) as hub,
        httpx.Client(base_url=hub.url, timeout=30) as client,
    ):
        texts = {user: write(client, user, f"lamp of {user}") for user in ("ada", "bob")}
        before = client.get("/get-context?user_id=ada").json()
        forget_exchanges(tmp_path / "hub")
        seen = {user: client.get(f"/get-context?user_id={user}").json() for user in ("ada", "bob", "eve")}
        newest = client.get("/get-history?user_id=ada").json()
        paged = client.get("/get-history?user_id=ada&limit=5").json()
        recent = write(client, "ada", "cable")["recent_history"]
        rated = rate(client, "ada", texts["ada"], "+2")
        health = noopur_of(client)
        told = httpx.get(f"{creator.url}/history", params={"owner": owner_of("ada")}).json()

    assert before[0]["response"]["result"]["metadata"].get("source") != "noopur"
    for user, text in texts.items():
        assert [row["response"]["result"]["generation_id"] for row in seen[user]] == [text["generation_id"]]
        assert seen[user][0]["response"]["result"]["generated_text"] == text["generated_text"]
        assert seen[user][0]["response"]["result"]["metadata"] == {"source": "noopur"}
        assert seen[user][0]["request"]["data"]["topic"] == f"lamp of {user}"
    assert seen["eve"] == []
    assert newest == seen["ada"]
    assert paged == []
    assert [past["message"] for past in recent] == ["text read from noopur"]
    assert rated["forwarded"] is True
    assert (health["status"], health["is_told"], health["feedback_waiting"]) == ("healthy", False, 0)
    assert sorted(text["score"] for text in told) == [0, 2]


def test_a_verdict_survives_a_kill_in_the_middle_of_telling(tmp_path: Path) -> None:
    """Noopur is told again under the same id, and the next ones after it, in their order."""
    port, creator_port = free_port(), free_port()
    env = {
        "CREATORCORE_BASE_URL": f"http://127.0.0.1:{creator_port}",
        "INTEGRATOR_USE_NOOPUR": "1",
        "INTEGRATOR_PLUGINS_OFF": "video,education,finance",
    }
    with noopur_server() as noopur, creator_program(tmp_path / "creator", port=creator_port):
        env["NOOPUR_BASE_URL"] = noopur.url
        noopur.answers["/feedback"] = "hang"
        with (
            hub_program(tmp_path / "hub", port=port, **env) as hub,
            httpx.Client(base_url=hub.url, timeout=30) as client,
        ):
            text = write(client, "ada", "lamp")
            rated = rate(client, "ada", text, "+2")
            until(lambda: noopur.told, "Noopur is being told")
            hub.kill()
        first = list(noopur.told)
        noopur.told.clear()
        del noopur.answers["/feedback"]

        with (
            hub_program(tmp_path / "hub", port=port, **env) as hub,
            httpx.Client(base_url=hub.url, timeout=30) as client,
        ):
            until(lambda: noopur.told, "Noopur is told again")
            more = [rate(client, "ada", text, command) for command in ("-1", "+1", "+2", "-2")]
            until(lambda: len(noopur.told) >= 5, "Noopur is told the others")
            until(lambda: noopur_of(client)["feedback_waiting"] == 0, "nothing waits")
            diagnosed = client.get("/system/diagnostics").json()["components"]["noopur"]

    provider_id = provider_ids(tmp_path / "hub")[text["generation_id"]]
    assert rated["forwarded"] is True
    assert first == noopur.told[:1]
    assert noopur.commands() == [(provider_id, command) for command in ("+2", "-1", "+1", "+2", "-2")]
    assert len({name for name, _ in noopur.told}) == 5
    assert [one["new_score"] for one in more] == [1, 2, 4, 2]
    assert (diagnosed["breaker"], diagnosed["is_told"]) == ("closed", True)
