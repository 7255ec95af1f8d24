"""What every answer says to browsers: guess no type, frame nothing, tell nobody where you came from."""

from collections.abc import Iterable, Mapping

from security.asgi import ASGIApp, Message, Receive, Scope, Send

Header = tuple[bytes, bytes]

# An answer of the API is no page: it may load nothing, and be framed by nobody.
API_POLICY = b"default-src 'none'; frame-ancestors 'none'"
TWO_YEARS = b"max-age=63072000; includeSubDomains"

# With any of these somebody proves who they are, so what is answered is theirs.
_PROOFS = frozenset({b"authorization", b"cookie", b"signature", b"x-api-key", b"x-sspl-signature"})
_ALWAYS = ((b"x-content-type-options", b"nosniff"), (b"referrer-policy", b"no-referrer"))
_NOT_KEPT = (b"cache-control", b"no-store")


class SecurityHeaders:
    """Pure ASGI middleware around everything; what an answer says itself stays.

    ``policies`` are content security policies of pages, by their paths; ``behind_tls`` says that every client
    comes over HTTPS.
    """

    def __init__(
        self, app: ASGIApp, *, policies: Mapping[str, str] | None = None, behind_tls: bool = False
    ) -> None:
        self._app = app
        always = (*_ALWAYS, (b"strict-transport-security", TWO_YEARS)) if behind_tls else _ALWAYS
        self._of_others = _with_policy(always, API_POLICY)
        self._of_pages = {
            path: _with_policy(always, policy.encode("ascii")) for path, policy in (policies or {}).items()
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request; other scopes pass through."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = self._completed(scope, message.get("headers", ()))
            await send(message)

        await self._app(scope, receive, send_with_headers)

    def _completed(self, scope: Scope, said: Iterable[Header]) -> list[Header]:
        """Return what is said, and what has to be said besides."""
        headers = list(said)
        names = {name.lower() for name, _ in headers}
        headers += [
            header for header in self._of_pages.get(scope["path"], self._of_others) if header[0] not in names
        ]
        if _NOT_KEPT[0] not in names and not _PROOFS.isdisjoint([name for name, _ in scope["headers"]]):
            headers.append(_NOT_KEPT)
        return headers


def _with_policy(headers: tuple[Header, ...], policy: bytes) -> tuple[Header, ...]:
    return (*headers, (b"content-security-policy", policy))
