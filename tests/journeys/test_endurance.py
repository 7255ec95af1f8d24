"""What breaks on real machines: full disks, locked files, slow fsync, hanging and dying generators."""

import os
import resource
import shutil
import socket
import sqlite3
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import av
import httpx
import pytest

from tests.api.calls import core, error_of
from tests.journeys.test_crash import remembered
from tests.journeys.test_film import finished, order, status
from tests.servers import Program, free_port, hub_program, until, video_program

# The store gives up after five seconds; the rest is the machine's.
BOUND_S = 12.0


@contextmanager
def running_hub(folder: Path, **env: str) -> Iterator[tuple[Program, httpx.Client]]:
    """A hub as a program, and a client of it."""
    with hub_program(folder, **env) as hub, httpx.Client(base_url=hub.url, timeout=60) as client:
        yield hub, client


def counted(client: httpx.Client, text: str) -> httpx.Response:
    """Send one call; it must be answered in bounded time."""
    began = time.monotonic()
    answer = core(client, "sample_text", "generate", {"text": text})
    assert time.monotonic() - began < BOUND_S
    return answer


def refused(client: httpx.Client, text: str) -> None:
    """The memory cannot be written: an honest 503, and alive all the same."""
    answer = counted(client, text)
    assert answer.status_code == 503, answer.text
    assert error_of(answer)["code"] == "storage_unavailable"
    assert error_of(answer)["retryable"] is True
    assert client.get("/system/live").status_code == 200


def until_accepted(client: httpx.Client, text: str) -> None:
    """Wait until a call is accepted again."""
    until(lambda: counted(client, text).status_code == 200, "the hub recovered by itself")


def test_a_full_disk_is_told_and_nothing_acknowledged_is_lost(tmp_path: Path) -> None:
    """Files may not grow for a while: 503, no half row, and no restart is needed afterwards."""
    with running_hub(tmp_path) as (hub, client):
        assert counted(client, "before").status_code == 200
        pid = hub.process.pid
        limits = resource.prlimit(pid, resource.RLIMIT_FSIZE)
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (1, limits[1]))

        for number in range(3):
            refused(client, f"full {number}")
        assert client.get("/system/ready").status_code == 503

        resource.prlimit(pid, resource.RLIMIT_FSIZE, limits)
        until_accepted(client, "after")
        until(lambda: client.get("/system/ready").status_code == 200, "ready again")

        assert remembered(client)[0] == "after"
        assert set(remembered(client)) == {"before", "after"}


