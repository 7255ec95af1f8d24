"""Who shows a token or an API key, and what that allows: asked at every request."""

from functools import lru_cache

from core_integrator.contracts.clock import Clock
from core_integrator.contracts.errors import Unauthenticated
from core_integrator.contracts.principals import ANYBODY, Principal, Proof, Role
from security.api_keys import PREFIX, KeyDigests, key_id_in
from security.roles import permissions_of
from security.standings import Standings
from security.tokens import Tokens
from security.usage import UsageTally


class Authentication:
    """Tells who is asking; a token costs no look into the database."""

    def __init__(
        self, tokens: Tokens, digests: KeyDigests, standings: Standings, tally: UsageTally, clock: Clock
    ) -> None:
        self._tokens = tokens
        self._digests = digests
        self._standings = standings
        self._tally = tally
        self._clock = clock

    async def authenticate(self, *, authorization: str | None, api_key: str | None) -> Principal | None:
        """Return who shows something; none if nothing is shown.

        ``authorization`` is that header (``Bearer`` and a token or an API key), ``api_key`` is ``X-API-Key``.

        Raises:
            Unauthenticated: What is shown proves nothing, or no longer does.
            StorageUnavailable: Whether it still does cannot be found out.
        """
        if authorization is None and api_key is None:
            return None
        if authorization is not None and api_key is not None:
            raise Unauthenticated("show a token or an API key, not both")
        shown = api_key if authorization is None else _bearer(authorization)
        if shown is not None and (authorization is None or shown.startswith(PREFIX)):
            return await self._by_key(shown)
        return await self._by_token(shown or "")

    async def _by_token(self, token: str) -> Principal:
        claims = self._tokens.read(token, now=self._clock.now())
        await self._standings.hear()
        roles = self._standings.roles_now(claims.user_id, claims.roles)
        if roles is None or self._standings.has_ended(claims.session_id):
            raise Unauthenticated("the session has ended")
        return _principal(claims.user_id, roles, "token", claims.session_id)

    async def _by_key(self, shown: str) -> Principal:
        key_id = key_id_in(shown)
        if key_id is None:
            raise Unauthenticated("the API key proves nothing")
        await self._standings.hear()
        known = await self._standings.key(key_id)
        if known is None or not self._digests.is_of(known.digest, shown):
            raise Unauthenticated("the API key proves nothing")
        key = known.key
        late = key.expires_at is not None and key.expires_at <= self._clock.now()
        if late or not key.active or not known.owner.active:
            raise Unauthenticated("the API key is switched off or has expired")
        self._tally.count_key(key_id)
        return _principal(known.owner.id, known.owner.roles, "api_key", key_id, key.scopes)


def _bearer(authorization: str) -> str | None:
    scheme, _, shown = authorization.partition(" ")
    return shown.strip() if scheme.lower() == "bearer" else None


@lru_cache(maxsize=8192)
def _principal(
    user_id: str,
    roles: frozenset[Role],
    proof: Proof,
    credential: str,
    scopes: frozenset[str] = frozenset(),
) -> Principal:
    permissions = permissions_of(roles)
    whole = Principal(
        id=user_id,
        kind="service" if "service" in roles else "user",
        proof=proof,
        permissions=permissions,
        subjects=frozenset({user_id}),
        roles=roles,
        credential=credential,
    )
    # A scope that its owner no longer holds is worth nothing.
    allowed = frozenset(scope for scope in scopes if whole.may(scope)) if scopes else permissions
    for_anybody = allowed & {"*", "users:*", "users:any"}
    return Principal(
        id=user_id,
        kind=whole.kind,
        proof=proof,
        permissions=allowed,
        subjects=frozenset({ANYBODY}) if for_anybody else whole.subjects,
        roles=roles,
        credential=credential,
    )
