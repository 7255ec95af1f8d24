"""The text-to-video wire, spoken with the real program."""

import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from tests.servers import Program, free_port, until, video_program

SHORT = {"text": "A ship on the sea.", "duration": 1, "resolution": "480p"}
LONG = {"text": "A very long film about the sea and the ships.", "duration": 100, "resolution": "480p"}


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    """The service, in test mode."""
    with video_program(tmp_path_factory.mktemp("video"), INTEGRATOR_TEST_MODE="1") as running:
        yield running


@pytest.fixture
def client(program: Program) -> Iterator[httpx.Client]:
    """A client of it; every fault a test orders ends with the test."""
    with httpx.Client(base_url=program.url, timeout=30) as opened:
        yield opened
        opened.delete("/test/faults")


def order(client: httpx.Client, **changes: object) -> dict:
    """Order a short film."""
    answer = client.post("/generate-video", json={**SHORT, **changes})
    assert answer.status_code == 202, answer.text
    return answer.json()


def ended(client: httpx.Client, film: str) -> dict:
    """Wait until a film is over."""

    def over() -> dict | None:
        state = client.get(f"/status/{film}").json()
        return state if state["status"] in {"completed", "failed", "cancelled"} else None

    return until(over, "the film is over")


def error(answer: httpx.Response, status: int, code: str) -> dict:
    """Check the shape of a failure."""
    assert answer.status_code == status, answer.text
    assert set(answer.json()) == {"error"}
    assert answer.json()["error"]["code"] == code
    assert answer.json()["error"]["message"]
    return answer.json()["error"]


def test_an_order_becomes_a_film(client: httpx.Client, program: Program) -> None:
    """Ticket, progress, files: the whole way."""
    ticket = order(client, text="A lion at sunset")
    state = ended(client, ticket["generation_id"])
    film = client.get(state["video_url"])

    assert re.fullmatch(r"film_[0-9A-Z]{26}", ticket["generation_id"])
    assert ticket["status"] == "queued"
    assert ticket["metadata"]["model"] == "reference-film-1"
    assert "not an AI model" in ticket["metadata"]["note"]
    assert (state["status"], state["progress"], state["error"]) == ("completed", 100, None)
    assert film.headers["content-type"] == "video/mp4"
    assert client.get(state["poster_url"]).headers["content-type"] == "image/jpeg"
    assert client.get(state["captions_url"]).headers["content-type"].startswith("text/vtt")
    assert client.get(state["video_url"], headers={"Range": "bytes=0-9"}).content == film.content[:10]
    assert client.get(state["video_url"], headers={"Range": "bytes=999999999-"}).status_code == 416
    assert client.head(state["video_url"]).headers["content-length"] == str(len(film.content))
    assert str(program.log.parent) not in str(state) + str(ticket)


@pytest.mark.parametrize(
    "change",
    [
        {"text": ""},
        {"text": "   "},
        {"text": "x" * 2001},
        {"text": 5},
        {"duration": 0},
        {"duration": 121},
        {"duration": "long"},
        {"style": "baroque"},
        {"aspect": "4:3"},
        {"resolution": "4k"},
        {"language": "../en"},
        {"seed": -1},
        {"seed": 2**31},
        {"surprise": 1},
    ],
)
def test_a_wrong_order_is_refused_with_its_field(client: httpx.Client, change: dict) -> None:
    """The caller learns what to mend."""
    refused = error(client.post("/generate-video", json={**SHORT, **change}), 422, "invalid_payload")

    assert refused["fields"][0]["path"] == next(iter(change))


def test_a_script_no_font_has_is_refused(client: httpx.Client) -> None:
    """By name, before anything is queued."""
    refused = error(client.post("/generate-video", json={"text": "สวัสดี"}), 422, "unsupported_script")

    assert "Thai" in refused["message"]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"{", 400),
        (b"[]", 422),
        (b'{"text": NaN}', 400),
        (b'{"text": "\xff"}', 400),
        (rb'{"text": "\ud800"}', 400),
        (rb'{"text": "a\u0000b"}', 400),
        (b"[" * 10_000 + b"]" * 10_000, 400),
        (b'{"text": "' + b"x" * 2**21 + b'"}', 413),
    ],
)
def test_a_bad_body_is_refused(client: httpx.Client, body: bytes, status: int) -> None:
    """In the service's own shape, whatever it is."""
    answer = client.post("/generate-video", content=body, headers={"content-type": "application/json"})

    assert answer.status_code == status
    assert set(answer.json()) == {"error"}


