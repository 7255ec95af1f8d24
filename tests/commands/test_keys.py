"""``integrator keys``, as it is typed."""

import base64
import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from nacl.signing import SigningKey, VerifyKey
from typer.testing import CliRunner

from adapters.keys import open_keys
from core_integrator.cli import app
from security.key_orders import thumbprint
from tests.commands.test_cli import integrator


@pytest.fixture(autouse=True)
def _log_as_before() -> Iterator[None]:
    """Commands that run in this process set up their log."""
    before = structlog.get_config()
    yield
    structlog.configure(**before)


MAY = ("--owner", "app", "--scope", "core:write", "--scope", "history:read", "--subject", "*")


def keys(cwd: Path, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run ``integrator keys`` on a data folder in the given place."""
    return integrator("keys", *arguments, "--data-dir", cwd / "data", cwd=cwd)


def told(done: subprocess.CompletedProcess[str], name: str) -> str:
    """Return what a command told under a name."""
    assert done.returncode == 0, done.stderr
    return next(
        line.split(maxsplit=len(name.split()))[-1]
        for line in done.stdout.splitlines()
        if line.startswith(name)
    )


def listed(cwd: Path) -> list[dict[str, object]]:
    """Return all keys."""
    return json.loads(keys(cwd, "list", "--json").stdout)


def pem(path: Path, pair: SigningKey) -> Path:
    """Write a private key as other programs do."""
    der = bytes.fromhex("302e020100300506032b657004220420") + bytes(pair)
    path.write_text(
        f"-----BEGIN PRIVATE KEY-----\n{base64.b64encode(der).decode()}\n-----END PRIVATE KEY-----\n"
    )
    return path


def test_a_new_key_is_registered_and_its_private_half_kept(tmp_path: Path) -> None:
    """In a file of its owner's alone, and not on the screen."""
    done = keys(tmp_path, "new", *MAY, "--legacy", "L1", "--legacy-until", "2027-03-01")

    public = base64.b64decode(told(done, "public key"))
    name = told(done, "key id")
    (file,) = tmp_path.glob("*.pem")
    secret = "".join(file.read_text().splitlines()[1:-1])
    assert file.stat().st_mode & 0o777 == 0o600
    assert bytes(SigningKey(base64.b64decode(secret)[-32:]).verify_key) == public
    assert name.removeprefix("jkt:") == thumbprint(public)
    assert secret not in done.stdout + done.stderr
    (key,) = listed(tmp_path)
    assert key["scopes"] == ["core:write", "history:read"]
    assert (key["key_id"], key["owner"], key["subjects"], key["status"]) == (name, "app", ["*"], "active")
    assert (key["legacy"], key["legacy_until"]) == (["L1"], "2027-03-01T00:00:00.000Z")


def test_a_private_key_is_printed_when_asked(tmp_path: Path) -> None:
    """For those who put it elsewhere at once."""
    file = str(tmp_path / "mine.pem")
    asked = ["keys", "new", *MAY, "--private-key", file, "--print-private-key"]

    done = CliRunner().invoke(app, [*asked, "--data-dir", str(tmp_path / "data")])

    assert Path(file).read_text() in done.stdout


async def test_keys_change_while_the_hub_has_them_open(tmp_path: Path) -> None:
    """Registered, rotated and revoked by the command line, and seen at the next lookup."""
    async with open_keys(tmp_path / "data") as registry:
        old = told(keys(tmp_path, "new", *MAY, "--key-id", "old"), "key id")
        assert (await registry.find(old)).status == "active"

        new = told(keys(tmp_path, "rotate", "old", "--new-key-id", "new"), "key id")
        assert (await registry.find(old)).replaced_by == new
        assert (await registry.find(new)).scopes == {"core:write", "history:read"}

        assert keys(tmp_path, "revoke", "old").returncode == 0
        assert (await registry.find(old)).status == "revoked"
    assert "revoked" in keys(tmp_path, "list").stdout


def test_every_change_is_written_down(tmp_path: Path) -> None:
    """Who did it and to which key; looking is nobody's business."""
    keys(tmp_path, "new", *MAY, "--key-id", "old")
    pair = SigningKey.generate()
    keys(tmp_path, "add", *MAY, "--key-id", "added", "--private-key", pem(tmp_path / "k.pem", pair))
    keys(tmp_path, "rotate", "old", "--new-key-id", "new")
    keys(tmp_path, "revoke", "old")
    keys(tmp_path, "list")
    keys(tmp_path, "revoke", "nobody")

    exported = integrator("audit", "export", "--data-dir", tmp_path / "data", cwd=tmp_path).stdout
    entries = [json.loads(line) for line in exported.splitlines()]
    assert [(each["action"], each["object"], each["result"]) for each in entries] == [
        ("keys.add", "old", "success"),
        ("keys.add", "added", "success"),
        ("keys.rotate", "old", "success"),
        ("keys.revoke", "old", "success"),
    ]
    assert entries[2]["detail"] == {"owner": "app", "successor": "new"}
    assert all(each["actor"].startswith("cli") and each["kind"] == "system" for each in entries)


def test_a_key_is_added_by_whoever_holds_it(tmp_path: Path) -> None:
    """With the private key at hand, one command."""
    pair = SigningKey.generate()

    done = keys(tmp_path, "add", *MAY, "--private-key", pem(tmp_path / "k.pem", pair))

    assert base64.b64decode(told(done, "public key")) == bytes(pair.verify_key)


@pytest.mark.parametrize("honest", [True, False])
def test_possession_is_proved_from_afar(tmp_path: Path, honest: bool) -> None:
    """The challenge goes there, the proof comes back; somebody else's proof registers nothing."""
    pair, other = SigningKey.generate(), SigningKey.generate()
    public = base64.b64encode(bytes(pair.verify_key)).decode()
    command = [sys.executable, "-m", "core_integrator", "keys", "add", *MAY, "--public-key", public]
    with subprocess.Popen(
        [*command, "--data-dir", str(tmp_path / "data")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "COLUMNS": "200"},
    ) as adding:
        words = adding.stderr.readline().split()
        challenge = words[words.index("prove") + 1]
        holder = pem(tmp_path / "k.pem", pair if honest else other)
        proof = integrator("keys", "prove", challenge, "--private-key", holder, cwd=tmp_path).stdout
        adding.communicate(proof, timeout=60)

    assert adding.returncode == (0 if honest else 1)
    assert len(listed(tmp_path)) == (1 if honest else 0)


@pytest.mark.skipif(
    shutil.which("openssl") is None and "CI" not in os.environ, reason="openssl is not installed"
)
def test_openssl_and_the_hub_read_each_others_keys(tmp_path: Path) -> None:
    """Nobody needs our program to make a key, or to sign with one of ours."""
    ours = keys(tmp_path, "new", *MAY, "--private-key", tmp_path / "ours.pem")
    (tmp_path / "text").write_bytes(b"text")
    run = {"cwd": tmp_path, "check": True, "capture_output": True}
    sign = ["openssl", "pkeyutl", "-sign", "-rawin", "-inkey", "ours.pem", "-in", "text", "-out", "signature"]
    subprocess.run(sign, **run)
    subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519", "-out", "theirs.pem"], **run)
    subprocess.run(["openssl", "pkey", "-in", "theirs.pem", "-pubout", "-out", "theirs.pub"], **run)

    theirs = keys(
        tmp_path,
        "add",
        *MAY,
        "--public-key",
        tmp_path / "theirs.pub",
        "--private-key",
        tmp_path / "theirs.pem",
    )

    assert theirs.returncode == 0, theirs.stderr
    VerifyKey(base64.b64decode(told(ours, "public key"))).verify(
        b"text", (tmp_path / "signature").read_bytes()
    )


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("new", "--owner", "a b", "--scope", "core:write", "--subject", "*"), "owner"),
        (("new", "--owner", "a", "--scope", "core", "--subject", "*"), "scopes"),
        (("new", *MAY, "--legacy", "L1"), "last day"),
        (("new", *MAY, "--not-after", "soon"), "--not-after"),
        (("new", *MAY, "--not-after", "9999-12-31T23:59-23:00"), "--not-after"),
        (("new", *MAY, "--private-key", "nowhere/key.pem"), "cannot be written"),
        (("add", *MAY), "--public-key"),
        (("add", *MAY, "--public-key", "AAAA"), "AAAA"),
        (("add", *MAY, "--private-key", "nowhere.pem"), "nowhere.pem"),
        (("revoke", "nobody"), "no such key"),
        (("rotate", "nobody"), "no such key"),
    ],
)
def test_a_mistake_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], sentence: str
) -> None:
    """Exit code 1, no trace, and no file of a key that was not registered."""
    monkeypatch.chdir(tmp_path)

    done = CliRunner().invoke(app, ["keys", *arguments, "--data-dir", "data"])

    assert done.exit_code == 1
    assert sentence in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert list(tmp_path.glob("*.pem")) == []


def test_a_file_of_something_else_is_left_alone(tmp_path: Path) -> None:
    """One sentence, and nothing written."""
    (tmp_path / "data").mkdir()
    with sqlite3.connect(tmp_path / "data" / "keys.db") as other:
        other.execute("CREATE TABLE notes (note TEXT)")
    other.close()

    done = keys(tmp_path, "list")

    assert done.returncode == 1
    assert "another application" in done.stderr
