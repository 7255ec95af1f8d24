"""Which keys and signatures are accepted at all."""

import base64

import pytest

from security.sspl.ed25519 import is_signed, is_valid_public_key
from tests.security.sspl.vectors import vectors

ORDER = 2**252 + 27742317777372353535851937790883648493


@pytest.mark.parametrize("key", vectors()["reject_public_keys_hex"])
def test_keys_of_small_order_or_odd_encoding_are_no_keys(key: str) -> None:
    """Under such a key anybody can make a signature."""
    assert not is_valid_public_key(bytes.fromhex(key))
    assert not any(
        is_signed(bytes([n]), bytes.fromhex(key) + bytes(32), bytes.fromhex(key)) for n in range(80)
    )


def test_real_keys_are_keys() -> None:
    """The guard against odd keys keeps no real one out."""
    for key in vectors()["keys"].values():
        assert is_valid_public_key(base64.b64decode(key["public_key_b64"]))
    assert not is_valid_public_key(b"short")


@pytest.mark.parametrize("case", vectors()["rfc8032"], ids=["empty", "one byte", "two bytes"])
def test_the_rfc_examples_verify_and_nothing_else(case: dict[str, str]) -> None:
    """RFC 8032, tests 1 to 3; a changed message or signature, or the same one plus the order, is forged."""
    message, signature = bytes.fromhex(case["message_hex"]), bytes.fromhex(case["signature"])
    key = bytes.fromhex(case["public"])
    again = int.from_bytes(signature[32:], "little") + ORDER

    assert is_signed(message, signature, key)
    assert not is_signed(message + b"x", signature, key)
    assert not is_signed(message, signature[:-1], key)
    assert not is_signed(message, signature[:32] + again.to_bytes(32, "little"), key)


def test_the_example_of_rfc_9421_verifies() -> None:
    """B.2.6, the standard's own Ed25519 signature base."""
    case = vectors()["rfc9421_B_2_6"]
    key = base64.urlsafe_b64decode(case["public_b64url"] + "=")

    assert is_signed(case["signature_base"].encode(), base64.b64decode(case["signature_b64"]), key)
