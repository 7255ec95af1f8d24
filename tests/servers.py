"""Real servers for tests: the hub in a thread of this process, or programs of their own; loopback only."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import httpx
import uvicorn

from config import Settings
from core_integrator.app import create_app
from core_integrator.registry import Plugin, installed_plugins

LIMIT_S = 60.0


def free_port() -> int:
    """Return a loopback port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def until(condition, what: str, limit_s: float = LIMIT_S):
    """Ask again and again until the condition gives something; fail with ``what`` at the limit."""
    deadline = time.monotonic() + limit_s
    while time.monotonic() < deadline:
        found = condition()
        if found:
            return found
        time.sleep(0.02)
    raise AssertionError(f"not within {limit_s:g} s: {what}")


@contextlib.contextmanager
def hub_in_thread(settings: Settings, *, plugins: list[Plugin] | None = None) -> Iterator[str]:
    """Serve a hub on a free port; yield its base URL."""
    app = create_app(settings, plugins=plugins if plugins is not None else installed_plugins())
    sock = socket.socket()
    sock.bind(("127.0.0.1", 0))
    server = uvicorn.Server(
        uvicorn.Config(app, log_config=None, access_log=False, timeout_graceful_shutdown=5)
    )
    thread = threading.Thread(target=server.run, kwargs={"sockets": [sock]}, daemon=True)
    thread.start()
    until(lambda: server.started or not thread.is_alive(), "the hub started")
    assert server.started, "the hub did not start"
    try:
        yield f"http://127.0.0.1:{sock.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(LIMIT_S)
        sock.close()


class Program:
    """A program of ours in a process of its own."""

    def __init__(
        self, arguments: list[str], *, url: str, probe: str, log: Path, env: Mapping[str, str]
    ) -> None:
        self.url = url
        self.log = log
        self._probe = probe
        self._arguments = [sys.executable, *arguments]
        self._env = {**os.environ, **env}
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> "Program":
        """Start it and wait until it answers."""
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(self._arguments, stdout=output, stderr=output, env=self._env)
        until(self.answers, f"{self._arguments[2]} answers; its log ends: {self.log.read_text()[-2000:]}")
        return self

    def answers(self) -> bool:
        """Tell whether its probe succeeds."""
        assert self.process.poll() is None, (
            f"it ended with {self.process.returncode}: {self.log.read_text()[-2000:]}"
        )
        with contextlib.suppress(httpx.HTTPError):
            return httpx.get(self.url + self._probe, timeout=5).is_success
        return False

    def kill(self) -> None:
        """End it as a crash would."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def workers(self) -> list[int]:
        """Return the process ids of its worker processes."""
        return [pid for pid in self._children() if b"spawn_main" in _command_line(pid)]

    def kill_family(self) -> None:
        """End it with its workers, as a power cut would."""
        children = self._children()
        self.kill()
        for child in children:
            with contextlib.suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)

    def _children(self) -> list[int]:
        pid = self.process.pid
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]

    def stop(self) -> int:
        """Ask it to end, and return its exit code."""
        self.process.terminate()
        return self.process.wait(LIMIT_S)

    def ensure_gone(self) -> None:
        """Leave nothing behind, whatever the test did."""
        if self.process is not None and self.process.poll() is None:
            self.kill()


def _command_line(pid: int) -> bytes:
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    return b""


@contextlib.contextmanager
def hub_program(data_dir: Path, *, port: int | None = None, **env: str) -> Iterator[Program]:
    """Start the hub as a program; yield it; leave nothing behind."""
    chosen = port or free_port()
    arguments = ["-m", "core_integrator", "serve", "--port", str(chosen), "--data-dir", str(data_dir)]
    data_dir.mkdir(parents=True, exist_ok=True)
    program = Program(
        arguments,
        url=f"http://127.0.0.1:{chosen}",
        probe="/system/ready",
        log=data_dir / "hub.log",
        env=env,
    )
    try:
        yield program.start()
    finally:
        program.ensure_gone()


@contextlib.contextmanager
def video_program(data_dir: Path, *, port: int | None = None, **env: str) -> Iterator[Program]:
    """Start the text-to-video service as a program; yield it; leave nothing behind."""
    chosen = port or free_port()
    arguments = ["-m", "services.text_to_video", "--port", str(chosen), "--data-dir", str(data_dir)]
    data_dir.mkdir(parents=True, exist_ok=True)
    program = Program(
        arguments,
        url=f"http://127.0.0.1:{chosen}",
        probe="/health",
        log=data_dir / "video.log",
        env=env,
    )
    try:
        yield program.start()
    finally:
        program.ensure_gone()


@contextlib.contextmanager
def creator_program(data_dir: Path, *, port: int | None = None, **env: str) -> Iterator[Program]:
    """Start CreatorCore as a program; yield it; leave nothing behind."""
    chosen = port or free_port()
    arguments = ["-m", "services.creatorcore", "--port", str(chosen), "--data-dir", str(data_dir)]
    data_dir.mkdir(parents=True, exist_ok=True)
    program = Program(
        arguments,
        url=f"http://127.0.0.1:{chosen}",
        probe="/system/health",
        log=data_dir / "creatorcore.log",
        env=env,
    )
    try:
        yield program.start()
    finally:
        program.ensure_gone()
