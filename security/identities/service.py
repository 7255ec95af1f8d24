"""All that is done with identities, put together."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from core_integrator.contracts.accounts import Accounts
from core_integrator.contracts.audit import AuditLog
from core_integrator.contracts.clock import Clock
from core_integrator.contracts.mail import Mailer
from core_integrator.contracts.principals import Principal
from security.api_keys import KeyDigests
from security.identities.administration import Administration
from security.identities.authentication import Authentication
from security.identities.enrolment import Enrolment
from security.identities.entrance import Entrance
from security.identities.key_ring import KeyRing
from security.identities.own_account import OwnAccount
from security.identities.postbox import Postbox
from security.identities.preferences import Preferences
from security.identities.recovery import Recovery
from security.identities.throttle import AttemptLimit, unlimited
from security.identities.trail import Trail
from security.passwords import Passwords
from security.standings import Standings
from security.tokens import Tokens
from security.usage import UsageTally


@dataclass(frozen=True, slots=True)
class Identities:
    """Who is asking, and everything that people do with their accounts."""

    authentication: Authentication
    enrolment: Enrolment
    entrance: Entrance
    recovery: Recovery
    own_account: OwnAccount
    keys: KeyRing
    preferences: Preferences
    administration: Administration
    accounts: Accounts
    tally: UsageTally
    clock: Clock

    async def authenticate(self, *, authorization: str | None, api_key: str | None) -> Principal | None:
        """Return who shows a token or an API key; none if nothing is shown.

        Raises:
            Unauthenticated: What is shown proves nothing, or no longer does.
            StorageUnavailable: Whether it still does cannot be found out.
        """
        return await self.authentication.authenticate(authorization=authorization, api_key=api_key)

    def count_call(self, user_id: str) -> None:
        """Count one call that a user made."""
        self.tally.count_call(user_id)

    def today(self) -> date:
        """Return the day that calls are counted to now (UTC)."""
        return self.clock.now().date()

    async def usage(self, principal: Principal) -> Mapping[date, int]:
        """Return the user's calls of each day."""
        await self.tally.write()
        return await self.accounts.usage.of_user(principal.id)


@dataclass(frozen=True, slots=True)
class Means:
    """What identities need of others."""

    accounts: Accounts
    mailer: Mailer
    audit: AuditLog
    clock: Clock
    tokens: Tokens
    digests: KeyDigests


def assemble(
    means: Means,
    *,
    verify_email: bool = False,
    limit: AttemptLimit = unlimited,
    passwords: Passwords | None = None,
    standings: Standings | None = None,
) -> Identities:
    """Put the parts together; nothing is opened."""
    accounts, clock, tokens, digests = means.accounts, means.clock, means.tokens, means.digests
    trail = Trail(means.audit)
    passwords = passwords or Passwords()
    standings = standings or Standings(accounts.changes, accounts.keys)
    tally = UsageTally(accounts.usage, clock)
    postbox = Postbox(accounts.tickets, means.mailer, clock)
    enrolment = Enrolment(accounts.users, passwords, trail, clock)
    return Identities(
        authentication=Authentication(tokens, digests, standings, tally, clock),
        enrolment=enrolment,
        entrance=Entrance(
            accounts,
            enrolment,
            passwords,
            tokens,
            standings,
            postbox,
            trail,
            clock,
            limit=limit,
            verify_email=verify_email,
        ),
        recovery=Recovery(accounts, passwords, standings, postbox, trail, clock, limit=limit),
        own_account=OwnAccount(accounts.users, passwords, standings, trail, limit=limit),
        keys=KeyRing(accounts.keys, digests, standings, tally, trail, clock),
        preferences=Preferences(accounts.settings),
        administration=Administration(accounts.users, standings, trail),
        accounts=accounts,
        tally=tally,
        clock=clock,
    )
