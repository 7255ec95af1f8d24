"""What admins do to other people's accounts."""

from collections.abc import Sequence

from pydantic import JsonValue

from core_integrator.contracts.accounts import LastAdmin, User, UserStore
from core_integrator.contracts.errors import NotFound, WrongState
from core_integrator.contracts.principals import Role
from security.identities.trail import Actor, Origin, Trail
from security.standings import Standings


class Administration:
    """Shows and changes accounts; whoever asks has been found entitled before."""

    def __init__(self, users: UserStore, standings: Standings, trail: Trail) -> None:
        self._users = users
        self._standings = standings
        self._trail = trail

    async def listed(self, *, after: str | None = None, limit: int = 100) -> Sequence[User]:
        """Return users, oldest first, from behind the id ``after``."""
        return await self._users.listed(after=after, limit=limit)

    async def find(self, login: str) -> User:
        """Return a user by id, e-mail address or user name.

        Raises:
            NotFound: There is none.
        """
        user = await self._users.find(login)
        if user is None:
            found = await self._users.credentials(login)
            user = found.user if found else None
        if user is None:
            raise NotFound("user")
        return user

    async def set_roles(self, by: Actor, user_id: str, roles: frozenset[Role], origin: Origin) -> User:
        """Say what a user may do from now on.

        Raises:
            NotFound: There is no such user.
            WrongState: Nobody would be left who may manage users.
        """
        before = await self._known(user_id)
        if "admin" not in roles:
            await self._refuse_last_admin("auth.roles", by, user_id, origin)
        detail: dict[str, JsonValue] = {"before": [*sorted(before.roles)], "after": [*sorted(roles)]}
        await self._trail.record("auth.roles", by, user_id, origin, detail)
        try:
            changed = await self._users.set_roles(user_id, roles)
        except LastAdmin as error:
            raise self._last_admin("auth.roles", by, user_id, origin) from error
        return self._done(changed)

    async def set_active(self, by: Actor, user_id: str, origin: Origin, *, active: bool) -> User:
        """Shut an account, which ends its sessions, or open it again.

        Raises:
            NotFound: There is no such user.
            WrongState: Nobody would be left who may manage users.
        """
        await self._known(user_id)
        if not active:
            await self._refuse_last_admin("auth.active", by, user_id, origin)
        await self._trail.record("auth.active", by, user_id, origin, {"active": active})
        try:
            changed = await self._users.set_active(user_id, active=active)
        except LastAdmin as error:
            raise self._last_admin("auth.active", by, user_id, origin) from error
        return self._done(changed)

    async def delete(self, by: Actor, user_id: str, origin: Origin) -> None:
        """Forget an account; what the memory holds of its user is erased elsewhere.

        Raises:
            NotFound: There is no such user.
            WrongState: Nobody would be left who may manage users.
        """
        await self._known(user_id)
        await self._refuse_last_admin("auth.delete", by, user_id, origin)
        await self._trail.record("auth.delete", by, user_id, origin)
        try:
            await self._users.delete(user_id)
        except LastAdmin as error:
            raise self._last_admin("auth.delete", by, user_id, origin) from error
        self._standings.expect_news()

    async def _known(self, user_id: str) -> User:
        user = await self._users.find(user_id)
        if user is None:
            raise NotFound("user")
        return user

    def _done(self, changed: User | None) -> User:
        self._standings.expect_news()
        if changed is None:
            raise NotFound("user")
        return changed

    async def _refuse_last_admin(self, action: str, by: Actor, user_id: str, origin: Origin) -> None:
        if await self._users.is_last_admin(user_id):
            raise self._last_admin(action, by, user_id, origin)

    def _last_admin(self, action: str, by: Actor, user_id: str, origin: Origin) -> WrongState:
        self._trail.note(action, by, user_id, origin, WrongState.code)
        return WrongState("this is the last admin; make another one first")
