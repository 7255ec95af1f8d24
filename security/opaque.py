"""Opaque secrets that are good once: refresh tokens and tickets sent by mail.  Only their hashes are kept."""

import hashlib
import secrets

REFRESH = "hub_refresh_"
TICKET = "hub_ticket_"


def new_opaque(prefix: str) -> str:
    """Make a secret of 256 random bits; the prefix tells what was found when one leaks."""
    return prefix + secrets.token_urlsafe(32)


def hash_of(secret: str) -> bytes:
    """Return what is kept of such a secret; it cannot be guessed, so a plain hash is enough."""
    return hashlib.sha256(secret.encode()).digest()
