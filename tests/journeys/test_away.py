"""The generator goes away and comes back; the hub tells it, and goes on without a restart."""

from pathlib import Path

import httpx

from tests.api.calls import core, error_of
from tests.servers import Program, free_port, hub_program, until, video_program

FILM = {"text": "A ship on the sea.", "duration": 1, "resolution": "480p"}


def health(client: httpx.Client) -> dict:
    """Ask how the hub is."""
    return client.get("/system/health").json()


def diagnostics(client: httpx.Client) -> dict:
    """Ask the hub about its parts."""
    return client.get("/system/diagnostics").json()


def verdicts(video: Program) -> list[dict]:
    """Return what the generator was told about its films."""
    films = (video.log.parent / "films").iterdir()
    return [
        verdict
        for film in films
        for verdict in httpx.get(f"{video.url}/feedback/{film.name}").json().get("feedback", [])
    ]


def test_a_generator_may_go_and_come_back(tmp_path: Path) -> None:
    """503 and degraded while it is away, nothing invented, and films again when it is back."""
    port = free_port()
    with (
        hub_program(
            tmp_path / "hub",
            VIDEO_SERVICE_URL=f"http://127.0.0.1:{port}",
            INTEGRATOR_PLUGINS_OFF="creator,education,finance",
        ) as hub,
        httpx.Client(base_url=hub.url, timeout=60) as client,
    ):
        away = core(client, "video", "generate", FILM)
        assert away.status_code == 503
        assert error_of(away)["code"] == "service_unavailable"
        assert error_of(away)["retryable"] is True
        assert health(client)["status"] == "degraded"
        assert client.get("/get-history", params={"user_id": "ada"}).json() == []
        assert core(client, "video", "list_videos").json()["result"]["videos"] == []

        with video_program(tmp_path / "video", port=port):
            until(lambda: health(client)["status"] == "healthy", "health is healthy again")
            ordered = until(
                lambda: (answer := core(client, "video", "generate", FILM)).is_success and answer,
                "a film can be ordered again",
            )
            film = ordered.json()["result"]["generation_id"]

        gone = core(client, "video", "get_status", {"generation_id": film})
        listed = core(client, "video", "list_videos").json()["result"]["videos"]
        rated = client.post("/feedback", json={"generation_id": film, "rating": 5, "user_id": "ada"}).json()
        until(lambda: health(client)["status"] == "degraded", "health is degraded again")

        assert gone.status_code in {503, 504}
        assert [(video["generation_id"], video["status"]) for video in listed] == [(film, None)]
        assert rated["result"]["stored"] is True
        assert rated["result"]["forwarded"] is False
        assert client.get(f"/videos/{film}.mp4").status_code in {503, 504}
        assert core(client, "sample_text", "generate", {"text": "still here"}).status_code == 200

        with video_program(tmp_path / "video", port=port) as video:
            until(
                lambda: core(client, "video", "get_status", {"generation_id": film}).is_success,
                "the film is known again",
            )
            told = until(lambda: verdicts(video), "the verdict is told later")

        assert [verdict["rating"] for verdict in told] == [5]
        until(lambda: diagnostics(client)["feedback_waiting"] == 0, "nothing waits any more")
