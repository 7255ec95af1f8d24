"""Registering, signing in, staying signed in, signing out."""

from dataclasses import dataclass, field
from datetime import timedelta

from core_integrator.contracts.accounts import Accounts, Credentials, Session, User
from core_integrator.contracts.clock import Clock, new_id
from core_integrator.contracts.errors import Forbidden, Unauthenticated
from core_integrator.contracts.principals import Principal
from security.identities.enrolment import Enrolment, Registration
from security.identities.postbox import Postbox
from security.identities.throttle import AttemptLimit, charge
from security.identities.trail import NOBODY, Origin, Trail, pseudonym, user_actor
from security.opaque import REFRESH, hash_of, new_opaque
from security.passwords import Passwords
from security.standings import Standings
from security.tokens import Tokens

SESSION_LIFETIME = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Grant:
    """What somebody who signed in gets."""

    user_id: str
    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)


class Entrance:
    """Lets people in and out."""

    def __init__(
        self,
        accounts: Accounts,
        enrolment: Enrolment,
        passwords: Passwords,
        tokens: Tokens,
        standings: Standings,
        postbox: Postbox,
        trail: Trail,
        clock: Clock,
        *,
        limit: AttemptLimit,
        verify_email: bool,
    ) -> None:
        self._accounts = accounts
        self._enrolment = enrolment
        self._passwords = passwords
        self._tokens = tokens
        self._standings = standings
        self._postbox = postbox
        self._trail = trail
        self._clock = clock
        self._limit = limit
        self._verify_email = verify_email

    async def register(self, wish: Registration, origin: Origin) -> tuple[User, Grant | None]:
        """Add an account and sign its user in; where addresses are verified, that comes first: no grant yet.

        Raises:
            WrongState: The e-mail address or the user name is another's.
            RateLimited: Too many were registered from there.
        """
        await charge(self._limit, "register", address=origin.address)
        found = await self._enrolment.enrol(wish, origin)
        if self._verify_email:
            await self._postbox.send_verification(found.user)
            return found.user, None
        return found.user, await self._enter(found, origin)

    async def login(self, login: str, password: str, origin: Origin) -> Grant:
        """Sign somebody in by e-mail address or user name.

        Raises:
            Unauthenticated: There is no such account, its password is another, or it is shut: one answer.
            Forbidden: The password is right, but the e-mail address must be verified first.
            RateLimited: There were too many attempts on this account, or from there.
        """
        await charge(self._limit, "login", account=login, address=origin.address)
        found = await self._accounts.users.credentials(login)
        right = await self._passwords.matches(password, found.password_hash if found else None)
        if found is None or not right or not found.user.active:
            target = found.user.id if found else pseudonym(login)
            self._trail.note("auth.login", NOBODY, target, origin, Unauthenticated.code)
            raise Unauthenticated("the e-mail address or the password is wrong")
        if self._verify_email and not found.user.verified:
            await self._postbox.send_verification(found.user)
            self._trail.note("auth.login", NOBODY, found.user.id, origin, Forbidden.code)
            raise Forbidden("the e-mail address is not verified; a mail says how")
        grant = await self._enter(found, origin)
        if self._passwords.is_outdated(found.password_hash):
            better = await self._passwords.hash(password)
            await self._accounts.users.renew_hash(found.user.id, better, version=found.version)
        return grant

    async def refresh(self, refresh_token: str, origin: Origin) -> Grant:
        """Go on with a session: a new access token, and the next refresh token.

        Raises:
            Unauthenticated: The refresh token is none, or too old, or its session ended.  One that was used
                before ends its session: it was stolen, from whom cannot be told.
        """
        following = new_opaque(REFRESH)
        rotation = await self._accounts.sessions.rotate(
            hash_of(refresh_token), hash_of(following), now=self._clock.now()
        )
        if rotation is None:
            raise Unauthenticated("the session has ended; sign in again")
        if rotation.reused:
            self._standings.expect_news()
            target = rotation.session.id
            self._trail.note("auth.refresh_reused", NOBODY, target, origin, Unauthenticated.code)
            raise Unauthenticated("the session has ended; sign in again")
        return self._grant(rotation.user, rotation.session, following)

    async def logout(self, principal: Principal, origin: Origin) -> None:
        """End the session of a token; all its tokens are refused from now on."""
        await self._accounts.sessions.end(principal.credential)
        self._standings.expect_news()
        actor = user_actor(principal.id)
        self._trail.note("auth.logout", actor, principal.credential, origin, "success")

    async def _enter(self, found: Credentials, origin: Origin) -> Grant:
        user = found.user
        session = Session(new_id("ses"), user.id, self._clock.now() + SESSION_LIFETIME)
        refresh_token = new_opaque(REFRESH)
        await self._trail.record("auth.login", user_actor(user.id), user.id, origin, {"session": session.id})
        opened = await self._accounts.sessions.open(session, hash_of(refresh_token), version=found.version)
        if not opened:
            self._trail.note("auth.login", NOBODY, user.id, origin, Unauthenticated.code)
            raise Unauthenticated("the e-mail address or the password is wrong")
        return self._grant(user, session, refresh_token)

    def _grant(self, user: User, session: Session, refresh_token: str) -> Grant:
        token = self._tokens.issue(user, session.id, now=self._clock.now())
        return Grant(user.id, token, refresh_token)
