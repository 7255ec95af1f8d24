"""``Content-Digest`` (RFC 9530): which body a header block speaks of."""

import hashlib
import hmac
from collections.abc import Mapping
from typing import Protocol

from core_integrator.contracts.errors import DigestMismatch, SignatureMalformed, SignatureUnsupported
from security.sspl.structured import parse_dictionary

_SIZES = {"sha-256": 32, "sha-512": 64}
_HASHES = {"sha-256": hashlib.sha256, "sha-512": hashlib.sha512}


class Hash(Protocol):
    """What takes the body in, piece by piece."""

    def update(self, data: bytes, /) -> None:
        """Take the next piece."""
        ...

    def digest(self) -> bytes:
        """Return the digest of all so far."""
        ...


class ExpectedDigests:
    """The digests a caller named, and the hashes that will tell whether the body has them."""

    def __init__(self, expected: Mapping[str, bytes]) -> None:
        self._expected = expected
        self._hashes = {name: _HASHES[name]() for name in expected}

    @property
    def hashes(self) -> tuple[Hash, ...]:
        """Return what the body has to go through."""
        return tuple(self._hashes.values())

    def check(self) -> None:
        """Compare, once the body is complete.

        Raises:
            DigestMismatch: It is another body.
        """
        for name, expected in self._expected.items():
            if not hmac.compare_digest(self._hashes[name].digest(), expected):
                raise DigestMismatch


def read_digests(value: str | None) -> ExpectedDigests:
    """Read a ``Content-Digest``; without one there is nothing to compare.  Unknown members are left out.

    Raises:
        SignatureMalformed: It is no dictionary of byte sequences, or a digest has the wrong length.
        SignatureUnsupported: It names neither SHA-256 nor SHA-512.
    """
    if value is None:
        return ExpectedDigests({})
    expected: dict[str, bytes] = {}
    for name, (item, parameters) in parse_dictionary(value, "Content-Digest").items():
        if name not in _SIZES:
            continue
        if not isinstance(item, bytes) or parameters or len(item) != _SIZES[name]:
            raise SignatureMalformed(f"Content-Digest: {name} is no digest")
        expected[name] = item
    if not expected:
        raise SignatureUnsupported("Content-Digest: send sha-256 or sha-512")
    return ExpectedDigests(expected)
