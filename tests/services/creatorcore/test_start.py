"""How the program starts, ends, and says that it cannot."""

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from services.creatorcore.settings import SettingsError, read_settings
from tests.servers import creator_program, free_port


def started(folder: Path, *more: str, **env: str) -> subprocess.CompletedProcess[str]:
    """Start the program where it must fail, and wait for its end."""
    command = [
        sys.executable,
        "-m",
        "services.creatorcore",
        "--data-dir",
        str(folder),
        "--port",
        str(free_port()),
    ]
    return subprocess.run(
        [*command, *more], capture_output=True, text=True, timeout=60, env={**os.environ, **env}
    )


@pytest.mark.parametrize(
    ("env", "told"),
    [
        ({"CREATORCORE_LLM_MODEL": "m"}, "CREATORCORE_LLM_BASE_URL is missing"),
        ({"CREATORCORE_LLM_BASE_URL": "http://127.0.0.1:1/v1"}, "CREATORCORE_LLM_MODEL is missing"),
        (
            {"CREATORCORE_EMBEDDING_BASE_URL": "ftp://x", "CREATORCORE_EMBEDDING_MODEL": "m"},
            "CREATORCORE_EMBEDDING_BASE_URL must be an http or https URL",
        ),
        (
            {"CREATORCORE_LLM_API_KEY": "sk-1", "CREATORCORE_LLM_API_KEY_FILE": "/x"},
            "not both",
        ),
        ({"CREATORCORE_LLM_API_KEY_FILE": "/no/such/file"}, "cannot be read"),
        ({"CREATORCORE_RATE_LIMIT_GENERATE": "many"}, "CREATORCORE_RATE_LIMIT_GENERATE must be a number"),
    ],
)
def test_a_setting_that_cannot_be_is_named(env: dict, told: str) -> None:
    """Its name, never the secret in it."""
    with pytest.raises(SettingsError, match=told) as refused:
        read_settings(env)

    assert "sk-1" not in str(refused.value)


def test_a_start_that_cannot_be_is_one_sentence(tmp_path: Path) -> None:
    """No trace of our insides for whoever mistyped a setting."""
    ended = started(tmp_path, CREATORCORE_LLM_MODEL="m")

    assert ended.returncode == 1
    assert ended.stderr.startswith("creatorcore: CREATORCORE_LLM_BASE_URL is missing")
    assert ended.stderr.count("\n") == 1


def test_test_mode_starts_on_loopback_only(tmp_path: Path) -> None:
    """Nobody but the machine itself may order faults."""
    ended = started(tmp_path, "--host", "0.0.0.0", INTEGRATOR_TEST_MODE="1")

    assert ended.returncode == 1
    assert "loopback only" in ended.stderr


def test_a_foreign_or_broken_file_is_left_alone(tmp_path: Path) -> None:
    """What somebody else keeps there is not overwritten."""
    file = tmp_path / "texts.db"
    with sqlite3.connect(file) as foreign:
        foreign.execute("CREATE TABLE theirs (a)")
    foreign.close()
    before = file.read_bytes()

    belongs = started(tmp_path)
    unchanged = file.read_bytes()
    file.write_bytes(b"no database at all" * 100)
    broken = started(tmp_path)

    assert belongs.returncode == broken.returncode == 1
    assert "belongs to another program" in belongs.stderr
    assert unchanged == before
    assert "cannot be used" in broken.stderr
    assert "Traceback" not in belongs.stderr + broken.stderr


def test_a_folder_or_port_in_use_is_told_and_the_end_is_clean(tmp_path: Path) -> None:
    """Two programs on one folder would pay twice."""
    with creator_program(tmp_path / "a") as running:
        folder = started(tmp_path / "a")
        port = started(tmp_path / "b", "--port", running.url.rpartition(":")[2])
        no_faults = httpx.post(f"{running.url}/test/faults", json={})
        code = running.stop()

    assert "another process uses" in folder.stderr
    assert "is taken" in port.stderr
    assert folder.returncode == port.returncode == 1
    assert no_faults.status_code == 404
    assert code == 0


def test_the_key_may_come_from_a_file(tmp_path: Path) -> None:
    """As every secret; and a key that is missing is not sent."""
    (tmp_path / "key").write_text("sk-from-file\n")
    env = {
        "CREATORCORE_LLM_BASE_URL": f"http://127.0.0.1:{free_port()}",
        "CREATORCORE_LLM_MODEL": "m",
        "CREATORCORE_LLM_API_KEY_FILE": str(tmp_path / "key"),
    }
    with creator_program(tmp_path / "data", **env) as program:
        answer = httpx.post(f"{program.url}/generate", json={"prompt": "x"}, timeout=30)
        log = program.log.read_text()

    assert answer.status_code == 503
    assert "sk-from-file" not in log + answer.text
    assert str(tmp_path) not in answer.text
