"""What every answer says to browsers: guess no type, frame nothing, tell nobody where you came from."""

from collections.abc import Mapping

from security.asgi import ASGIApp, Message, Receive, Scope, Send

# An answer of the API is no page: it may load nothing, and be framed by nobody.
API_POLICY = b"default-src 'none'; frame-ancestors 'none'"
TWO_YEARS = b"max-age=63072000; includeSubDomains"

# With any of these somebody proves who they are, so what is answered is theirs.
_PROOFS = frozenset({b"authorization", b"cookie", b"signature", b"x-api-key", b"x-sspl-signature"})
_ALWAYS = ((b"x-content-type-options", b"nosniff"), (b"referrer-policy", b"no-referrer"))


class SecurityHeaders:
    """Pure ASGI middleware around everything; what an answer says itself stays.

    ``policies`` are content security policies of pages, by their paths; ``behind_tls`` says that every client
    comes over HTTPS.
    """

    def __init__(
        self, app: ASGIApp, *, policies: Mapping[str, str] | None = None, behind_tls: bool = False
    ) -> None:
        self._app = app
        self._policies = {path: policy.encode("ascii") for path, policy in (policies or {}).items()}
        self._always = (*_ALWAYS, (b"strict-transport-security", TWO_YEARS)) if behind_tls else _ALWAYS

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request; other scopes pass through."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                said = list(message.get("headers", ()))
                names = {name.lower() for name, _ in said}
                wanted = (*self._always, *self._of_this(scope))
                message["headers"] = [*said, *(header for header in wanted if header[0] not in names)]
            await send(message)

        await self._app(scope, receive, send_with_headers)

    def _of_this(self, scope: Scope) -> list[tuple[bytes, bytes]]:
        policy = self._policies.get(scope["path"], API_POLICY)
        headers = [(b"content-security-policy", policy)]
        if any(name in _PROOFS for name, _ in scope["headers"]):
            headers.append((b"cache-control", b"no-store"))
        return headers
