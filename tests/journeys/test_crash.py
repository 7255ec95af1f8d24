"""The hub is killed, its disk is taken away, its workers share one memory: what was acknowledged is there."""

import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from tests.api.calls import core, error_of
from tests.servers import free_port, hub_program, until


def count(url: str, number: int) -> bool:
    """Send one call with a key of its own; tell whether it was acknowledged."""
    body = {"module": "sample_text", "intent": "generate", "user_id": "ada", "data": {"text": f"t{number}"}}
    try:
        answer = httpx.post(f"{url}/core", json=body, headers={"Idempotency-Key": f"k{number}"}, timeout=30)
    except httpx.HTTPError:
        return False
    return answer.status_code == 200


def remembered(client: httpx.Client, user: str = "ada") -> list[str]:
    """Return every remembered text of a user, newest first."""
    texts: list[str] = []
    url = f"/get-history?user_id={user}&limit=200"
    while url:
        page = client.get(url)
        texts += [row["request"]["data"]["text"] for row in page.json()]
        url = page.links.get("next", {}).get("url")
    return texts


@pytest.mark.parametrize("workers", ["1", "2"])
def test_what_was_acknowledged_survives_a_kill(tmp_path: Path, workers: str) -> None:
    """Killed under load: every acknowledged call is there once, and repeats get their first answer."""
    port = free_port()
    with hub_program(tmp_path, port=port, INTEGRATOR_WORKERS=workers) as hub, ThreadPoolExecutor(16) as pool:
        sent = [pool.submit(count, hub.url, number) for number in range(400)]
        until(lambda: sum(call.done() for call in sent) >= 150, "some calls are answered")
        hub.kill_family()
        acknowledged = {f"t{number}" for number, call in enumerate(sent) if call.result()}

    with hub_program(tmp_path, port=port) as hub, httpx.Client(base_url=hub.url, timeout=30) as client:
        texts = remembered(client)
        assert len(acknowledged) >= 100
        assert acknowledged <= set(texts)
        assert len(texts) == len(set(texts))
        repeated = [count(hub.url, number) for number in range(400)]
        after = remembered(client)

    assert all(repeated)
    assert sorted(after) == sorted(f"t{number}" for number in range(400))


def test_a_failed_write_is_never_a_success(tmp_path: Path) -> None:
    """When the memory cannot be written the answer is 503, and it recovers by itself."""
    with (
        hub_program(tmp_path, INTEGRATOR_TEST_MODE="1") as hub,
        httpx.Client(base_url=hub.url, timeout=30) as client,
    ):
        client.post("/test/faults", json={"operation": "memory.write", "calls": [1, 2], "kind": "fail"})
        first = core(client, "sample_text", "generate", {"text": "a"})
        keyed = core(client, "sample_text", "generate", {"text": "b"}, **{"Idempotency-Key": "k"})
        third = core(client, "sample_text", "generate", {"text": "b"}, **{"Idempotency-Key": "k"})

        assert first.status_code == keyed.status_code == 503
        assert error_of(first)["code"] == "storage_unavailable"
        assert third.status_code == 200
        assert remembered(client) == ["b"]


def test_workers_share_memory_keys_clock_and_faults(tmp_path: Path) -> None:
    """Whichever worker takes a request, the answer is the same."""
    with (
        hub_program(tmp_path, INTEGRATOR_WORKERS="2", INTEGRATOR_TEST_MODE="1") as hub,
        httpx.Client(base_url=hub.url, timeout=30, headers={"Connection": "close"}) as client,
    ):
        key = {"Idempotency-Key": "k"}
        answers = {core(client, "sample_text", "generate", {"text": "a"}, **key).content for _ in range(20)}
        assert len(answers) == 1
        assert remembered(client) == ["a"]

        client.post("/test/clock", json={"advance_s": 90_000})
        again = core(client, "sample_text", "generate", {"text": "a"}, **key)
        assert "idempotency-replayed" not in again.headers
        assert remembered(client) == ["a", "a"]

        client.post("/test/faults", json={"operation": "core", "kind": "fail", "status": 503})
        assert {core(client, "sample_text", "generate", {"text": "a"}).status_code for _ in range(10)} == {
            503
        }
        client.delete("/test/faults")
        assert core(client, "sample_text", "generate", {"text": "a"}).status_code == 200


def test_faults_can_be_ordered_for_single_calls(tmp_path: Path) -> None:
    """Tests of callers need failure without luck."""
    with (
        hub_program(tmp_path, INTEGRATOR_TEST_MODE="1") as hub,
        httpx.Client(base_url=hub.url, timeout=30) as client,
    ):
        client.post("/test/faults", json={"operation": "core", "calls": [2], "kind": "cut"})
        assert core(client, "sample_text", "generate", {"text": "a"}).status_code == 200
        with pytest.raises(httpx.RemoteProtocolError):
            core(client, "sample_text", "generate", {"text": "b"})
        assert core(client, "sample_text", "generate", {"text": "c"}).status_code == 200
        assert client.post("/test/faults", json={"operation": "core", "kind": "explode"}).status_code == 422


def test_without_test_mode_there_is_no_clock_to_turn(tmp_path: Path) -> None:
    """The paths do not exist."""
    with hub_program(tmp_path) as hub:
        for path in ("clock", "faults"):
            assert httpx.post(f"{hub.url}/test/{path}", json={}).status_code == 404


@pytest.mark.parametrize("workers", ["1", "2"])
def test_the_hub_ends_cleanly_when_asked(tmp_path: Path, workers: str) -> None:
    """SIGTERM is an order, not an accident."""
    with hub_program(tmp_path, INTEGRATOR_WORKERS=workers) as hub:
        assert hub.stop() == 0


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("INTEGRATOR_PROT", "1", "INTEGRATOR_PORT"),
        ("INTEGRATOR_HOST", "0.0.0.0", "loopback|other machines"),
        ("INTEGRATOR_DATA_DIR", "/proc/nowhere", "memory|folder"),
    ],
)
def test_a_start_that_cannot_be_says_why_in_a_sentence(
    tmp_path: Path, name: str, value: str, told: str
) -> None:
    """An operator reads one line, not a trace."""
    done = subprocess.run(
        [sys.executable, "-m", "core_integrator", "serve", "--port", str(free_port())],
        env={**os.environ, name: value},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
    )

    assert done.returncode != 0
    assert re.search(told, done.stderr + done.stdout)
    assert "Traceback" not in done.stderr


def test_workers_end_with_the_process_that_started_them(tmp_path: Path) -> None:
    """A supervisor that was killed leaves nobody behind on the port that its successor needs."""
    with hub_program(tmp_path, INTEGRATOR_WORKERS="2") as hub:
        hub.kill()

        def nobody_answers() -> bool:
            try:
                httpx.get(f"{hub.url}/system/live", timeout=2)
            except httpx.TransportError:
                return True
            return False

        until(nobody_answers, "the workers are gone", limit_s=40)
