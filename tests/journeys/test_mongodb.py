"""MongoDB goes and comes back under a running hub: what callers and operators are told."""

from pathlib import Path

import httpx

from config import load_settings
from tests.api.calls import core
from tests.mongowire import mongo_program
from tests.servers import hub_in_thread, until


def memory_of(client: httpx.Client) -> dict:
    """Return the memory's part of the health."""
    return client.get("/system/health").json()["components"]["memory"]


def test_the_hub_tells_where_it_remembers(tmp_path: Path) -> None:
    """Healthy, degraded with the reason, and healthy again; no call fails meanwhile."""
    with mongo_program(tmp_path / "mongo") as mongo:
        settings = load_settings(
            data_dir=tmp_path / "hub", use_mongodb=True, mongodb_connection_string=mongo.url
        )
        with hub_in_thread(settings) as url, httpx.Client(base_url=url) as client:
            until(lambda: memory_of(client)["mode"] == "primary", "MongoDB is used")
            told = core(client, "sample_text", "generate", {"text": "one"})
            assert told.headers["X-Memory-Durability"] == "primary"
            assert memory_of(client)["status"] == "healthy"

            mongo.kill()
            told = core(client, "sample_text", "generate", {"text": "two"})
            assert told.headers["X-Memory-Durability"] == "journal"
            away = memory_of(client)
            assert (away["status"], away["mode"]) == ("degraded", "journal")
            assert away["reason"].startswith("MongoDB is not used: ")
            assert client.delete("/users/bob/memory").json()["result"]["complete"] is False
            diagnostics = client.get("/system/diagnostics").json()
            assert diagnostics["failing_components"][0] == "mongodb_ready"
            assert client.get("/system/ready").is_success

            mongo.start()
            until(lambda: memory_of(client)["mode"] == "primary", "MongoDB is used again")
            until(lambda: memory_of(client)["backlog_depth"] == 0, "all is told")
            text = client.get("/metrics").text
            assert 'integrator_memory_state{state="primary"} 1.0' in text
            assert "integrator_memory_fallbacks_total 1.0" in text
            assert "integrator_memory_replayed_total 0.0" not in text
            assert 'op="mongodb_apply",outcome="success"' in text
            assert 'op="mongodb_apply",outcome="storage_unavailable"' in text
            shown = client.get("/get-context", params={"user_id": "ada"}).json()
            assert [row["request"]["data"]["text"] for row in shown] == ["two", "one"]
