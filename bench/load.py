"""Load by wrk, programs under load, and their processor time."""

import contextlib
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import httpx

TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Load:
    """What one round of load measured."""

    requests_per_s: float
    p50_ms: float
    p99_ms: float
    failed: int


@dataclass(frozen=True, slots=True)
class Running:
    """A program that answers on a port."""

    process: subprocess.Popen[bytes]
    url: str

    def resident_mb(self) -> float:
        """Return the resident memory of the process and its children."""
        return sum(_status(pid, "VmRSS") for pid in _family(self.process.pid)) / 1024

    def forget_peak(self) -> None:
        """Let the peak count from now on."""
        for pid in _family(self.process.pid):
            Path(f"/proc/{pid}/clear_refs").write_text("5")

    def peak_mb(self) -> float:
        """Return the most resident memory that the process and its children had."""
        return sum(_status(pid, "VmHWM") for pid in _family(self.process.pid)) / 1024


def free_port() -> int:
    """Return a loopback port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextlib.contextmanager
def running(
    arguments: Sequence[str], port: int, probe: str, environment: Mapping[str, str] | None = None
) -> Iterator[Running]:
    """Start a Python program, wait until its probe answers, and stop it at the end."""
    with Path(os.devnull).open("wb") as nowhere:
        process = subprocess.Popen(
            [sys.executable, *arguments],
            stdout=nowhere,
            stderr=nowhere,
            env={**os.environ, **(environment or {})},
        )
    url = f"http://127.0.0.1:{port}"
    try:
        wait_for(url + probe, process)
        yield Running(process, url)
    finally:
        process.terminate()
        process.wait(30)


def wait_for(url: str, process: subprocess.Popen[bytes]) -> None:
    """Ask until the answer is a success."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise SystemExit(f"the program ended with {process.returncode} before it answered {url}")
        with contextlib.suppress(httpx.HTTPError):
            if httpx.get(url, timeout=2).is_success:
                return
        time.sleep(0.01)
    raise SystemExit(f"nothing answers {url}")


def post_load(
    url: str,
    body: str,
    folder: Path,
    *,
    connections: int,
    seconds: float,
    headers: Mapping[str, str] | None = None,
) -> Load:
    """Send the body over so many kept connections, as fast as answers come."""
    told = {"content-type": "application/json", **(headers or {})}
    lines = [f'wrk.headers["{name}"] = "{value}"\n' for name, value in told.items()]
    script = f'wrk.method = "POST"\n{"".join(lines)}wrk.body = [==[{body}]==]\n'
    return _wrk(url, script, folder, connections=connections, seconds=seconds)


def distinct_load(
    url: str, requests: Sequence[bytes], folder: Path, *, connections: int, seconds: float
) -> Load:
    """Send requests made before, each once, over so many kept connections, as fast as answers come.

    They are as they go over the wire, and all of the same length.  When they are used up, the first follow
    again: make enough of them.
    """
    file, length = folder / "requests.bin", len(requests[0])
    if any(len(request) != length for request in requests):
        raise SystemExit("the requests differ in length")
    file.write_bytes(b"".join(requests))
    script = f"""
local file = assert(io.open("{file}", "rb"))
local all, length, at = file:read("*a"), {length}, 0
file:close()
function request()
  local one = all:sub(at + 1, at + length)
  at = (at + length) % #all
  return one
end
"""
    return _wrk(url, script, folder, connections=connections, seconds=seconds)


def _wrk(url: str, script: str, folder: Path, *, connections: int, seconds: float) -> Load:
    wrk = shutil.which("wrk")
    if wrk is None:
        raise SystemExit("the benchmarks need wrk: apt-get install wrk")
    file = folder / "load.lua"
    file.write_text(script)
    command = [wrk, "-t1", f"-c{connections}", f"-d{seconds:g}s", "--latency", "-s", str(file), url]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    rate = re.search(r"Requests/sec:\s+([\d.]+)", told)
    if rate is None:
        raise SystemExit(f"wrk said something unknown: {told}")
    refused = re.findall(r"Non-2xx or 3xx responses: (\d+)", told)
    # Connections that broke, and answers that wrk gave up waiting for (2 s).
    broken = re.findall(r"(?:connect|read|write|timeout) (\d+)", told)
    failed = sum(map(int, refused + broken))
    return Load(float(rate.group(1)), _latency_ms(told, 50), _latency_ms(told, 99), failed)


def _latency_ms(told: str, percent: int) -> float:
    found = re.search(rf"{percent}%\s+([\d.]+)(us|ms|s)", told)
    if found is None:
        raise SystemExit(f"wrk said something unknown: {told}")
    return float(found.group(1)) * {"us": 0.001, "ms": 1.0, "s": 1000.0}[found.group(2)]


def _family(pid: int) -> list[int]:
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *(descendant for child in children for descendant in _family(int(child)))]


def _status(pid: int, field: str) -> int:
    """Return a field of a process in kB."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(field + ":"):
            return int(line.split()[1])
    return 0