def test_other_refusals_have_the_same_shape(client: httpx.Client) -> None:
    """Content type, paths, methods, ids."""
    error(client.post("/generate-video", content=b"{}"), 415, "unsupported_media_type")
    error(client.get("/nowhere"), 404, "not_found")
    error(client.put("/generate-video"), 405, "method_not_allowed")
    for unknown in ("film_00000000000000000000000000", "x", "..%2F..%2Fetc"):
        error(client.get(f"/status/{unknown}"), 404, "not_found")
        error(client.get(f"/videos/{unknown}.mp4"), 404, "not_found")
        error(client.post(f"/videos/{unknown}/cancel"), 404, "not_found")
        error(client.delete(f"/videos/{unknown}"), 404, "not_found")


def test_one_key_is_one_film(client: httpx.Client) -> None:
    """Also when many copies come at once."""
    key = {"Idempotency-Key": "one-film"}

    def send(_: int) -> str:
        return client.post("/generate-video", json=SHORT, headers=key).json()["generation_id"]

    with ThreadPoolExecutor(8) as pool:
        ids = set(pool.map(send, range(16)))
    other = client.post("/generate-video", json={**SHORT, "duration": 2}, headers=key)

    assert len(ids) == 1
    error(other, 422, "idempotency_mismatch")


def test_an_equal_order_is_served_from_the_cache_under_its_own_id(client: httpx.Client) -> None:
    """The same film twice costs one rendering, and is still two films."""
    first = order(client, text="The mountain in winter")["generation_id"]
    ended(client, first)

    second = order(client, text="The mountain in winter")
    film = client.get(f"/videos/{first}.mp4").content

    assert second["generation_id"] != first
    assert second["metadata"]["cached"] is True
    assert client.get(f"/videos/{second['generation_id']}.mp4").content == film
    assert client.delete(f"/videos/{first}").json() == {"generation_id": first, "deleted": True}
    assert client.get(f"/videos/{second['generation_id']}.mp4").content == film


def test_copies_of_a_cached_order_leave_no_files_behind(client: httpx.Client, program: Program) -> None:
    """Of many copies under one key one film stays, on the disk too."""
    text = {**SHORT, "text": "The bird over the sea"}
    ended(client, order(client, **text)["generation_id"])
    films = program.log.parent / "films"
    before = len(list(films.iterdir()))

    with ThreadPoolExecutor(8) as pool:
        key = {"Idempotency-Key": "cached-copies"}
        list(pool.map(lambda _: client.post("/generate-video", json=text, headers=key), range(16)))

    assert len(list(films.iterdir())) == before + 1


def test_a_film_can_be_cancelled_while_it_is_made(client: httpx.Client) -> None:
    """It stops, keeps its word when asked twice, and cannot be fetched."""
    film = client.post("/generate-video", json=LONG).json()["generation_id"]
    until(lambda: client.get(f"/status/{film}").json()["status"] == "processing", "it is being made")

    first = client.post(f"/videos/{film}/cancel").json()
    again = client.post(f"/videos/{film}/cancel").json()

    assert first["status"] == again["status"] == "cancelled"
    error(client.get(f"/videos/{film}.mp4"), 409, "wrong_state")
    done = order(client)["generation_id"]
    ended(client, done)
    error(client.post(f"/videos/{done}/cancel"), 409, "wrong_state")


def test_a_film_can_be_deleted_whatever_it_does(client: httpx.Client, program: Program) -> None:
    """Record and files go; a second time there is nothing."""
    film = client.post("/generate-video", json={**LONG, "seed": 5}).json()["generation_id"]
    until(lambda: client.get(f"/status/{film}").json()["status"] == "processing", "it is being made")

    assert client.delete(f"/videos/{film}").status_code == 200
    error(client.delete(f"/videos/{film}"), 404, "not_found")
    error(client.get(f"/status/{film}"), 404, "not_found")
    films = program.log.parent / "films"
    until(lambda: not list(films.glob(f"{film}*")), "its files are gone")


def test_feedback_is_kept_once_a_key(client: httpx.Client) -> None:
    """Stars and words, visible; a repeat is one verdict."""
    film = order(client)["generation_id"]
    body = {"generation_id": film, "rating": 5, "comment": "Lovely"}

    for _ in range(2):
        assert client.post("/feedback", json=body, headers={"Idempotency-Key": f"f-{film}"}).json()["stored"]
    client.post("/feedback", json={"generation_id": film, "command": "-1"})

    kept = client.get(f"/feedback/{film}").json()["feedback"]
    assert [(one["rating"], one["command"], one["comment"]) for one in kept] == [
        (5, None, "Lovely"),
        (None, "-1", None),
    ]
    error(client.post("/feedback", json={**body, "rating": 6}), 422, "invalid_payload")
    error(client.post("/feedback", json={"generation_id": film}), 422, "invalid_payload")
    unknown = {**body, "generation_id": "film_00000000000000000000000000"}
    error(client.post("/feedback", json=unknown), 404, "not_found")


