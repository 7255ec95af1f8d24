"""The published old forms, L1 and L2, for keys that list them until a date.

L1 signs the body as Python's ``json`` writes it (or path and query), but neither time nor nonce, so they can
be changed under it; L2 signs ``timestamp:nonce:body``.  Neither names the method, the host or (L2) the path.
Statuses and messages are those of the published server.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode

from core_integrator.contracts.errors import (
    LegacyPartMissing,
    SignatureInvalid,
    SignatureMalformed,
    TimestampStale,
)
from core_integrator.contracts.signing import LegacyForm
from security.sspl import syntax
from security.sspl.ed25519 import PUBLIC_KEY_BYTES, SIGNATURE_BYTES
from security.sspl.request import SignedRequest

_TIMESTAMP = re.compile(r"[0-9]{1,12}(?:\.[0-9]{1,9})?")
_NONCE = re.compile(r"[\x21-\x7e]{1,128}")


@dataclass(frozen=True, slots=True)
class LegacySignature:
    """Signature and key as the caller presents them; the key only says which registered one to look up."""

    public_key: bytes
    signature: bytes


@dataclass(frozen=True, slots=True)
class LegacyStamp:
    """Time and nonce as the caller wrote them."""

    timestamp: str
    nonce: str

    @property
    def created(self) -> float:
        """Return the time in Unix seconds."""
        return float(self.timestamp)


def read_legacy(request: SignedRequest) -> LegacySignature:
    """Read signature and key; from headers alone, so that no stranger's body is read for them.

    Raises:
        LegacyPartMissing: One of them is missing.
        SignatureMalformed: Two different keys are named.
        SignatureInvalid: One of them is no base64 of the right length.
    """
    named = {request.fields[name] for name in ("x-sspl-pubid", "x-sspl-public-key") if name in request.fields}
    if len(named) > 1:
        raise SignatureMalformed("the request names two public keys")
    given = request.fields.get("x-sspl-signature")
    if not given or not named:
        raise LegacyPartMissing("Missing signature/public key")
    public_key, signature = syntax.strict_base64(named.pop()), syntax.strict_base64(given)
    if public_key is None or len(public_key) != PUBLIC_KEY_BYTES:
        raise SignatureInvalid
    if signature is None or len(signature) != SIGNATURE_BYTES:
        raise SignatureInvalid
    return LegacySignature(public_key, signature)


def read_stamp(request: SignedRequest, document: Mapping[str, Any] | None) -> LegacyStamp:
    """Read time and nonce from their headers, or from the body's members where a header is missing.

    Raises:
        LegacyPartMissing: One of them is nowhere.
        SignatureMalformed: The nonce is no text.
        TimestampStale: The time is no number.
    """
    timestamp = _part(request, document, "timestamp")
    nonce = _part(request, document, "nonce")
    if not timestamp or not nonce:
        raise LegacyPartMissing("Missing SSPL timestamp or nonce")
    if not _TIMESTAMP.fullmatch(timestamp):
        raise TimestampStale
    if not _NONCE.fullmatch(nonce):
        raise SignatureMalformed("the nonce is not 1 to 128 visible characters")
    return LegacyStamp(timestamp, nonce)


def has_stamp(request: SignedRequest) -> bool:
    """Tell whether time and nonce stand in headers, so that the time can be checked before the body comes."""
    return "x-sspl-timestamp" in request.fields and "x-sspl-nonce" in request.fields


def read_document(body: bytes) -> Mapping[str, Any] | None:
    """Read the body as the one JSON object it has to be; none if there is no body.

    Raises:
        SignatureMalformed: It is anything else, has a key twice, or a number that is none.
    """
    if not body:
        return None
    try:
        document = json.loads(body.decode("utf-8"), object_pairs_hook=_once, parse_constant=_no_number)
    except (ValueError, RecursionError):
        raise SignatureMalformed("the body is no strict JSON") from None
    if not isinstance(document, dict):
        raise SignatureMalformed("the body is no JSON object")
    return document


def messages(
    request: SignedRequest, stamp: LegacyStamp, body: bytes, document: Mapping[str, Any] | None
) -> dict[LegacyForm, bytes]:
    """Return the bytes that each old form signs.

    Raises:
        SignatureMalformed: The body holds a number that JSON cannot write.
    """
    return {
        "L1": _target(request) if document is None else _rewritten(document),
        "L2": f"{stamp.timestamp}:{stamp.nonce}:".encode() + body,
    }


def _part(request: SignedRequest, document: Mapping[str, Any] | None, name: str) -> str | None:
    header = request.fields.get(f"x-sspl-{name}")
    if header is not None or document is None or document.get(name) is None:
        return header
    value = document[name]
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise SignatureMalformed(f"the body's {name} is no text")
    return str(value)


def _target(request: SignedRequest) -> bytes:
    query = urlencode(parse_qsl(request.query, keep_blank_values=True))
    return f"{request.path}?{query}".encode("ascii")


def _rewritten(document: Mapping[str, Any]) -> bytes:
    try:
        text = json.dumps(document, sort_keys=True, separators=(",", ":"), allow_nan=False)
    except (ValueError, RecursionError):
        raise SignatureMalformed("the body is no strict JSON") from None
    return text.encode("ascii")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key comes twice")
    return found


def _no_number(name: str) -> None:
    raise ValueError(name)
