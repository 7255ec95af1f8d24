"""``integrator users``: the first admin, made by whoever owns the data folder."""

import json
import os
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from tests.security.identities.people import PASSWORD, bearing, registered
from tests.security.identities.serving import Stage


def users(data_dir: Path, *arguments: str | Path, typed: str = "") -> subprocess.CompletedProcess[str]:
    """Run the command to its end."""
    command = [sys.executable, "-m", "core_integrator", "users", *map(str, arguments)]
    return subprocess.run(
        [*command, "--data-dir", str(data_dir)],
        input=typed,
        env={**os.environ, "COLUMNS": "200"},
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_an_operator_makes_an_admin_while_the_hub_runs(stage: Stage, client: httpx.Client) -> None:
    """The password comes by the standard input, or from a file; nothing repeats it."""
    file = stage.data_dir / "password"
    file.write_text(PASSWORD + "\n")
    stranger = registered(client, "stranger")

    added = users(stage.data_dir, "add", "--email", "root@example.com", "--role", "admin", typed=PASSWORD)
    second = users(stage.data_dir, "add", "--email", "Eve@example.com", "--password-file", file)
    promoted = users(stage.data_dir, "role", "eve@example.com", "user", "operator")
    listed = users(stage.data_dir, "list", "--json")

    told = [added, second, promoted, listed]
    assert [done.returncode for done in told] == [0] * 4, [done.stderr for done in told]
    assert not any(PASSWORD in done.stdout + done.stderr for done in told)
    assert {(user["username"], tuple(user["roles"])) for user in json.loads(listed.stdout)} == {
        ("stranger", ("user",)),
        ("root", ("admin",)),
        ("Eve", ("operator", "user")),
    }
    tokens = client.post("/login", json={"email": "root@example.com", "password": PASSWORD}).json()
    assert client.get("/users", headers=bearing(tokens)).status_code == 200
    assert client.get("/users", headers=bearing(stranger)).status_code == 403


@pytest.mark.parametrize(
    ("arguments", "typed", "reason"),
    [
        (("add", "--email", "root@example.com"), "weak", "password: "),
        (("add", "--email", "root@example.com"), "", "password: "),
        (("add", "--email", "nobody"), PASSWORD, "email: "),
        (("add", "--email", "root@example.com", "--username", "r"), PASSWORD, "username: "),
        (("add", "--email", "root@example.com", "--password", PASSWORD), "", "--password"),
        (("add", "--email", "root@example.com", "--role", "god"), PASSWORD, "god"),
        (("add", "--email", "root@example.com", "--password-file", "/nowhere/at/all"), "", "cannot be read"),
        (("role", "nobody@example.com", "admin"), "", "no such user"),
    ],
)
def test_what_cannot_be_done_is_told_in_a_sentence(tmp_path: Path, arguments, typed, reason: str) -> None:
    """And a password is never an argument: others could read it in the list of processes."""
    done = users(tmp_path, *arguments, typed=typed)

    assert done.returncode != 0
    assert reason in done.stderr
    assert "Traceback" not in done.stderr
