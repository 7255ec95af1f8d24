"""The server as a process of its own, to be killed, halted and started again by tests."""

import contextlib
import json
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import bson

from tests.mongowire import framing

_CHECKOUT = Path(__file__).parents[2]
_ANSWER_LIMIT_S = 10.0
_REPLY_BODY_AT = 21  # behind header, flags and the kind of the only section


class MongoProgram:
    """A test server in a process of its own; it keeps its port and its journal over restarts."""

    def __init__(self, folder: Path, *, port: int | None, faults: Sequence[dict[str, Any]]) -> None:
        self.journal = folder / "mongo.journal"
        self.log = folder / "mongo.log"
        self.port = port or 0
        self.process: subprocess.Popen[bytes] | None = None
        self._faults = folder / "faults.json"
        self._faults.write_text(json.dumps(list(faults)))

    @property
    def url(self) -> str:
        """Return the address for a driver."""
        return f"mongodb://127.0.0.1:{self.port}"

    def start(self) -> "MongoProgram":
        """Start it and wait until it listens, all of the journal replayed."""
        files = ["--journal", str(self.journal), "--faults", str(self._faults)]
        options = ["--port", str(self.port), "--until-stdin-ends", *files]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "tests.mongowire", *options],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                cwd=_CHECKOUT,
            )
        with self.process.stdout as first_line:
            said = first_line.readline()
        assert said, f"it did not start: {self.log.read_text()[-2000:]}"
        self.port = int(said)
        return self

    def kill(self) -> None:
        """End it as a crash would."""
        self.process.kill()
        self._wait()

    def stop(self) -> int:
        """Ask it to end, and return its exit code."""
        self.process.terminate()
        return self._wait()

    def stop_signal(self) -> None:
        """Halt it: it still accepts connections, and answers nothing."""
        self.process.send_signal(signal.SIGSTOP)

    def cont(self) -> None:
        """Let it go on after a halt."""
        self.process.send_signal(signal.SIGCONT)

    def fault(self, mode: str, *commands: str, times: int | None = None, **facts: Any) -> None:
        """Order a fault for some commands (else for all), a number of times (else until mended)."""
        self._ask({"mode": mode, "commands": list(commands), "times": times, **facts})

    def mend(self) -> None:
        """Take back every fault."""
        self._ask("off")

    def faults(self) -> list[dict[str, Any]]:
        """Return the faults in force, with how often each was met."""
        return self._ask("list")

    def ensure_gone(self) -> None:
        """Leave nothing behind, whatever the test did."""
        if self.process is not None and self.process.poll() is None:
            self.kill()

    def _wait(self) -> int:
        code = self.process.wait(_ANSWER_LIMIT_S)
        self.process.stdin.close()
        return code

    def _ask(self, order: Any) -> list[dict[str, Any]]:
        received = bytearray()
        with socket.create_connection(("127.0.0.1", self.port), _ANSWER_LIMIT_S) as connection:
            connection.sendall(framing.ask({"configureFault": order, "$db": "admin"}))
            while not (messages := list(framing.take_messages(received))):
                chunk = connection.recv(65536)
                assert chunk, "it hung up on an order of faults"
                received += chunk
        reply = bson.decode(messages[0][_REPLY_BODY_AT:])
        assert reply["ok"], reply
        return reply["faults"]


@contextlib.contextmanager
def mongo_program(
    folder: Path, *, port: int | None = None, faults: Sequence[dict[str, Any]] = ()
) -> Iterator[MongoProgram]:
    """Start the test server as a program; yield it; leave nothing behind."""
    folder.mkdir(parents=True, exist_ok=True)
    program = MongoProgram(folder, port=port, faults=faults)
    try:
        yield program.start()
    finally:
        program.ensure_gone()
