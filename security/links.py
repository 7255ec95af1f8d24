"""Links to media that carry their own, expiring proof: players cannot send headers.

``?expires=<Unix s>&signature=<base64url HMAC-SHA256>`` over the path and the moment, with a key of this
installation.
"""

import hmac
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from datetime import datetime, timedelta
from hashlib import sha256

VALID_FOR = timedelta(hours=1)


class Links:
    """Signs paths of media, and knows its own signatures again."""

    def __init__(self, key: bytes, *, valid_for: timedelta = VALID_FOR) -> None:
        self._key = key
        self._valid_for = valid_for

    def signed(self, path: str, *, now: datetime) -> str:
        """Return the path with a signature that holds for a while."""
        expires = str(int((now + self._valid_for).timestamp()))
        return f"{path}?expires={expires}&signature={self._signature(path, expires)}"

    def holds(self, path: str, query: Mapping[str, str], *, now: datetime) -> bool:
        """Tell whether a query proves the right to read a path now."""
        expires, signature = query.get("expires", ""), query.get("signature", "")
        if not (expires.isascii() and expires.isdecimal() and len(expires) < 13):
            return False
        genuine = hmac.compare_digest(signature.encode(), self._signature(path, expires).encode())
        return genuine and int(expires) >= now.timestamp()

    def _signature(self, path: str, expires: str) -> str:
        signed = hmac.digest(self._key, f"GET\n{path}\n{expires}".encode(), sha256)
        return urlsafe_b64encode(signed).decode().rstrip("=")
