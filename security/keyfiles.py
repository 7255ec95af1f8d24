"""Ed25519 keys as text and files: PKCS #8 and SPKI in PEM, which OpenSSL and Node read, or bare base64."""

import base64
import binascii
import os
import re
from pathlib import Path

from nacl.signing import SigningKey

from security.sspl.ed25519 import PUBLIC_KEY_BYTES

SEED_BYTES = 32
# The DER of an Ed25519 key is these bytes and then the key (RFC 8410).
_PRIVATE_HEAD = bytes.fromhex("302e020100300506032b657004220420")
_PUBLIC_HEAD = bytes.fromhex("302a300506032b6570032100")
_PEM = re.compile(r"-----BEGIN (?P<kind>[A-Z ]+)-----(?P<body>.*?)-----END (?P=kind)-----", re.DOTALL)


class KeyFileProblem(Exception):
    """The key cannot be read or written; the message says why, and never shows a private key."""


def new_private_key() -> SigningKey:
    """Make a key pair."""
    return SigningKey.generate()


def public_bytes(key: SigningKey) -> bytes:
    """Return the 32 bytes of a pair's public key."""
    return bytes(key.verify_key)


def private_pem(key: SigningKey) -> str:
    """Write a private key as PEM."""
    return _pem("PRIVATE KEY", _PRIVATE_HEAD + bytes(key))


def public_pem(public_key: bytes) -> str:
    """Write a public key as PEM."""
    return _pem("PUBLIC KEY", _PUBLIC_HEAD + public_key)


def read_private_key(path: Path) -> SigningKey:
    """Read a private key: PEM, or the base64 of its 32 bytes.

    Raises:
        KeyFileProblem: The file cannot be read, or holds no Ed25519 private key.
    """
    seed = _key_bytes(_text_of(path), "PRIVATE KEY", _PRIVATE_HEAD)
    if seed is None or len(seed) != SEED_BYTES:
        raise KeyFileProblem(f"{path} holds no Ed25519 private key in PEM (PKCS #8) or base64")
    return SigningKey(seed)


def write_private_key(path: Path, key: SigningKey) -> None:
    """Write a private key to a new file that its owner alone can read.

    Raises:
        KeyFileProblem: The file is there already, or cannot be written.
    """
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(private_pem(key))
    except FileExistsError as error:
        raise KeyFileProblem(f"{path} is there already; nothing was overwritten") from error
    except OSError as error:
        raise KeyFileProblem(f"{path} cannot be written") from error


def read_public_key(text: str) -> bytes:
    """Read a public key: the base64 of its 32 bytes, PEM, or the path of a file that holds one of them.

    Raises:
        KeyFileProblem: There is none.  Whether the bytes are a point of the curve is not looked at.
    """
    found = _public(text) or _public(_text_of(Path(text)))
    if found is None:
        raise KeyFileProblem(f"{text} holds no Ed25519 public key in PEM (SPKI) or base64")
    return found


def _public(text: str) -> bytes | None:
    found = _key_bytes(text, "PUBLIC KEY", _PUBLIC_HEAD)
    return found if found is not None and len(found) == PUBLIC_KEY_BYTES else None


def _text_of(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError, ValueError) as error:
        raise KeyFileProblem(f"{path} cannot be read") from error


def _key_bytes(text: str, kind: str, head: bytes) -> bytes | None:
    armoured = _PEM.search(text)
    if armoured is None:
        return _decoded(text)
    der = _decoded(armoured["body"])
    if armoured["kind"] != kind or der is None or not der.startswith(head):
        return None
    return der.removeprefix(head)


def _decoded(text: str) -> bytes | None:
    letters = "".join(text.split()).replace("-", "+").replace("_", "/").rstrip("=")
    try:
        return base64.b64decode(letters + "=" * (-len(letters) % 4), validate=True)
    except (binascii.Error, ValueError):
        return None


def _pem(kind: str, der: bytes) -> str:
    return f"-----BEGIN {kind}-----\n{base64.b64encode(der).decode()}\n-----END {kind}-----\n"
