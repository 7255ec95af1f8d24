"""Ed25519 as strict as it comes: no key of small order, one encoding for each key and signature."""

from nacl.bindings import crypto_core_ed25519_is_valid_point, crypto_sign_open
from nacl.exceptions import BadSignatureError

PUBLIC_KEY_BYTES = 32
SIGNATURE_BYTES = 64


def is_valid_public_key(public_key: bytes) -> bool:
    """Tell whether these bytes are a key that can be trusted with a signature.

    False for another length, for what is no point of the curve or not its canonical encoding, and for points
    of small order: under those, some libraries accept a signature that nobody made.
    """
    return len(public_key) == PUBLIC_KEY_BYTES and crypto_core_ed25519_is_valid_point(public_key)


def is_signed(message: bytes, signature: bytes, public_key: bytes) -> bool:
    """Tell whether the owner of the key signed the message.  Malleable signatures (S ≥ L) count as forged."""
    if len(signature) != SIGNATURE_BYTES or len(public_key) != PUBLIC_KEY_BYTES:
        return False
    try:
        crypto_sign_open(signature + message, public_key)
    except BadSignatureError:
        return False
    return True
