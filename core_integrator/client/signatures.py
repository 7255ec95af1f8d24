"""The two ways to sign a request: SSPL v3, a profile of RFC 9421, and v2, one fixed string."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256

from nacl.signing import SigningKey

_TAG = "sspl-v3"


@dataclass(frozen=True, slots=True)
class Message:
    """What of a request is signed: its parts as they go over the wire, the query without ``?``."""

    method: str
    authority: str
    path: str
    query: str
    content_type: str
    body: bytes
    idempotency_key: str = ""


@dataclass(frozen=True, slots=True)
class Stamp:
    """Who signs, when, and the nonce that makes this request good once."""

    key_id: str
    created: int
    nonce: str


def sign_v3(message: Message, stamp: Stamp, key: SigningKey) -> Mapping[str, str]:
    """Return the headers of a request signed in v3."""
    digest = f"sha-256=:{_base64(sha256(message.body).digest())}:"
    components = {
        "@method": message.method,
        "@authority": message.authority,
        "@path": message.path,
        "@query": f"?{message.query}",
    }
    if message.body:
        components |= {"content-digest": digest, "content-type": message.content_type}
    if message.idempotency_key:
        components["idempotency-key"] = message.idempotency_key
    names = " ".join(f'"{name}"' for name in components)
    parameters = (
        f'({names});created={stamp.created};nonce="{stamp.nonce}";keyid="{stamp.key_id}"'
        f';alg="ed25519";tag="{_TAG}"'
    )
    lines = [f'"{name}": {value}' for name, value in components.items()]
    base = "\n".join([*lines, f'"@signature-params": {parameters}'])
    headers = {"Signature-Input": f"sspl={parameters}", "Signature": f"sspl=:{_signature(base, key)}:"}
    return headers | ({"Content-Digest": digest} if message.body else {})


def sign_v2(message: Message, stamp: Stamp, key: SigningKey) -> Mapping[str, str]:
    """Return the headers of a request signed in v2."""
    lines = (
        "SSPL-2",
        message.method,
        message.authority,
        message.path,
        message.query,
        message.content_type,
        sha256(message.body).hexdigest(),
        str(stamp.created),
        stamp.nonce,
        stamp.key_id,
    )
    return {
        "X-SSPL-Version": "2",
        "X-SSPL-Timestamp": str(stamp.created),
        "X-SSPL-Nonce": stamp.nonce,
        "X-SSPL-Key-Id": stamp.key_id,
        "X-SSPL-Signature": _signature("\n".join(lines), key),
    }


def _signature(base: str, key: SigningKey) -> str:
    return _base64(key.sign(base.encode("ascii")).signature)


def _base64(value: bytes) -> str:
    return base64.b64encode(value).decode()