def test_a_locked_database_is_told_in_bounded_time(tmp_path: Path) -> None:
    """Another program holds the write lock: writers get 503, readers go on, and then all is well."""
    with running_hub(tmp_path) as (_, client):
        assert counted(client, "before").status_code == 200
        other = sqlite3.connect(tmp_path / "memory.db", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")

        refused(client, "locked")
        assert remembered(client) == ["before"]

        other.execute("ROLLBACK")
        other.close()
        until_accepted(client, "after")
        assert set(remembered(client)) == {"before", "after"}


@pytest.mark.skipif(shutil.which("strace") is None, reason="needs strace")
def test_a_slow_disk_delays_writers_and_nobody_else(tmp_path: Path) -> None:
    """Every fsync takes longer than a writer may wait: honest 503s in bounded time, reads as ever."""
    with running_hub(tmp_path) as (hub, client):
        assert counted(client, "before").status_code == 200
        slow = subprocess.Popen(
            [
                *("strace", "-f", "-qq", "-o", str(tmp_path / "strace.log"), "-p", str(hub.process.pid)),
                *("-e", "trace=fsync,fdatasync", "-e", "inject=fsync,fdatasync:delay_enter=7s"),
            ]
        )
        try:
            with ThreadPoolExecutor(4) as pool:
                until(lambda: counted(client, "slow").status_code == 503, "a write met the slow disk")
                writing = [pool.submit(refused, client, f"slow {number}") for number in range(4)]
                waits = []
                while not all(call.done() for call in writing):
                    began = time.monotonic()
                    assert client.get("/system/live").status_code == 200
                    assert client.get("/get-context?user_id=ada").status_code == 200
                    waits.append(time.monotonic() - began)
                for call in writing:
                    call.result()
        finally:
            slow.terminate()
            slow.wait()
        assert statistics.median(waits) < 0.5
        until_accepted(client, "after")
        assert {"before", "after"} <= set(remembered(client))


def test_a_hanging_generator_delays_only_its_own_callers(tmp_path: Path) -> None:
    """It takes connections and says nothing: its callers get 504 in time, nobody else notices."""
    with (
        silent_server() as url,
        running_hub(tmp_path, VIDEO_SERVICE_URL=url) as (_, client),
        ThreadPoolExecutor(24) as pool,
    ):
        film = {"text": "A ship on the sea", "duration": 1}
        hanging = [pool.submit(core, client, "video", "generate", film) for _ in range(24)]
        waits = []
        while not all(call.done() for call in hanging):
            began = time.monotonic()
            assert counted(client, "quick").status_code == 200
            waits.append(time.monotonic() - began)

        answers = [call.result() for call in hanging]
        assert {answer.status_code for answer in answers} <= {503, 504}
        # The bridge's own limit on one operation, retries included; the rest is a slow machine's.
        assert all(answer.elapsed.total_seconds() < 20 + BOUND_S for answer in answers)
        assert len(waits) > 10
        assert statistics.quantiles(waits, n=20)[-1] < 0.5


def test_a_generator_killed_in_mid_render_loses_and_doubles_nothing(tmp_path: Path) -> None:
    """Seen through the hub: the films are finished after the restart, each once, and open."""
    port = free_port()
    wish = {"duration": 3, "resolution": "480p"}
    with running_hub(tmp_path / "hub", VIDEO_SERVICE_URL=f"http://127.0.0.1:{port}") as (_, client):
        key = {"Idempotency-Key": "one"}
        with video_program(tmp_path / "video", port=port) as video:
            keyed = core(client, "video", "generate", {**wish, "text": "The keyed film"}, **key)
            films = [keyed.json()["result"]["generation_id"]]
            films += [order(client, {**wish, "text": f"Film number {number}"}) for number in range(2)]
            until(lambda: status(client, films[0])["progress"] > 10, "it is being made")
            assert client.get(f"/videos/{films[0]}.mp4").status_code == 409
            video.kill()

        with video_program(tmp_path / "video", port=port):
            until(
                lambda: core(client, "video", "get_status", {"generation_id": films[0]}).is_success,
                "the generator is back",
            )
            again = core(client, "video", "generate", {**wish, "text": "The keyed film"}, **key)
            assert again.json()["result"]["generation_id"] == films[0]
            for film in films:
                finished(client, film)
                path = tmp_path / f"{film}.mp4"
                path.write_bytes(client.get(f"/videos/{film}.mp4").content)
                with av.open(str(path)) as opened:
                    assert sum(1 for _ in opened.decode(video=0)) == 72
            listed = core(client, "video", "list_videos").json()["result"]["videos"]

    assert sorted(video["generation_id"] for video in listed) == sorted(films)
    assert len(list((tmp_path / "video" / "films").iterdir())) == len(films)
    assert not list((tmp_path / "video").rglob("*.part"))


def test_a_film_that_breaks_off_on_its_way_is_never_a_whole_one(tmp_path: Path) -> None:
    """The generator drops the connection in mid-film: that download fails, the next is whole."""
    with (
        video_program(tmp_path / "video", INTEGRATOR_TEST_MODE="1") as video,
        running_hub(tmp_path / "hub", VIDEO_SERVICE_URL=video.url) as (_, client),
    ):
        film = order(client, {"text": "A lion in the savanna", "duration": 1, "resolution": "480p"})
        finished(client, film)
        fault = {"operation": "video", "calls": [1], "kind": "cut"}
        httpx.post(f"{video.url}/test/faults", json=fault).raise_for_status()

        with pytest.raises(httpx.RemoteProtocolError):
            client.get(f"/videos/{film}.mp4")

        whole = client.get(f"/videos/{film}.mp4")
        assert len(whole.content) == int(whole.headers["content-length"]) > 10_000


def test_a_folder_that_cannot_be_written_stops_the_start_with_a_sentence(tmp_path: Path) -> None:
    """Also for root, whose power to write anywhere is taken from the process."""
    tmp_path.chmod(0o500)
    bounded = ["setpriv", "--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-all"]
    serve = [sys.executable, "-m", "core_integrator", "serve", "--port", str(free_port())]

    began = subprocess.run(
        [*(bounded if os.geteuid() == 0 else ()), *serve, "--data-dir", str(tmp_path / "data")],
        capture_output=True,
        text=True,
        timeout=BOUND_S * 2,
    )
    tmp_path.chmod(0o700)

    assert began.returncode not in {0, None}
    assert str(tmp_path / "data") in began.stderr
    assert "Traceback" not in began.stderr


@contextmanager
def silent_server() -> Iterator[str]:
    """Take every connection and never answer."""
    kept: list[socket.socket] = []
    with socket.create_server(("127.0.0.1", 0), backlog=128) as server:

        def take() -> None:
            while True:
                try:
                    kept.append(server.accept()[0])
                except OSError:
                    return

        threading.Thread(target=take, daemon=True).start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}"
        server.shutdown(socket.SHUT_RDWR)
    for connection in kept:
        connection.close()
