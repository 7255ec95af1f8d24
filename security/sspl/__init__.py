"""SSPL: signed requests.  v3 is a profile of RFC 9421 and RFC 9530, v2 the same in fixed headers."""

from security.sspl.ed25519 import is_valid_public_key
from security.sspl.guard import SignatureGuard
from security.sspl.routes import SignedRoute, SignedRoutes
from security.sspl.verifier import RequestVerifier

__all__ = ["RequestVerifier", "SignatureGuard", "SignedRoute", "SignedRoutes", "is_valid_public_key"]
