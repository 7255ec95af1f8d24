"""Signs requests as an independent client would; shares no code with the hub."""

import base64
import hashlib
import json
import secrets
from dataclasses import dataclass, replace

import nacl.signing

from tests.security.sspl.stores import NOW
from tests.security.sspl.vectors import vectors

Headers = tuple[tuple[str, str], ...]
CORE = {"module": "finance", "intent": "generate", "user_id": "user_123", "data": {}}


@dataclass(frozen=True)
class Call:
    """A request as it goes over the wire."""

    method: str = "POST"
    target: str = "/core"
    headers: Headers = (("Host", "hub.example"), ("Content-Type", "application/json"))
    body: bytes = json.dumps(CORE).encode()

    def with_header(self, name: str, value: str) -> "Call":
        """Return the call with a header set, or a second line of it where it is there already."""
        return replace(self, headers=(*self.headers, (name, value)))

    def without(self, *names: str) -> "Call":
        """Return the call without some headers."""
        left_out = {name.lower() for name in names}
        return replace(self, headers=tuple(h for h in self.headers if h[0].lower() not in left_out))

    def changed(self, name: str, value: str) -> "Call":
        """Return the call with another value of a header."""
        return self.without(name).with_header(name, value)

    def header(self, name: str) -> str:
        """Return a header's value."""
        return next((value for given, value in self.headers if given.lower() == name.lower()), "")


def get(target: str) -> Call:
    """Return a call without a body."""
    return Call("GET", target, (("Host", "hub.example"),), b"")


def post(document: object, target: str = "/core") -> Call:
    """Return a call with a JSON body."""
    return Call(target=target, body=json.dumps(document).encode())


def private_key(name: str) -> nacl.signing.SigningKey:
    """Return a key of the vectors."""
    return nacl.signing.SigningKey(bytes.fromhex(vectors()["keys"][name]["seed_hex"]))


def sign(text: str | bytes, key: str) -> str:
    """Sign; return base64."""
    message = text if isinstance(text, bytes) else text.encode()
    return base64.b64encode(private_key(key).sign(message).signature).decode()


def fresh_nonce() -> str:
    """Return a nonce."""
    return secrets.token_urlsafe(18)


def v3(
    call: Call,
    key: str = "client-a",
    *,
    created: int = NOW,
    nonce: str | None = None,
    covers: str = "",
    key_id: str | None = None,
    more: str = "",
) -> Call:
    """Sign by RFC 9421."""
    path, _, query = call.target.partition("?")
    values = {
        "@method": call.method,
        "@authority": call.header("Host").lower(),
        "@path": path,
        "@query": f"?{query}",
    }
    if call.body:
        digest = base64.b64encode(hashlib.sha256(call.body).digest()).decode()
        call = call.with_header("Content-Digest", f"sha-256=:{digest}:")
        values |= {name: call.header(name) for name in ("content-digest", "content-type")}
    values |= {name: call.header(name) for name in covers.split()}
    names = " ".join(f'"{name}"' for name in values)
    params = (
        f"({names});created={created}{more};"
        f'nonce="{nonce or fresh_nonce()}";keyid="{key_id or key}";alg="ed25519";tag="sspl-v3"'
    )
    lines = [f'"{name}": {value}' for name, value in values.items()]
    signature = sign("\n".join([*lines, f'"@signature-params": {params}']), key)
    return call.with_header("Signature-Input", f"sspl={params}").with_header(
        "Signature", f"sspl=:{signature}:"
    )


def v2(call: Call, key: str = "client-a", *, created: int = NOW, nonce: str | None = None) -> Call:
    """Sign by the fixed text."""
    path, _, query = call.target.partition("?")
    nonce = nonce or fresh_nonce()
    lines = [
        "SSPL-2",
        call.method,
        call.header("Host"),
        path,
        query,
        call.header("Content-Type"),
        hashlib.sha256(call.body).hexdigest(),
        str(created),
        nonce,
        key,
    ]
    for name, value in {
        "Version": "2",
        "Timestamp": str(created),
        "Nonce": nonce,
        "Key-Id": key,
        "Signature": sign("\n".join(lines), key),
    }.items():
        call = call.with_header(f"X-SSPL-{name}", value)
    return call


def legacy(
    call: Call, signed: str | bytes, *, timestamp: str = str(NOW), nonce: str = "", key: str = "client-legacy"
) -> Call:
    """Put the old form's headers on a call."""
    for name, value in {
        "Timestamp": timestamp,
        "Nonce": nonce or fresh_nonce(),
        "PubId": vectors()["keys"][key]["public_key_b64"],
        "Signature": sign(signed, key),
    }.items():
        call = call.with_header(f"X-SSPL-{name}", value)
    return call


def canonical(document: object) -> str:
    """Write JSON as the first clients did."""
    return json.dumps(document, sort_keys=True, separators=(",", ":"))
