"""Signatures for any httpx client."""

import secrets
from collections.abc import Callable, Generator
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import httpx
from nacl.signing import SigningKey

from core_integrator.client.signatures import Message, Stamp, sign_v2, sign_v3
from security.keyfiles import read_private_key

NONCE_BYTES = 18
_SCHEMES = {3: sign_v3, 2: sign_v2}


class SignatureAuth(httpx.Auth):
    """Signs each request, and each new attempt anew: ``httpx.Client(auth=SignatureAuth(key_id, key))``.

    Works with the synchronous and the asynchronous client.  What a redirect leads to is not signed anew.
    """

    requires_request_body = True

    def __init__(
        self,
        key_id: str,
        private_key: bytes,
        *,
        version: Literal[2, 3] = 3,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._key_id = key_id
        self._key = SigningKey(private_key)
        self._sign = _SCHEMES[version]
        self._now = now

    @classmethod
    def from_file(cls, key_id: str, path: Path | str, *, version: Literal[2, 3] = 3) -> "SignatureAuth":
        """Sign with the private key in a file, as ``integrator keys new`` and OpenSSL write it.

        Raises:
            KeyFileProblem: The file cannot be read, or holds no Ed25519 private key.
        """
        return cls(key_id, bytes(read_private_key(Path(path))), version=version)

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Sign the request and send it."""
        if request.content and "Content-Type" not in request.headers:
            # A body must say what it is, and a signature must cover that.
            request.headers["Content-Type"] = "application/octet-stream"
        stamp = Stamp(self._key_id, int(self._now().timestamp()), secrets.token_urlsafe(NONCE_BYTES))
        request.headers.update(self._sign(_message(request), stamp, self._key))
        yield request


def _message(request: httpx.Request) -> Message:
    path, _, query = request.url.raw_path.decode("ascii").partition("?")
    headers = request.headers
    return Message(
        method=request.method,
        authority=headers["Host"].lower(),
        path=path,
        query=query,
        content_type=headers.get("Content-Type", "").strip(),
        body=request.content,
        idempotency_key=headers.get("Idempotency-Key", "").strip(),
    )
