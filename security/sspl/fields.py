"""Header fields as they are read for a signature: each once, or not at all."""

from collections.abc import Iterable, Mapping

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
    fields: dict[str, str] = {}
    size = 0
    for raw_name, raw_value in raw:
        name = raw_name.decode("latin-1").lower()
        size += len(raw_name) + len(raw_value)
        if "_" in name:
            raise SignatureMalformed("a header name holds an underscore")
        if name in fields and (name in _ONCE or name.startswith(_SSPL)):
            raise SignatureMalformed(f"the header {name} comes twice")
        fields[name] = raw_value.decode("latin-1").strip(" \t")
    if len(fields) > MAX_FIELDS or size > MAX_FIELD_BYTES:
        raise SignatureMalformed("the request has too many headers")
    return fields


def is_visible(text: str) -> bool:
    """Tell whether a text is printable ASCII: then it is one line, and the same bytes everywhere."""
    return text.isascii() and text.isprintable()
