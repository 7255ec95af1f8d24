"""Proof that whoever registers a public key holds the private one."""

import base64
import hmac
import secrets
from datetime import timedelta
from hashlib import sha256

from nacl.signing import SigningKey

from core_integrator.contracts.clock import Clock
from security.sspl.ed25519 import is_signed

LIFE = timedelta(minutes=10)
# Begins like no other text that is ever signed, so that no proof is a signature of something else.
_HEAD = b"INTEGRATOR-KEY-PROOF\n"


class Challenges:
    """Issues questions for a key and knows its own again; keeps nothing but a secret."""

    def __init__(self, secret: bytes, clock: Clock) -> None:
        self._secret = secret
        self._clock = clock

    def issue(self, public_key: bytes) -> str:
        """Return a challenge for the holder of this key, good for ten minutes."""
        ends = int((self._clock.now() + LIFE).timestamp())
        facts = f"{ends}.{secrets.token_urlsafe(18)}"
        return f"{facts}.{self._seal(facts, public_key)}"

    def holds(self, challenge: str, public_key: bytes) -> bool:
        """Tell whether the challenge was issued here for this key, and is still good."""
        facts, _, seal = challenge.rpartition(".")
        if not hmac.compare_digest(seal.encode(), self._seal(facts, public_key).encode()):
            return False
        return int(facts.partition(".")[0]) > self._clock.now().timestamp()

    def answered(self, challenge: str, proof: bytes, public_key: bytes) -> bool:
        """Tell whether the challenge holds, and the proof is this key's signature of it."""
        return self.holds(challenge, public_key) and is_signed(proof_message(challenge), proof, public_key)

    def _seal(self, facts: str, public_key: bytes) -> str:
        mac = hmac.digest(self._secret, facts.encode() + b"." + public_key, sha256)
        return base64.urlsafe_b64encode(mac[:18]).decode()


def proof_message(challenge: str) -> bytes:
    """Return the bytes that prove possession once they are signed."""
    return _HEAD + challenge.encode()


def prove(challenge: str, key: SigningKey) -> bytes:
    """Sign a challenge."""
    return key.sign(proof_message(challenge)).signature
