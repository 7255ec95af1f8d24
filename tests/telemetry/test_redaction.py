"""No secret leaves by a log line, an exception, the page of the newest lines, or a metric."""

import json
import logging
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import structlog
from pydantic import BaseModel, Field, SecretStr

from config import Settings
from core_integrator import Call, Intent, RegisterAgent, Reply, hookimpl
from core_integrator.registry import Plugin
from telemetry.redaction import redact, redacted_text
from tests.api.calls import core
from tests.servers import hub_in_thread, until

JWT = "eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiJhZGEifQ.c2lnbmF0dXJlLW9mLXRoZS10b2tlbg"
KEY = "hub_live_ab12cd34ef56_0123456789abcdefghijklmnopqrstuvwxyzABCDEFG"

# What a text says, and what must not be left of it.
SECRETS = [
    (f"key {KEY} was refused", "0123456789abcdef"),
    (f"token={JWT}", "eyJzdWIi"),
    (f"GET /stream?ticket={JWT} HTTP/1.1", "c2lnbmF0dXJl"),
    ("sent sk-proj-Abc123Def456Ghi789", "Abc123Def456"),
    ("mongodb+srv://admin:pa55w0rd@db.internal/hub?x=1 is away", "pa55w0rd"),
    ("redis://:0nlypass@cache:6379/0", "0nlypass"),
    ("https://t0kent0ken@git.internal/x.git", "t0kent0ken"),
    ("header Bearer aBcDeF.1234-5678_90", "aBcDeF"),
    ("Authorization: Basic dXNlcjpwYXNzd29yZA==", "dXNlcjpw"),
    ("{'authorization': 'Basic c2hvcnQ=', 'x': 1}", "c2hvcnQ"),
    ("[(b'authorization', b'Basic cGFpcmVk'), (b'host', b'x')]", "cGFpcmVk"),
    ("Signature: sspl=:q83vEjRWeJCrze8SNFZ4kA==:", "q83vEjRW"),
    ("X-SSPL-Signature: zze8SNFZ4kAq83vEjRWeJ==", "zze8SNFZ"),
    ("Cookie: session=5e55i0n; theme=dark", "5e55i0n"),
    ("could not log in with password='hunter2!'", "hunter2"),
    ('{"api_key": "k3yk3y", "client_secret": "c1i3nt"}', "k3yk3y"),
    ('{"api_key": "k3yk3y", "client_secret": "c1i3nt"}', "c1i3nt"),
    ("https://api.example/v1?api_key=qu3ry&limit=5", "qu3ry"),
    ("-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2Vw\nabcd\n-----END PRIVATE KEY-----\n", "MC4CAQAw"),
    ("AKIAIOSFODNN7EXAMPLE", "IOSFODNN"),
]
ORDINARY = [
    "request.done",
    "/core",
    "req_01M89E2ABJKQH5ZKG9CVQTPQW4",
    "the robot dances in a disco; the secret is in the attic",
    "http://127.0.0.1:5002/generate-video answered 503",
    "basic information about tokens and keys, and a cookie",
    "tokens: none, api: up, connection refused, signature missing",
    "mail ada@example.org about http://example.org/a?b=c",
]


class Text(BaseModel):
    """Some text."""

    text: str = Field(default=..., description="The text.")


async def leak(payload: Text, call: Call) -> Reply:
    """Do with a secret whatever a careless module could, and raise it too."""
    log = structlog.get_logger("leaky")
    log.warning(payload.text)
    log.warning("leak", said=payload.text, deep={"list": [{"text": payload.text}]}, raw=payload.text.encode())
    logging.getLogger("library").warning("a library says %s", payload.text)
    try:
        raise ValueError(payload.text)
    except ValueError as error:
        logging.getLogger("library").exception("a library failed")
        raise RuntimeError(f"while working: {payload.text}") from error


class Leaky:
    """Leaks."""

    intents = {"leak": Intent(Text, leak)}


class LeakyPlugin:
    """Offers it."""

    @hookimpl
    def register_agents(self, register: RegisterAgent) -> None:
        """Offer the module."""
        register("leaky", Leaky)


@pytest.fixture(scope="module")
def leaks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Everything a hub told after each secret was leaked in every way: lines, ring, metrics."""
    folder = tmp_path_factory.mktemp("leaks")
    log = folder / "log"
    with pytest.MonkeyPatch.context() as patch, log.open("w") as stream:
        patch.setattr(sys, "stderr", stream)
        settings = Settings(data_dir=folder / "data", log_level="INFO")
        with hub_in_thread(settings, plugins=[Plugin("leaky", "1", LeakyPlugin)]) as url:
            with httpx.Client(base_url=url) as client:
                yield told(client, log)


def told(client: httpx.Client, log: Path) -> str:
    """Leak, and return all there is to read."""
    ring = ""
    for text, _ in SECRETS:
        assert core(client, "leaky", "leak", {"text": text}).status_code == 500
        ring += client.get("/system/logs/latest", params={"limit": 200}).text
    client.get(f"/nowhere/{KEY}", params={"token": JWT}, headers={"X-Request-ID": KEY, "Authorization": JWT})
    client.get("/system/live", headers={"X-Request-ID": "the-last"})
    until(lambda: "the-last" in log.read_text(), "the log was written")
    ring += client.get("/system/logs/latest", params={"limit": 200}).text
    lines = log.read_text()
    assert lines.count("while working") >= len(SECRETS)
    assert lines.count("a library says") == len(SECRETS)
    assert lines.count("a library failed") == len(SECRETS)
    assert "while working" in ring
    assert all(json.loads(line) for line in lines.splitlines())
    return lines + ring + client.get("/metrics").text


@pytest.mark.parametrize(("text", "secret"), SECRETS)
def test_no_secret_comes_out(leaks: str, text: str, secret: str) -> None:
    """Whoever logged or raised it, and however."""
    assert secret in text
    assert secret not in leaks


def test_no_foreign_arguments_come_out(leaks: str) -> None:
    """A library's line is a line: neither its arguments nor the paths of its code are shown."""
    assert "_record" not in leaks
    assert "positional_args" not in leaks


@pytest.mark.parametrize("text", ORDINARY)
def test_ordinary_texts_stay_as_they_are(text: str) -> None:
    """An operator who reads [redacted] everywhere stops reading."""
    assert redacted_text(text) == text


def test_fields_with_secret_names_are_blanked_unless_they_hold_numbers() -> None:
    """At any depth; counts and ids that only sound so stay."""
    line = {
        "event": "x",
        "password": "p",
        "API_KEY": SecretStr("k"),
        "refresh_token": None,
        "tokens_used": 512,
        "token_id": "tok_1",
        "deep": {"cookie": "c", "rows": [{"secret": ["s"], "count": 2}]},
        "duration_ms": 1.5,
    }

    assert redact(None, "info", dict(line)) == {
        "event": "x",
        "password": "[redacted]",
        "API_KEY": "[redacted]",
        "refresh_token": None,
        "tokens_used": 512,
        "token_id": "tok_1",
        "deep": {"cookie": "[redacted]", "rows": [{"secret": "[redacted]", "count": 2}]},
        "duration_ms": 1.5,
    }


def test_nobody_forges_a_line(leaks: str) -> None:
    """Line ends in a text are written as such: the private key above had four."""
    assert "MC4CAQ" not in leaks
    assert not any(line.startswith("-----END") for line in leaks.splitlines())
