"""API keys: ``hub_live_``, twelve letters that name it, ``_``, its secret, and six letters of a checksum.

The checksum lets scanners, and this hub, tell a key from something else without asking anybody.
"""

import hashlib
import hmac
import re
import secrets
import zlib

PREFIX = "hub_live_"

_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_ID_LENGTH = 12
_SECRET_BYTES = 32
_TAIL_LENGTH = 6
_SHAPE = re.compile(rf"({PREFIX}([0-9A-Za-z]{{12}})_[0-9A-Za-z_-]{{43}})([0-9A-Za-z]{{6}})")


def new_api_key() -> tuple[str, str]:
    """Make a key; return its id, which is no secret, and the whole key."""
    key_id = "".join(secrets.choice(_DIGITS) for _ in range(_ID_LENGTH))
    body = f"{PREFIX}{key_id}_{secrets.token_urlsafe(_SECRET_BYTES)}"
    return key_id, body + _tail(body)


def new_pepper() -> bytes:
    """Make a pepper."""
    return secrets.token_hex(_SECRET_BYTES).encode()


def key_id_in(text: str) -> str | None:
    """Return the id of a key; none if the text cannot be one."""
    shape = _SHAPE.fullmatch(text)
    if shape is None or _tail(shape[1]) != shape[3]:
        return None
    return shape[2]


class KeyDigests:
    """What is kept of keys: worth nothing without the pepper, which is kept elsewhere.

    A key is 256 random bits: nobody can guess it from its digest, however fast that is made.
    """

    def __init__(self, pepper: bytes) -> None:
        self._pepper = pepper

    def of(self, key: str) -> bytes:
        """Return a key's digest."""
        return hmac.digest(self._pepper, key.encode(), hashlib.sha256)

    def is_of(self, digest: bytes, key: str) -> bool:
        """Tell whether a digest is a key's, in the same time whatever the answer."""
        return hmac.compare_digest(digest, self.of(key))


def _tail(body: str) -> str:
    rest = zlib.crc32(body.encode())
    letters = []
    for _ in range(_TAIL_LENGTH):
        rest, digit = divmod(rest, len(_DIGITS))
        letters.append(_DIGITS[digit])
    return "".join(reversed(letters))
