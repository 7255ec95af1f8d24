"""A request as a signature sees it: all but the body, checked for what could be misread."""

from dataclasses import dataclass

from core_integrator.contracts.errors import SignatureMalformed, TooLarge, UnsupportedMediaType
from security.asgi import Scope
from security.sspl.fields import Fields, read_fields
from security.sspl.target import authority, raw_path, raw_query

_DIGITS = 18  # more of them than any limit has


@dataclass(frozen=True, slots=True)
class SignedRequest:
    """Method, target and header fields of a request; ``path`` and ``query`` as they were sent."""

    method: str
    authority: str
    path: str
    query: str
    fields: Fields

    @property
    def has_body(self) -> bool:
        """Tell whether a body is announced."""
        return self.fields.get("content-length", "0").strip("0") != "" or "transfer-encoding" in self.fields


def read_request(scope: Scope, *, authorities: frozenset[str], limit_bytes: int) -> SignedRequest:
    """Read a request's head.

    Raises:
        SignatureMalformed: Its target or its header fields can be read in more than one way.
        SignatureInvalid: It is addressed to another host.
        TooLarge: It announces a body of more than ``limit_bytes``.
        UnsupportedMediaType: Its body is compressed; the signature would cover other bytes than are read.
    """
    fields = read_fields(scope["headers"])
    request = SignedRequest(
        method=scope["method"],
        authority=authority(fields, authorities),
        path=raw_path(scope),
        query=raw_query(scope),
        fields=fields,
    )
    _check_body(fields, limit_bytes)
    return request


def _check_body(fields: Fields, limit_bytes: int) -> None:
    length = fields.get("content-length", "0")
    if not (length.isascii() and length.isdecimal()):
        raise SignatureMalformed("Content-Length is no number")
    if len(length) > _DIGITS or int(length) > limit_bytes:
        raise TooLarge(limit_bytes)
    if fields.get("content-encoding", "identity").lower() != "identity":
        raise UnsupportedMediaType("send a signed body without Content-Encoding")
