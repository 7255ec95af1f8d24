"""The API keys of a user."""

import re
from collections.abc import Sequence
from datetime import timedelta

from core_integrator.contracts.accounts import ApiKey, ApiKeyStore
from core_integrator.contracts.clock import Clock
from core_integrator.contracts.errors import Forbidden, InvalidPayload, NotFound, WrongState
from core_integrator.contracts.principals import Principal
from security.api_keys import KeyDigests, new_api_key
from security.identities.trail import Origin, Trail, actor_of
from security.standings import Standings
from security.usage import UsageTally

_SCOPE = re.compile(r"[a-z]+:[a-z]+(:[a-z][a-z0-9_]{0,63})?")


class KeyRing:
    """Makes, shows, switches and forgets API keys."""

    def __init__(
        self,
        keys: ApiKeyStore,
        digests: KeyDigests,
        standings: Standings,
        tally: UsageTally,
        trail: Trail,
        clock: Clock,
    ) -> None:
        self._keys = keys
        self._digests = digests
        self._standings = standings
        self._tally = tally
        self._trail = trail
        self._clock = clock

    async def create(
        self,
        principal: Principal,
        origin: Origin,
        *,
        service_name: str,
        key_name: str,
        scopes: frozenset[str] = frozenset(),
        lifetime: timedelta | None = None,
    ) -> tuple[ApiKey, str]:
        """Make a key; return it with its secret, which is shown this once.

        Raises:
            InvalidPayload: A scope is none.
            Forbidden: A scope is more than the user may do.
            WrongState: The user has too many keys.
        """
        _refuse_scopes(principal, scopes)
        key_id, shown = new_api_key()
        now = self._clock.now()
        key = ApiKey(
            id=key_id,
            user_id=principal.id,
            service_name=service_name,
            key_name=key_name,
            scopes=scopes,
            created_at=now,
            expires_at=None if lifetime is None else now + lifetime,
        )
        await self._trail.record(
            "auth.key_create", actor_of(principal), key_id, origin, {"scopes": [*sorted(scopes)]}
        )
        if not await self._keys.add(key, self._digests.of(shown)):
            self._trail.note("auth.key_create", actor_of(principal), key_id, origin, WrongState.code)
            raise WrongState("there are a hundred API keys already; delete one")
        return key, shown

    async def listed(self, principal: Principal) -> Sequence[ApiKey]:
        """Return the user's keys, oldest first."""
        await self._tally.write()
        return await self._keys.of_user(principal.id)

    async def toggle(self, principal: Principal, key_id: str, origin: Origin) -> ApiKey:
        """Switch a key off that is on, and on that is off.

        Raises:
            NotFound: The user has no such key.
        """
        wanted = not (await self._owned(principal, key_id)).active
        await self._trail.record("auth.key_toggle", actor_of(principal), key_id, origin, {"active": wanted})
        switched = await self._keys.set_active(principal.id, key_id, active=wanted)
        self._standings.expect_news()
        if switched is None:
            raise NotFound("API key")
        return switched

    async def delete(self, principal: Principal, key_id: str, origin: Origin) -> None:
        """Forget a key; it proves nothing any more.

        Raises:
            NotFound: The user has no such key.
        """
        await self._owned(principal, key_id)
        await self._trail.record("auth.key_delete", actor_of(principal), key_id, origin)
        await self._keys.delete(principal.id, key_id)
        self._standings.expect_news()

    async def _owned(self, principal: Principal, key_id: str) -> ApiKey:
        for key in await self._keys.of_user(principal.id):
            if key.id == key_id:
                return key
        raise NotFound("API key")


def _refuse_scopes(principal: Principal, scopes: frozenset[str]) -> None:
    for scope in sorted(scopes):
        if not _SCOPE.fullmatch(scope):
            raise InvalidPayload(
                [{"path": "scopes", "reason": "a scope looks like core:write or core:write:video"}]
            )
        if not principal.may(scope):
            raise Forbidden("a key can do no more than its owner", details={"scope": scope})
