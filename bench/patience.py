"""How fast the hub answers small questions while a film renders on the same machine."""

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import httpx

from bench.figure import Figure
from bench.load import free_port, running

FILM = {"text": "A robot dances in the disco. A ship crosses the sea.", "duration": 60, "resolution": "720p"}
QUESTIONS = 150


def figures() -> list[Figure]:
    """Ask one at a time, as a patient client does."""
    with tempfile.TemporaryDirectory() as name:
        video, port = free_port(), free_port()
        generator = ["-m", "services.text_to_video", "--port", str(video), "--data-dir", f"{name}/video"]
        serve = ["-m", "core_integrator", "serve", "--port", str(port), "--data-dir", f"{name}/hub"]
        Path(name, "video").mkdir()
        os.environ["VIDEO_SERVICE_URL"] = f"http://127.0.0.1:{video}"
        with (
            running(generator, video, "/health"),
            running(serve, port, "/system/ready") as hub,
            httpx.Client(base_url=hub.url, timeout=30) as client,
        ):
            film = _call(client, "generate", FILM).json()["result"]["generation_id"]
            asked = {"generation_id": film}
            while _call(client, "get_status", asked).json()["result"]["status"] == "queued":
                time.sleep(0.1)
            live = [_timed(lambda: client.get("/system/live")) for _ in range(QUESTIONS)]
            status = [_timed(lambda: _call(client, "get_status", asked)) for _ in range(QUESTIONS)]
            still = _call(client, "get_status", asked).json()["result"]["status"]
            if still != "processing":
                raise SystemExit(f"the film was {still} before all was measured")
            _call(client, "cancel", asked)
    return [
        Figure("`GET /system/live` while a film renders, p95", _p95(live), "ms", 50),
        Figure("`get_status` while a film renders, p95", _p95(status), "ms", 50),
    ]


def _call(client: httpx.Client, intent: str, data: dict[str, object]) -> httpx.Response:
    body = {"module": "video", "intent": intent, "user_id": "ada", "data": data}
    return client.post("/core", json=body).raise_for_status()


def _timed(ask: Callable[[], httpx.Response]) -> float:
    began = time.perf_counter()
    ask().raise_for_status()
    return (time.perf_counter() - began) * 1000


def _p95(times: list[float]) -> float:
    return statistics.quantiles(times, n=20)[-1]


if __name__ == "__main__":
    sys.stdout.write("\n".join(figure.row() for figure in figures()) + "\n")
