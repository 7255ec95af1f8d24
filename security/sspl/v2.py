"""SSPL v2: as strong as v3, in five ``X-SSPL-*`` headers and one fixed text.

For callers without structured fields: ten lines in any language.
"""

import re
from dataclasses import dataclass

from core_integrator.contracts.errors import SignatureMalformed, SignatureMissing
from security.sspl import syntax
from security.sspl.ed25519 import SIGNATURE_BYTES
from security.sspl.fields import is_visible
from security.sspl.request import SignedRequest

# Fifteen digits: beyond any date, and short enough for every language's whole numbers.
_SECONDS = re.compile(r"0|[1-9][0-9]{0,14}")


@dataclass(frozen=True, slots=True)
class V2Signature:
    """A signature as the caller presents it; nothing of it is believed yet."""

    key_id: str
    nonce: str
    created: int
    signature: bytes

    def base(self, request: SignedRequest, body_sha256: bytes) -> bytes:
        """Return the bytes that were signed: ten lines, of which none can hold another.

        Raises:
            SignatureMalformed: The content type is no plain line of ASCII.
        """
        content_type = request.fields.get("content-type", "")
        if not is_visible(content_type):
            raise SignatureMalformed("the content-type header is no plain ASCII")
        lines = (
            "SSPL-2",
            request.method,
            request.authority,
            request.path,
            request.query,
            content_type,
            body_sha256.hex(),
            str(self.created),
            self.nonce,
            self.key_id,
        )
        return "\n".join(lines).encode("ascii")


def read_v2(request: SignedRequest) -> V2Signature:
    """Read the signature.

    Raises:
        SignatureMissing: One of the headers is missing.
        SignatureMalformed: One of them is not written as it has to be.
    """
    created = _header(request, "x-sspl-timestamp")
    nonce = _header(request, "x-sspl-nonce")
    key_id = _header(request, "x-sspl-key-id")
    signature = syntax.strict_base64(_header(request, "x-sspl-signature"))
    if not _SECONDS.fullmatch(created):
        raise SignatureMalformed("X-SSPL-Timestamp is not whole Unix seconds")
    if signature is None or len(signature) != SIGNATURE_BYTES:
        raise SignatureMalformed("X-SSPL-Signature is not 64 bytes in padded base64")
    return V2Signature(syntax.key_id(key_id), syntax.nonce(nonce), int(created), signature)


def _header(request: SignedRequest, name: str) -> str:
    value = request.fields.get(name)
    if value is None:
        raise SignatureMissing(f"the request has no {name} header")
    return value
