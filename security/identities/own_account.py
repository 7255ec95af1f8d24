"""What users do to their own account."""

from core_integrator.contracts.accounts import Taken, User, UserStore
from core_integrator.contracts.errors import Forbidden, Unauthenticated, WrongState
from core_integrator.contracts.principals import Principal
from security.identities.enrolment import taken
from security.identities.throttle import AttemptLimit, charge
from security.identities.trail import Origin, Trail, user_actor
from security.passwords import Passwords
from security.standings import Standings


class OwnAccount:
    """Shows and changes the account of whoever asks."""

    def __init__(
        self,
        users: UserStore,
        passwords: Passwords,
        standings: Standings,
        trail: Trail,
        *,
        limit: AttemptLimit,
    ) -> None:
        self._users = users
        self._passwords = passwords
        self._standings = standings
        self._trail = trail
        self._limit = limit

    async def profile(self, principal: Principal) -> User:
        """Return the user.

        Raises:
            Unauthenticated: The account is gone.
        """
        return _there(await self._users.find(principal.id))

    async def rename(self, principal: Principal, *, username: str | None, full_name: str | None) -> User:
        """Change names; none leaves one as it is.

        Raises:
            WrongState: The user name is another's.
        """
        user = await self.profile(principal)
        try:
            renamed = await self._users.rename(
                user.id,
                username=user.username if username is None else username,
                full_name=user.full_name if full_name is None else full_name,
            )
        except Taken as error:
            raise taken(error) from error
        return _there(renamed)

    async def change_password(self, principal: Principal, current: str, new: str, origin: Origin) -> None:
        """Set a new password; every other session of the user ends.

        Raises:
            Forbidden: The current password is another.
            WrongState: It was changed meanwhile.
            RateLimited: There were too many attempts.
        """
        await charge(self._limit, "password", account=principal.id, address=origin.address)
        actor = user_actor(principal.id)
        found = await self._users.credentials_of(principal.id)
        right = await self._passwords.matches(current, found.password_hash if found else None)
        if found is None or not right:
            self._trail.note("auth.password_change", actor, principal.id, origin, Forbidden.code)
            raise Forbidden("the current password is another")
        kept = await self._passwords.hash(new)
        await self._trail.record("auth.password_change", actor, principal.id, origin)
        changed = await self._users.set_password(
            principal.id, kept, version=found.version, keep_session=principal.credential
        )
        self._standings.expect_news()
        if not changed:
            self._trail.note("auth.password_change", actor, principal.id, origin, WrongState.code)
            raise WrongState("the password was changed meanwhile")


def _there(user: User | None) -> User:
    if user is None:
        raise Unauthenticated("the account is gone")
    return user
