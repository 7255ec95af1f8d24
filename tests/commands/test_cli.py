"""What people type: the demo, the stack, the doctor, a new plugin."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import av
import httpx
import pytest

from tests.servers import free_port, until


def integrator(*arguments: str | Path, cwd: Path, **env: str) -> subprocess.CompletedProcess[str]:
    """Run the command to its end."""
    command = [sys.executable, "-m", "core_integrator", *map(str, arguments)]
    return subprocess.run(
        command,
        cwd=cwd,
        env={**os.environ, "COLUMNS": "200", **env},
        capture_output=True,
        text=True,
        timeout=180,
    )


def test_the_demo_makes_a_real_film(tmp_path: Path) -> None:
    """Order, progress, film, rating, memory, health: the whole story in one command."""
    done = integrator("demo", "--duration", "2", "--data-dir", tmp_path / "demo", cwd=tmp_path)

    assert done.returncode == 0, done.stdout + done.stderr
    (film,) = (tmp_path / "demo").glob("vid_*.mp4")
    with av.open(str(film)) as opened:
        assert sum(1 for _ in opened.decode(video=0)) == 48
    for told in ("stored True, forwarded True, score 2", "remembered", "health    healthy", str(film)):
        assert told in done.stdout


def test_the_stack_stays_up_until_it_is_told_to_end(tmp_path: Path) -> None:
    """Both parts answer; one signal ends both, cleanly."""
    hub, video = free_port(), free_port()
    arguments = [
        "up",
        "--hub-port",
        str(hub),
        "--video-port",
        str(video),
        "--data-dir",
        str(tmp_path / "data"),
    ]
    command = [sys.executable, "-m", "core_integrator", *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as running:
        until(lambda: answers(f"http://127.0.0.1:{hub}/system/ready"), "the hub answers")
        until(lambda: answers(f"http://127.0.0.1:{video}/health"), "the service answers")
        running.send_signal(signal.SIGTERM)
        assert running.wait(60) == 0

    assert not answers(f"http://127.0.0.1:{hub}/system/live")
    assert not answers(f"http://127.0.0.1:{video}/health")


def answers(url: str) -> bool:
    """Tell whether something answers with a success there."""
    try:
        return httpx.get(url, timeout=5).is_success
    except httpx.HTTPError:
        return False


def test_a_port_that_is_taken_is_told_with_what_to_do(tmp_path: Path) -> None:
    """The most common first problem."""
    with subprocess.Popen(
        [sys.executable, "-m", "http.server", "0", "--bind", "127.0.0.1"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    ) as other:
        port = other.stdout.readline().split(" port ")[1].split()[0]
        done = integrator("up", "--hub-port", port, "--data-dir", tmp_path / "data", cwd=tmp_path)
        other.terminate()

    assert done.returncode == 1
    assert f"port {port} is taken" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_doctor_says_what_is_missing_and_what_to_type(tmp_path: Path) -> None:
    """Good news and bad news, one line each."""
    done = integrator("doctor", cwd=tmp_path, VIDEO_SERVICE_URL=f"http://127.0.0.1:{free_port()}")

    assert done.returncode == 0
    assert "modules: creator, education, finance, sample_text, video" in done.stdout
    assert "type: integrator up" in done.stdout


def test_a_new_plugin_is_one_command(tmp_path: Path) -> None:
    """And the next commands are told."""
    done = integrator("plugin", "new", "shout", cwd=tmp_path)

    assert done.returncode == 0
    assert (tmp_path / "integrator-shout" / "pyproject.toml").exists()
    assert "pip install -e" in done.stdout


@pytest.mark.parametrize("arguments", [("plugin", "new", "No Good"), ("serve", "--port", "99999"), ("serv",)])
def test_a_mistake_is_a_sentence(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    """No trace for a typing error."""
    done = integrator(*arguments, cwd=tmp_path)

    assert done.returncode != 0
    assert done.stderr
    assert "Traceback" not in done.stderr
