"""Signed requests made before they are sent: a signature costs more than a request may."""

import asyncio
import secrets
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from nacl.signing import SigningKey as PrivateKey

from adapters.keys import open_keys
from core_integrator.client.signatures import Message, Stamp, sign_v3
from core_integrator.contracts.signing import SigningKey

KEY_ID = "bench"


def register(folder: Path, key: PrivateKey) -> None:
    """Register the key in a hub's data folder: it may call every module, for anybody."""
    registered = SigningKey(
        key_id=KEY_ID,
        public_key=bytes(key.verify_key),
        owner="bench",
        scopes=frozenset({"core:write"}),
        subjects=frozenset({"*"}),
        status="active",
        not_before=datetime(2026, 1, 1, tzinfo=UTC),
    )

    async def add() -> None:
        async with open_keys(folder) as registry:
            await registry.add(registered)

    asyncio.run(add())


def signed_requests(url: str, body: str, key: PrivateKey, *, count: int) -> Sequence[bytes]:
    """Return so many requests to a hub as they go over the wire, signed now, each with its own nonce."""
    at = urlsplit(url)
    message = Message("POST", at.netloc, at.path, "", "application/json", body.encode())
    created = int(time.time())
    return [_written(message, Stamp(KEY_ID, created, secrets.token_urlsafe(18)), key) for _ in range(count)]


def _written(message: Message, stamp: Stamp, key: PrivateKey) -> bytes:
    headers = {
        "Host": message.authority,
        "Content-Type": message.content_type,
        "Content-Length": str(len(message.body)),
        **sign_v3(message, stamp, key),
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"POST {message.path} HTTP/1.1\r\n{head}\r\n".encode() + message.body
