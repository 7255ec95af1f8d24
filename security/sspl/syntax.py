"""What nonces, key ids and signatures look like, in every form."""

import base64
import binascii
import re

from core_integrator.contracts.errors import SignatureMalformed

_NONCE = re.compile(r"[A-Za-z0-9_-]{16,86}")
_KEY_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,63}")


def nonce(value: object) -> str:
    """Return a nonce that is one.

    Raises:
        SignatureMalformed: It is too short, too long, or of other characters.
    """
    if not isinstance(value, str) or not _NONCE.fullmatch(value):
        raise SignatureMalformed("the nonce is not 16 to 86 letters, digits, - or _")
    return value


def key_id(value: object) -> str:
    """Return a key id that can be one.

    Raises:
        SignatureMalformed: It cannot be registered.
    """
    if not isinstance(value, str) or not _KEY_ID.fullmatch(value):
        raise SignatureMalformed("the key id is not written as one")
    return value


def strict_base64(value: str) -> bytes | None:
    """Decode padded, canonical base64; none if it is not that."""
    try:
        decoded = base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        return None
    return decoded if base64.b64encode(decoded).decode() == value else None
