"""Access tokens: short-lived JSON Web Tokens, signed with the hub's own Ed25519 key."""

import base64
import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

import jwt
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from core_integrator.contracts.accounts import User
from core_integrator.contracts.errors import StorageUnavailable, Unauthenticated
from core_integrator.contracts.principals import Role

LIFETIME_S = 1800
ISSUER = AUDIENCE = "core-integrator"

_ALGORITHM = "EdDSA"
# RFC 9068: an access token, and nothing else this key may ever sign.
_TYPE = "at+jwt"
_REQUIRED = ("exp", "iat", "iss", "aud", "sub", "jti", "sid", "roles")
_LONGEST = 4096
_REMEMBERED = 4096


@dataclass(frozen=True, slots=True)
class Claims:
    """What a token says: whose it is, of which session, and what roles its user had when it was made."""

    user_id: str
    session_id: str
    roles: frozenset[Role]
    expires_s: int


def new_key_pem() -> bytes:
    """Make a signing key; return it as PEM (PKCS #8)."""
    key = Ed25519PrivateKey.generate()
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def read_key_pem(pem: bytes) -> Ed25519PrivateKey:
    """Read a signing key.

    Raises:
        StorageUnavailable: It is no Ed25519 private key in PEM.
    """
    try:
        key = load_pem_private_key(pem, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise StorageUnavailable("the token key cannot be read: it is no private key in PEM") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise StorageUnavailable("the token key cannot be used: it is no Ed25519 key")
    return key


class Tokens:
    """Makes and reads access tokens; what one process makes, all with the same key can read."""

    def __init__(self, key: Ed25519PrivateKey) -> None:
        self._key = key
        self._public = key.public_key()
        raw = self._public.public_bytes(Encoding.Raw, PublicFormat.Raw)
        self._kid = base64.urlsafe_b64encode(hashlib.sha256(raw).digest()[:12]).decode()
        # A signature costs more than everything else about a request; failures are not remembered.
        self._verified = lru_cache(maxsize=_REMEMBERED)(self._verify)

    def issue(self, user: User, session_id: str, *, now: datetime) -> str:
        """Return a token for half an hour of a session."""
        issued_s = int(now.timestamp())
        claims = {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "sub": user.id,
            "sid": session_id,
            "jti": secrets.token_urlsafe(16),
            "iat": issued_s,
            "exp": issued_s + LIFETIME_S,
            "roles": sorted(user.roles),
        }
        return jwt.encode(claims, self._key, _ALGORITHM, headers={"kid": self._kid, "typ": _TYPE})

    def read(self, token: str, *, now: datetime) -> Claims:
        """Return what a token says.

        Raises:
            Unauthenticated: It is none of ours, was changed, or is too old.
        """
        if len(token) > _LONGEST:
            raise Unauthenticated("the token proves nothing")
        claims = self._verified(token)
        if claims.expires_s <= now.timestamp():
            raise Unauthenticated("the token has expired")
        return claims

    def _verify(self, token: str) -> Claims:
        try:
            read = jwt.decode_complete(
                token,
                self._public,
                algorithms=[_ALGORITHM],
                issuer=ISSUER,
                audience=AUDIENCE,
                # Times are held against our own clock, at every use and not only at the first.
                options={"require": list(_REQUIRED), "verify_exp": False, "verify_iat": False},
            )
        except (jwt.PyJWTError, RecursionError) as error:
            raise Unauthenticated("the token proves nothing") from error
        head, claims = read["header"], read["payload"]
        if head.get("kid") != self._kid or head.get("typ") != _TYPE:
            raise Unauthenticated("the token proves nothing")
        return Claims(claims["sub"], claims["sid"], frozenset(claims["roles"]), claims["exp"])
