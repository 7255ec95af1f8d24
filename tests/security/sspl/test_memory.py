"""What strangers send costs the hub no memory."""

import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.security.sspl.serving import receive_answer
from tests.security.sspl.signing import Call, v2, v3
from tests.security.sspl.stores import NOW

PIECE = b"x" * 65_536
PIECES = 3200  # 200 MiB
GROWTH_KIB = 20 * 1024


@pytest.fixture(scope="module")
def program() -> Iterator[tuple[int, int]]:
    """Process id and port of a guarded application."""
    arguments = [sys.executable, "-m", "tests.security.sspl"]
    with subprocess.Popen(arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        port = int(process.stdout.readline())
        _status(port, Call(body=b"").with_header("Content-Length", "0"), chunked=False, pieces=0)
        yield process.pid, port
        process.stdin.close()


def unannounced(call: Call) -> Call:
    """Return the call, with a body of unknown length to come."""
    return call.with_header("Transfer-Encoding", "chunked")


@pytest.mark.parametrize(
    ("call", "status"),
    [
        (Call().with_header("Content-Length", str(PIECES * len(PIECE))), 413),
        (unannounced(Call()), 401),
        (unannounced(v3(Call()).changed("Signature", f"sspl=:{'A' * 86}==:")), 401),
        (unannounced(v2(Call(), created=NOW)), 413),
    ],
    ids=["announced", "unsigned", "forged v3", "forged v2"],
)
def test_two_hundred_megabytes_of_a_stranger_are_not_kept(
    program: tuple[int, int], call: Call, status: int
) -> None:
    """They are refused before they are read; v2, which signs the body, ends at the route's limit."""
    pid, port = program
    before = _peak_kib(pid)

    assert _status(port, call, chunked=bool(call.header("Transfer-Encoding")), pieces=PIECES) == status

    assert _peak_kib(pid) - before < GROWTH_KIB


def _status(port: int, call: Call, *, chunked: bool, pieces: int) -> int:
    lines = [f"POST {call.target} HTTP/1.1", *(f"{name}: {value}" for name, value in call.headers)]
    with socket.create_connection(("127.0.0.1", port), timeout=60) as sock:
        sock.sendall("\r\n".join([*lines, "", ""]).encode())
        for _ in range(pieces):
            sock.sendall(b"10000\r\n" + PIECE + b"\r\n" if chunked else PIECE)
        if chunked:
            sock.sendall(b"0\r\n\r\n")
        return receive_answer(sock).status


def _peak_kib(pid: int) -> int:
    return int(re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())[1])
