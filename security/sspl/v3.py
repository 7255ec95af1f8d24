"""SSPL v3: a strict profile of HTTP Message Signatures (RFC 9421)."""

from collections.abc import Sequence
from dataclasses import dataclass

from core_integrator.contracts.errors import (
    CoverageIncomplete,
    SignatureMalformed,
    SignatureMissing,
    SignatureUnsupported,
)
from security.sspl import syntax
from security.sspl.digest import ExpectedDigests, read_digests
from security.sspl.ed25519 import SIGNATURE_BYTES
from security.sspl.fields import is_visible
from security.sspl.request import SignedRequest
from security.sspl.structured import Member, Parameters, parse_dictionary

TAG = "sspl-v3"
ALGORITHM = "ed25519"

_TARGET = ("@method", "@authority", "@path", "@query")
_BODY = ("content-digest", "content-type")
# Fields that RFC 9421 would combine or rewrite are kept out.
_COMPONENTS = frozenset({*_TARGET, *_BODY, "content-length", "idempotency-key", "x-sspl-subject"})
_REQUIRED = ("created", "nonce", "keyid")
_PARAMETERS = frozenset({*_REQUIRED, "expires", "alg", "tag"})
_MAX_INPUT = 4096
_MAX_SIGNATURE = 1024


@dataclass(frozen=True, slots=True)
class V3Signature:
    """A signature as the caller presents it; nothing of it is believed yet."""

    key_id: str
    nonce: str
    created: int
    expires: int | None
    components: Sequence[str]
    params: str
    signature: bytes
    digests: ExpectedDigests

    def check_coverage(self, request: SignedRequest) -> None:
        """Let a signature pass that covers the target, and the body if there is one.

        Raises:
            CoverageIncomplete: Something that counts could be changed under it.
        """
        needed = (*_TARGET, *_BODY) if request.has_body else _TARGET
        left_out = [name for name in needed if name not in self.components]
        if left_out:
            raise CoverageIncomplete(f"the signature does not cover {left_out[0]}")

    def base(self, request: SignedRequest) -> bytes:
        """Return the bytes that were signed.

        Raises:
            CoverageIncomplete: A covered field is not there.
            SignatureMalformed: A covered value is no plain line of ASCII.
        """
        lines = [f'"{name}": {_value(name, request)}' for name in self.components]
        lines.append(f'"@signature-params": {self.params}')
        return "\n".join(lines).encode("ascii")


def read_v3(request: SignedRequest) -> V3Signature:
    """Read the one signature with our tag; others, and the label, mean nothing.

    Raises:
        SignatureMissing: ``Signature-Input`` or ``Signature`` is missing.
        SignatureMalformed: They are not written as they have to be.
        SignatureUnsupported: Tag, algorithm or digest is not ours.
        CoverageIncomplete: ``created``, ``nonce`` or ``keyid`` is missing.
    """
    label, (items, parameters) = _ours(request)
    _check_parameters(parameters)
    components = _components(items)
    return V3Signature(
        key_id=syntax.key_id(parameters["keyid"]),
        nonce=syntax.nonce(parameters["nonce"]),
        created=_seconds(parameters["created"]),
        expires=_seconds(parameters["expires"]) if "expires" in parameters else None,
        components=components,
        params=_written(components, parameters),
        signature=_signature(request, label),
        digests=read_digests(request.fields.get("content-digest")),
    )


def _ours(request: SignedRequest) -> tuple[str, Member]:
    members = parse_dictionary(_field(request, "signature-input", _MAX_INPUT), "Signature-Input")
    tagged = [
        (label, member)
        for label, member in members.items()
        if isinstance(member[0], list) and _is_text(member[1].get("tag"), TAG)
    ]
    if not tagged:
        raise SignatureUnsupported(f'no signature carries tag="{TAG}"')
    if len(tagged) > 1:
        raise SignatureMalformed(f'more than one signature carries tag="{TAG}"')
    return tagged[0]


def _is_text(value: object, text: str) -> bool:
    # A token of the same letters compares equal, and is written without quotes.
    return isinstance(value, str) and value == text


def _field(request: SignedRequest, name: str, limit: int) -> str:
    value = request.fields.get(name)
    if value is None:
        raise SignatureMissing(f"the request has no {name} header")
    if len(value) > limit:
        raise SignatureMalformed(f"the {name} header is longer than {limit} bytes")
    return value


def _check_parameters(parameters: Parameters) -> None:
    if not parameters.keys() <= _PARAMETERS:
        raise SignatureMalformed("the signature has a parameter that is not used here")
    for name in _REQUIRED:
        if name not in parameters:
            raise CoverageIncomplete(f"the signature has no {name}")
    # The registered key decides the algorithm; a message can only contradict it.
    if not _is_text(parameters.get("alg", ALGORITHM), ALGORITHM):
        raise SignatureUnsupported("sign with ed25519")
    if "expires" in parameters and _seconds(parameters["expires"]) < _seconds(parameters["created"]):
        raise SignatureMalformed("the signature expires before it was made")


def _seconds(value: object) -> int:
    if type(value) is not int or value < 0:
        raise SignatureMalformed("created and expires are whole Unix seconds")
    return value


def _components(items: Sequence[Member]) -> Sequence[str]:
    names: list[str] = []
    for name, parameters in items:
        if not isinstance(name, str) or parameters or name not in _COMPONENTS or name in names:
            raise SignatureMalformed("the signature covers something that is not used here")
        names.append(name)
    return names


def _written(components: Sequence[str], parameters: Parameters) -> str:
    """Return the signature's parameters in their canonical form (RFC 9421, section 2.3).

    All of them were checked: whole numbers, and texts without anything that would have to be escaped.
    """
    names = " ".join(f'"{name}"' for name in components)
    written = [
        f";{name}={value if isinstance(value, int) else _quoted(value)}" for name, value in parameters.items()
    ]
    return f"({names}){''.join(written)}"


def _quoted(value: str) -> str:
    return f'"{value}"'


def _signature(request: SignedRequest, label: str) -> bytes:
    members = parse_dictionary(_field(request, "signature", _MAX_SIGNATURE), "Signature")
    signature, parameters = members.get(label, (None, {}))
    if not isinstance(signature, bytes) or len(signature) != SIGNATURE_BYTES or parameters:
        raise SignatureMalformed("the Signature header holds no Ed25519 signature under this label")
    return signature


def _value(name: str, request: SignedRequest) -> str:
    if name == "@method":
        return request.method
    if name == "@authority":
        return request.authority
    if name == "@path":
        return request.path
    if name == "@query":
        return f"?{request.query}"
    value = request.fields.get(name)
    if value is None:
        raise CoverageIncomplete(f"the signature covers {name}, which is not there")
    if not is_visible(value):
        raise SignatureMalformed(f"the {name} header is no plain ASCII")
    return value