def test_health_tells_of_its_parts(client: httpx.Client) -> None:
    """Encoder, storage, queue: looked at, not claimed."""
    body = client.get("/health").json()

    assert body["status"] == "healthy"
    assert body["components"] == {"video_encoder": "ok", "storage": "ok", "queue": "ok"}


def test_faults_happen_as_ordered(client: httpx.Client) -> None:
    """Fail, cut, and a film that fails to render with a reason."""
    client.post("/test/faults", json={"operation": "status", "calls": [1], "kind": "fail", "status": 500})
    assert client.get("/status/x").status_code == 500
    assert client.get("/status/x").status_code == 404
    client.post("/test/faults", json={"operation": "health", "kind": "cut"})
    with pytest.raises(httpx.RemoteProtocolError):
        client.get("/health")
    client.post("/test/faults", json={"operation": "render", "calls": [1], "kind": "fail"})
    state = ended(client, order(client, text="This one fails")["generation_id"])
    assert state["status"] == "failed"
    assert state["error"]["code"] == "render_failed"


def test_without_test_mode_there_are_no_faults(tmp_path: Path) -> None:
    """The paths do not exist."""
    with video_program(tmp_path) as running:
        assert httpx.post(f"{running.url}/test/faults", json={}).status_code == 404


def test_a_killed_service_finishes_its_films_after_the_restart(tmp_path: Path) -> None:
    """None lost, none doubled, no half file served, progress never falls."""
    port = free_port()
    with video_program(tmp_path, port=port) as running, httpx.Client(base_url=running.url) as client:
        films = [order(client, text=f"Film number {n}", duration=3)["generation_id"] for n in range(3)]
        before = until(
            lambda: (state := client.get(f"/status/{films[0]}").json())["progress"] > 10 and state,
            "it is being made",
        )
        running.kill()

    with video_program(tmp_path, port=port) as running, httpx.Client(base_url=running.url) as client:
        assert client.get(f"/status/{films[0]}").json()["progress"] >= min(before["progress"], 99)
        states = [ended(client, film) for film in films]
        assert [state["status"] for state in states] == ["completed"] * 3
        assert sorted(path.name for path in (tmp_path / "films").iterdir()) == sorted(films)


def test_the_service_ends_cleanly_in_the_middle_of_a_film(tmp_path: Path) -> None:
    """SIGTERM gives 0 at once, no child stays, and the film goes on after the restart."""
    port = free_port()
    with video_program(tmp_path, port=port) as running, httpx.Client(base_url=running.url) as client:
        film = client.post("/generate-video", json={**LONG, "duration": 4}).json()["generation_id"]
        until(lambda: client.get(f"/status/{film}").json()["progress"] > 5, "it is being made")
        assert running.stop() == 0
    assert not renderers(tmp_path)

    with video_program(tmp_path, port=port) as running, httpx.Client(base_url=running.url) as client:
        assert ended(client, film)["status"] == "completed"


def renderers(folder: Path) -> list[str]:
    """Return the command lines of renderers at work in a folder."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cwd"):
        try:
            command = (path.parent / "cmdline").read_bytes()
            opened = [str(link.readlink()) for link in (path.parent / "fd").iterdir()]
        except OSError:
            continue
        if b"render_child" in command and any(str(folder) in target for target in opened):
            found.append(command.decode())
    return found


def test_a_folder_or_port_in_use_is_told_in_a_sentence(program: Program, tmp_path: Path) -> None:
    """Two queues on one folder would make films twice."""
    folder = program.log.parent
    port = program.url.rpartition(":")[2]

    for arguments, told in (
        (["--data-dir", str(folder), "--port", str(free_port())], "another process uses"),
        (["--data-dir", str(tmp_path), "--port", port], f"port {port} is taken"),
    ):
        command = [sys.executable, "-m", "services.text_to_video", *arguments]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60)
        assert done.returncode == 1
        assert told in done.stderr
        assert "Traceback" not in done.stderr


def test_signals_of_the_terminal_end_it_too(tmp_path: Path) -> None:
    """Ctrl-C is an order as well."""
    with video_program(tmp_path) as running:
        running.process.send_signal(signal.SIGINT)
        assert running.process.wait(30) == 0
