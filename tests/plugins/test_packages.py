"""A stranger's package, built, installed and called as strangers do it."""

import os
import subprocess
import sys
import venv
from pathlib import Path

import httpx
import pytest

from core_integrator.commands.scaffold import ScaffoldProblem, write_plugin
from tests.servers import free_port, until

ROOT = Path(__file__).resolve().parents[2]
QUIET = {**os.environ, "PIP_DISABLE_PIP_VERSION_CHECK": "1", "PYTHONPATH": ""}


def run(*command: str | Path, cwd: Path = ROOT) -> str:
    """Run a program to its end and return what it printed; fail with it otherwise."""
    done = subprocess.run([str(part) for part in command], cwd=cwd, env=QUIET, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return done.stdout


def build_wheel(project: Path, into: Path) -> Path:
    """Build a project's wheel with the build backend of this environment."""
    run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", into, project)
    return next(into.glob("*.whl"))


@pytest.fixture(scope="module")
def clean_python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty environment with the hub's wheel and its locked dependencies, and nothing else."""
    folder = tmp_path_factory.mktemp("clean")
    hub = build_wheel(ROOT, folder)
    venv.create(folder / "env", with_pip=True)
    python = folder / "env" / "bin" / "python"
    run(python, "-m", "pip", "install", "-q", "--require-hashes", "-r", ROOT / "requirements" / "base.txt")
    run(python, "-m", "pip", "install", "-q", "--no-deps", hub)
    return python


def test_a_strangers_wheel_is_served_over_http(clean_python: Path, tmp_path: Path) -> None:
    """Pip install is all it takes: the module is listed, documented, callable and remembered."""
    wheel = build_wheel(ROOT / "examples" / "haiku", tmp_path)
    run(clean_python, "-m", "pip", "install", "-q", "--no-deps", wheel)
    url = f"http://127.0.0.1:{(port := free_port())}"
    command = [
        clean_python.parent / "integrator",
        "serve",
        "--port",
        str(port),
        "--data-dir",
        tmp_path / "data",
    ]

    with subprocess.Popen(
        [str(part) for part in command], env=QUIET, cwd=tmp_path, stderr=subprocess.DEVNULL
    ) as hub:
        try:
            until(lambda: answers(url), "the hub in the clean environment answers")
            listed = {module["name"]: module for module in httpx.get(f"{url}/modules").json()["modules"]}
            body = {"module": "haiku", "intent": "check", "user_id": "ada", "data": {"text": "a\nb\nc"}}
            answer = httpx.post(f"{url}/core", json=body)
            remembered = httpx.get(f"{url}/get-context", params={"user_id": "ada"}).json()
        finally:
            hub.terminate()
        exit_code = hub.wait(30)

    assert listed["haiku"]["version"] == "1.0.0"
    assert listed["haiku"]["state"] == "ready"
    assert answer.json()["result"] == {"syllables": [1, 0, 0], "haiku": False}
    assert remembered[0]["module"] == "haiku"
    assert exit_code == 0


def answers(url: str) -> bool:
    """Tell whether a hub is ready there."""
    try:
        return httpx.get(f"{url}/system/ready").is_success
    except httpx.HTTPError:
        return False


def test_the_hubs_own_install_stays_lean(clean_python: Path) -> None:
    """Nobody who only runs the hub downloads an encoder."""
    installed = run(clean_python, "-m", "pip", "list", "--format", "freeze").lower()

    assert "fastapi" in installed
    for heavy in ("av==", "numpy", "pillow", "dbos", "espeakng", "sqlalchemy"):
        assert heavy not in installed


def test_a_new_plugin_works_as_it_is_written(tmp_path: Path) -> None:
    """From nothing to a passing test by one command."""
    package = write_plugin("morning_news", tmp_path)

    printed = run(
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        f"--rootdir={package}",
        package,
        cwd=package,
    )

    assert "2 passed" in printed
    assert (package / "pyproject.toml").exists()


def test_the_examples_own_tests_pass() -> None:
    """What authors copy from must be right."""
    example = ROOT / "examples" / "haiku"

    printed = run(
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        f"--rootdir={example}",
        example,
        cwd=example,
    )

    assert "2 passed" in printed


@pytest.mark.parametrize("name", ["Bad", "1st", "a-b", "", "x" * 65, "../up"])
def test_a_name_that_is_none_is_refused(tmp_path: Path, name: str) -> None:
    """The name becomes a folder, a package and a module; only plain ones will do."""
    with pytest.raises(ScaffoldProblem):
        write_plugin(name, tmp_path)

    assert list(tmp_path.iterdir()) == []


def test_what_is_there_is_not_overwritten(tmp_path: Path) -> None:
    """A second run must not cost an author's work."""
    write_plugin("mine", tmp_path)

    with pytest.raises(ScaffoldProblem, match="there already"):
        write_plugin("mine", tmp_path)
