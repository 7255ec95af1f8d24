"""The key that signs heads and seals tails, and hashes addresses."""

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from functools import lru_cache, partial

from nacl.exceptions import BadSignatureError
from nacl.signing import SigningKey, VerifyKey
from pydantic import JsonValue

from core_integrator.contracts.audit import AuditTail
from core_integrator.contracts.errors import StorageUnavailable
from security.audit.chain import link

_PUBLIC = "public "


class AuditKey:
    """Signs with one key; trusts it and the older ones beside it.

    Made from the lines of a key file: 64 hexadecimal digits (the Ed25519 seed), then, for as long as what
    they signed is to be verified, a line ``public <64 hexadecimal digits>`` for each older key.
    """

    def __init__(self, lines: Sequence[str]) -> None:
        """Read the lines.

        Raises:
            StorageUnavailable: They hold no key.
        """
        try:
            seed, *older = lines
            self._signing = SigningKey(bytes.fromhex(seed))
            self._trusted = [self._signing.verify_key, *(_older(line) for line in older)]
        except (ValueError, TypeError) as error:
            raise StorageUnavailable("the key of the audit log is not 64 hexadecimal digits") from error
        salt = hashlib.blake2b(b"audit addresses", key=bytes(self._signing)).digest()
        # Few addresses ask often.
        self._hashed = lru_cache(maxsize=4096)(partial(_hashed, salt))

    @property
    def public(self) -> str:
        """Return the public key in hexadecimal."""
        return bytes(self._signing.verify_key).hex()

    def sign(self, purpose: str, message: bytes) -> str:
        """Return a signature in hexadecimal that is good for one purpose."""
        return self._signing.sign(_said(purpose, message)).signature.hex()

    def trusts(self, purpose: str, message: bytes, signature: str) -> bool:
        """Tell whether one of the trusted keys signed this."""
        return any(_verifies(key, _said(purpose, message), signature) for key in self._trusted)

    def hashed(self, address: str) -> str:
        """Return a stand-in for an address that only this installation can make; nothing for nothing."""
        return self._hashed(address) if address else ""

    def link(self, previous: str, facts: Mapping[str, JsonValue]) -> str:
        """Return the hash of a record's facts and, by the hash before, of all before."""
        return link(previous, facts)

    def seal(self, seq: int, head: str) -> str:
        """Return a signature that says: this is the newest."""
        return self.sign("tail", _tail(seq, head))

    def holds(self, tail: AuditTail) -> bool:
        """Tell whether a tail was sealed by a trusted key."""
        return self.trusts("tail", _tail(tail.seq, tail.hash), tail.seal)


def _hashed(salt: bytes, address: str) -> str:
    return hmac.digest(salt, address.encode(errors="replace"), "sha256").hex()[:16]


def _older(line: str) -> VerifyKey:
    return VerifyKey(bytes.fromhex(line.removeprefix(_PUBLIC)))


def _said(purpose: str, message: bytes) -> bytes:
    return f"integrator audit {purpose}\n".encode() + message


def _tail(seq: int, head: str) -> bytes:
    return f"{seq}\n{head}".encode()


def _verifies(key: VerifyKey, message: bytes, signature: str) -> bool:
    try:
        key.verify(message, bytes.fromhex(signature))
    except (BadSignatureError, ValueError, TypeError):
        return False
    return True
