"""What a signing key is ordered as: whose it is, what it may do, and what cannot be."""

import base64
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256

from core_integrator.contracts.errors import InvalidArgument
from core_integrator.contracts.principals import ANYBODY
from core_integrator.contracts.signing import LegacyForm
from security.sspl.ed25519 import is_valid_public_key

# A key without a first day was good ever since.
ALWAYS = datetime(1970, 1, 1, tzinfo=UTC)
# Beyond, a moment of another time zone may have no date in UTC.
_LAST = datetime(9999, 1, 1, tzinfo=UTC)

_KEY_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,63}")
_OWNER = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_SUBJECT = re.compile(r"[A-Za-z0-9_-]{1,64}")
_SCOPE = re.compile(r"\*|[a-z]+:(\*|[a-z]+(:[a-z][a-z0-9_]{0,63})?)")


@dataclass(frozen=True, slots=True)
class KeyOrder:
    """A key that is to be registered: whose it is, and what it may do."""

    public_key: bytes
    owner: str
    scopes: frozenset[str]
    subjects: frozenset[str]
    key_id: str | None = None
    not_before: datetime = ALWAYS
    not_after: datetime | None = None
    legacy: frozenset[LegacyForm] = frozenset()
    legacy_until: datetime | None = None

    def refuse_impossible(self, now: datetime) -> None:
        """Accept nothing that no key can be.

        Raises:
            InvalidArgument: The key is none, or a name, scope or date cannot be.
        """
        if not is_valid_public_key(self.public_key):
            raise InvalidArgument("the public key is no Ed25519 key that can be trusted")
        _refuse_unnamed(self)
        if not all(
            ALWAYS <= at <= _LAST for at in (self.not_before, self.not_after, self.legacy_until) if at
        ):
            raise InvalidArgument("dates lie between the years 1970 and 9998")
        if self.legacy and self.legacy_until is None:
            raise InvalidArgument("the old forms need a last day: they can never be made fully safe")
        if self.legacy_until is not None and not self.legacy:
            raise InvalidArgument("a last day of the old forms needs the forms")
        if self.not_after is not None and self.not_after <= max(self.not_before, now):
            raise InvalidArgument("the key would end before it begins")


def _refuse_unnamed(order: KeyOrder) -> None:
    if order.key_id is not None and not _KEY_ID.fullmatch(order.key_id):
        raise InvalidArgument("a key id has 1 to 64 of A-Z a-z 0-9 . _ : - and begins with a letter or digit")
    if not _OWNER.fullmatch(order.owner):
        raise InvalidArgument("an owner has 1 to 64 of A-Z a-z 0-9 . _ - and begins with a letter or digit")
    if not order.scopes or not all(map(_SCOPE.fullmatch, order.scopes)):
        raise InvalidArgument("scopes look like core:write, core:write:video, history:read or admin:*")
    if not order.subjects or not all(name == ANYBODY or _SUBJECT.fullmatch(name) for name in order.subjects):
        raise InvalidArgument("subjects are user ids, or * for any")


def thumbprint(public_key: bytes) -> str:
    """Return the RFC 7638 thumbprint of the key as a JSON Web Key (RFC 8037): 43 base64url letters."""
    x = base64.urlsafe_b64encode(public_key).decode().rstrip("=")
    digest = sha256(f'{{"crv":"Ed25519","kty":"OKP","x":"{x}"}}'.encode()).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def default_key_id(public_key: bytes) -> str:
    """Return the id of a key that nobody named: its thumbprint, after ``jkt:`` where it begins ill."""
    own = thumbprint(public_key)
    return own if _KEY_ID.fullmatch(own) else f"jkt:{own}"
