"""The signing examples in shell and JavaScript, run as readers run them, against a verifier of our own.

The verifier builds the ten lines of v2 from what arrived, and from nothing that the examples say elsewhere.
"""

import base64
import json
import os
import shutil
import subprocess
import threading
from collections.abc import Iterator
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from nacl.exceptions import BadSignatureError
from nacl.signing import SigningKey, VerifyKey

from security import keyfiles

EXAMPLES = Path(__file__).parents[2] / "examples" / "signing"
BODY = json.dumps({"module": "sample_text", "intent": "generate", "user_id": "ada", "data": {"text": "é 🕺"}})


class Verifier(ThreadingHTTPServer):
    """Answers 200 to what the key signed, 401 to the rest."""

    def __init__(self, key: VerifyKey) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.key = key
        self.bodies: list[bytes] = []
        self.nonces: set[str] = set()

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.server_address[1]}"


class Handler(BaseHTTPRequestHandler):
    """Verifies one request."""

    server: Verifier

    def do_POST(self) -> None:
        """Verify and answer."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        path, _, query = self.path.partition("?")
        lines = [
            "SSPL-2",
            self.command,
            self.headers["Host"],
            path,
            query,
            self.headers["Content-Type"],
            sha256(body).hexdigest(),
            self.headers["X-SSPL-Timestamp"],
            self.headers["X-SSPL-Nonce"],
            self.headers["X-SSPL-Key-Id"],
        ]
        signature = base64.b64decode(self.headers["X-SSPL-Signature"], validate=True)
        try:
            self.server.key.verify("\n".join(lines).encode(), signature)
        except BadSignatureError:
            self._answer(401)
            return
        assert self.headers["X-SSPL-Version"] == "2"
        self.server.bodies.append(body)
        self.server.nonces.add(self.headers["X-SSPL-Nonce"])
        self._answer(200)

    def _answer(self, status: int) -> None:
        self.send_response(status)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *arguments: object) -> None:
        """Say nothing."""


@pytest.fixture
def pair() -> SigningKey:
    """A key pair."""
    return keyfiles.new_private_key()


@pytest.fixture
def verifier(pair: SigningKey) -> Iterator[Verifier]:
    """A verifier that knows the public half."""
    with Verifier(pair.verify_key) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def example(name: str, programs: tuple[str, ...]) -> object:
    """Return an example as a parameter; skipped where a program is missing, except in CI."""
    missing = [program for program in programs if shutil.which(program) is None]
    skip = pytest.mark.skipif(
        bool(missing) and "CI" not in os.environ, reason=f"not installed: {', '.join(missing)}"
    )
    runner = ["node"] if name.endswith(".mjs") else ["sh"]
    return pytest.param([*runner, str(EXAMPLES / name)], marks=skip, id=name)


both = pytest.mark.parametrize(
    "command", [example("sign_v2.sh", ("openssl", "curl")), example("sign_v2.mjs", ("node",))]
)


def run(command: list[str], url: str, key_file: Path, body: str = BODY) -> subprocess.CompletedProcess[str]:
    """Run an example as its head says."""
    facts = {"HUB_URL": url, "SSPL_KEY_ID": "shop", "SSPL_KEY_FILE": str(key_file), "NO_PROXY": "127.0.0.1"}
    return subprocess.run(
        [*command, body], env={**os.environ, **facts}, capture_output=True, text=True, timeout=60
    )


@both
def test_an_example_signs_what_it_sends(
    command: list[str], verifier: Verifier, pair: SigningKey, tmp_path: Path
) -> None:
    """Byte for byte, with a fresh nonce each time."""
    keyfiles.write_private_key(tmp_path / "key.pem", pair)

    runs = [run(command, verifier.url, tmp_path / "key.pem") for _ in range(2)]

    assert [done.returncode for done in runs] == [0, 0], runs[0].stderr
    assert runs[0].stdout.strip() == "{}"
    assert verifier.bodies == [BODY.encode()] * 2
    assert len(verifier.nonces) == 2


@both
def test_an_example_tells_a_refusal(command: list[str], verifier: Verifier, tmp_path: Path) -> None:
    """Another's key is refused, and the example's exit code says so."""
    keyfiles.write_private_key(tmp_path / "key.pem", keyfiles.new_private_key())

    done = run(command, verifier.url, tmp_path / "key.pem")

    assert done.returncode != 0
    assert verifier.bodies == []
