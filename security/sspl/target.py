"""What a request is addressed to, byte for byte as it came over the wire."""

import re

from core_integrator.contracts.errors import SignatureInvalid, SignatureMalformed
from security.asgi import Scope
from security.sspl.fields import Fields, is_visible

# Whatever two programs might read as different paths: empty and dot segments, also when they are encoded,
# and encoded separators.  They are refused, never mended.
_AMBIGUOUS_PATH = re.compile(r"//|/\.{1,2}(?:/|$)|%2f|%5c|%2e|%00|[\\#?]", re.IGNORECASE)


def raw_path(scope: Scope) -> str:
    """Return the path as it was sent.

    Raises:
        SignatureMalformed: It can be read in more than one way.
    """
    path = (scope.get("raw_path") or b"").decode("latin-1")
    if not path.startswith("/") or not _is_plain(path) or _AMBIGUOUS_PATH.search(path):
        raise SignatureMalformed("the path can be read in more than one way")
    return path


def raw_query(scope: Scope) -> str:
    """Return the query as it was sent, without its question mark.

    Raises:
        SignatureMalformed: It is no ASCII without spaces, or holds ``#``.
    """
    query = scope.get("query_string", b"").decode("latin-1")
    if not _is_plain(query) or "#" in query:
        raise SignatureMalformed("the query holds characters that have to be encoded")
    return str(query)


def authority(fields: Fields, known: frozenset[str]) -> str:
    """Return the host the caller wants, in lower case; only ``Host`` counts, no header of a proxy.

    Raises:
        SignatureMalformed: There is no ``Host``.
        SignatureInvalid: It is not a name of this hub.
    """
    host = fields.get("host", "").lower()
    if not host:
        raise SignatureMalformed("the request names no Host")
    if host not in known:
        raise SignatureInvalid
    return host


def _is_plain(text: str) -> bool:
    return is_visible(text) and " " not in text
