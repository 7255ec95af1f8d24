"""The hub and the reference generators as processes, started in order and stopped together."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
from rich.console import Console

from config import Settings, export_settings

START_LIMIT_S = 60.0
STOP_LIMIT_S = 30.0


class StackProblem(Exception):
    """The stack cannot run; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Part:
    """One process of the stack."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path
    url: str
    probe: str


@dataclass(frozen=True, slots=True)
class Generators:
    """The ports of the reference generators."""

    video_port: int
    creator_port: int


def free_port() -> int:
    """Return a loopback port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def running_stack(settings: Settings, generators: Generators) -> Generator[list[Part], None, None]:
    """Start the generators, then the hub; yield them when all answer; stop all at the end.

    Raises:
        StackProblem: A port is taken, or a part does not come up.
    """
    for port in (settings.port, generators.video_port, generators.creator_port):
        _refuse_taken(port)
    logs = settings.data_dir / "logs"
    logs.mkdir(parents=True, exist_ok=True)
    parts: list[Part] = []
    try:
        parts.append(_start_generator("text_to_video", generators.video_port, "/health", settings, logs))
        parts.append(
            _start_generator("creatorcore", generators.creator_port, "/system/health", settings, logs)
        )
        parts.append(_start_hub(settings, logs))
        for part in parts:
            _await_answer(part)
        yield parts
    finally:
        _stop(parts)


def run_until_interrupted(settings: Settings, generators: Generators, *, console: Console) -> None:
    """Keep the stack up until Ctrl-C or SIGTERM; end with it when a part ends.

    Raises:
        StackProblem: It did not come up, or a part ended by itself.
    """
    # Also in the background of a script, where the shell has Ctrl-C ignored.
    for asked in (signal.SIGTERM, signal.SIGINT):
        signal.signal(asked, signal.default_int_handler)
    try:
        with running_stack(settings, generators) as parts:
            for part in parts:
                console.print(
                    f"{part.name:<14} {part.url}   log: {part.log}", highlight=False, soft_wrap=True
                )
            console.print("Ctrl-C stops all.", highlight=False)
            _watch(parts)
    except KeyboardInterrupt:
        console.print("stopped")


def _watch(parts: list[Part]) -> None:
    while True:
        for part in parts:
            if part.process.poll() is not None:
                raise StackProblem(_ended(part))
        time.sleep(0.5)


def _start_generator(name: str, port: int, probe: str, settings: Settings, logs: Path) -> Part:
    folder = settings.data_dir / name
    command = [sys.executable, "-m", f"services.{name}", "--port", str(port), "--data-dir", str(folder)]
    return _start(name, command, logs / f"{name}.log", f"http://127.0.0.1:{port}", probe)


def _start_hub(settings: Settings, logs: Path) -> Part:
    export_settings(settings)
    command = [sys.executable, "-m", "core_integrator", "serve"]
    url = f"http://{settings.host}:{settings.port}"
    return _start("hub", command, logs / "hub.log", url, "/system/ready")


def _start(name: str, command: list[str], log: Path, url: str, probe: str) -> Part:
    with log.open("ab") as output:
        # A session of its own: Ctrl-C reaches us alone, and we stop the parts in order.
        process = subprocess.Popen(  # noqa: S603 - our own programs, no shell
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True
        )
    return Part(name, process, log, url, probe)


def _await_answer(part: Part) -> None:
    deadline = time.monotonic() + START_LIMIT_S
    while time.monotonic() < deadline:
        if part.process.poll() is not None:
            raise StackProblem(_ended(part))
        try:
            if httpx.get(part.url + part.probe, timeout=2, trust_env=False).is_success:
                return
        except httpx.HTTPError:
            pass
        time.sleep(0.1)
    raise StackProblem(f"{part.name} did not come up within {START_LIMIT_S:g} s; see {part.log}")


def _ended(part: Part) -> str:
    lines = part.log.read_text(errors="replace").strip().splitlines()
    last = lines[-1] if lines else "no log line"
    return f"{part.name} ended with code {part.process.returncode}: {last}"


def _stop(parts: list[Part]) -> None:
    for part in reversed(parts):
        if part.process.poll() is None:
            part.process.terminate()
    deadline = time.monotonic() + STOP_LIMIT_S
    for part in parts:
        try:
            part.process.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            os.killpg(part.process.pid, signal.SIGKILL)
            part.process.wait()


def _refuse_taken(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise StackProblem(f"port {port} is taken; choose another, e.g. make up HUB_PORT=8002") from error
