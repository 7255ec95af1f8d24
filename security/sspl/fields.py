"""Header fields as they are read for a signature: each once, or not at all."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from core_integrator.contracts.errors import SignatureMalformed

Fields = Mapping[str, str]

MAX_FIELDS = 100
MAX_FIELD_BYTES = 32 * 1024

# A second line of one of these could be read differently by us and by what serves the request.
_ONCE = frozenset(
    {
        "host",
        "signature",
        "signature-input",
        "content-digest",
        "content-type",
        "content-length",
        "content-encoding",
        "idempotency-key",
    }
)
_SSPL = "x-sspl-"


def read_fields(raw: Iterable[tuple[bytes, bytes]]) -> Fields:
    """Return the fields by lower-case name, without the white space around their values.

    Raises:
        SignatureMalformed: There are too many, a name holds ``_`` (proxies take it for ``-``), or a field
            that counts for signatures comes twice.
    """
    lines = list(raw)
    names = [name.decode("latin-1").lower() for name, _ in lines]
    values = [value.decode("latin-1").strip(" \t") for _, value in lines]
    if "_" in "".join(names):
        raise SignatureMalformed("a header name holds an underscore")
    fields = dict(zip(names, values, strict=True))
    if len(fields) != len(names):
        _refuse_ambiguous(names)
    size = sum([len(name) + len(value) for name, value in lines])
    if len(fields) > MAX_FIELDS or size > MAX_FIELD_BYTES:
        raise SignatureMalformed("the request has too many headers")
    return fields


def _refuse_ambiguous(names: Sequence[str]) -> None:
    for name, count in Counter(names).items():
        if count > 1 and (name in _ONCE or name.startswith(_SSPL)):
            raise SignatureMalformed(f"the header {name} comes twice")


def is_visible(text: str) -> bool:
    """Tell whether a text is printable ASCII: then it is one line, and the same bytes everywhere."""
    return text.isascii() and text.isprintable()
