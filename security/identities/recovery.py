"""A forgotten password, and an address to be verified: what a ticket sent by mail can do."""

import asyncio

import structlog

from core_integrator.contracts.accounts import Accounts
from core_integrator.contracts.clock import Clock
from core_integrator.contracts.errors import IntegratorError, InvalidArgument, Unavailable
from security.identities.postbox import Postbox
from security.identities.throttle import AttemptLimit, charge
from security.identities.trail import NOBODY, Origin, Trail, pseudonym, user_actor
from security.opaque import hash_of
from security.passwords import Passwords
from security.standings import Standings

log = structlog.get_logger("security.identities")

_MOST_AT_ONCE = 100


class Recovery:
    """Lets those in again who read the account's mail."""

    def __init__(
        self,
        accounts: Accounts,
        passwords: Passwords,
        standings: Standings,
        postbox: Postbox,
        trail: Trail,
        clock: Clock,
        *,
        limit: AttemptLimit,
    ) -> None:
        self._accounts = accounts
        self._passwords = passwords
        self._standings = standings
        self._postbox = postbox
        self._trail = trail
        self._clock = clock
        self._limit = limit
        self._sending: set[asyncio.Task[None]] = set()

    async def lost_password(self, email: str, origin: Origin) -> None:
        """Send a ticket to the address, if it is an account's; nobody can tell whether it is, or by the time.

        Raises:
            RateLimited: Too many were asked for, for it or from there.
            Unavailable: Too many are being sent.
        """
        await charge(self._limit, "lost-password", account=email, address=origin.address)
        if len(self._sending) >= _MOST_AT_ONCE:
            raise Unavailable("too many mails are being sent", retry_after_s=1)
        # Nothing is waited for that only a known address needs.
        task = asyncio.create_task(self._send(email, origin), name="lost-password")
        self._sending.add(task)
        task.add_done_callback(self._sending.discard)

    async def reset_password(self, ticket: str, password: str, origin: Origin) -> None:
        """Set a new password by a ticket; every session of the account ends.

        Raises:
            InvalidArgument: The ticket is none, or too old, or was used.
        """
        now = self._clock.now()
        user = await self._accounts.tickets.holder("reset", hash_of(ticket), now=now)
        if user is None:
            raise _spent()
        kept = await self._passwords.hash(password)
        await self._trail.record("auth.password_reset", user_actor(user.id), user.id, origin)
        if not await self._accounts.tickets.spend_on_password(hash_of(ticket), kept, now=now):
            self._trail.note(
                "auth.password_reset", user_actor(user.id), user.id, origin, InvalidArgument.code
            )
            raise _spent()
        self._standings.expect_news()

    async def verify_email(self, ticket: str, origin: Origin) -> None:
        """Take a ticket as proof that its holder reads the account's mail.

        Raises:
            InvalidArgument: The ticket is none, or too old, or was used.
        """
        now = self._clock.now()
        user = await self._accounts.tickets.holder("verify", hash_of(ticket), now=now)
        if user is None or not await self._accounts.tickets.spend_on_address(hash_of(ticket), now=now):
            raise _spent()
        self._trail.note("auth.verify_email", user_actor(user.id), user.id, origin, "success")

    async def close(self) -> None:
        """Wait for the mails that are being sent."""
        if self._sending:
            await asyncio.wait(self._sending)

    async def _send(self, email: str, origin: Origin) -> None:
        # Whoever asked has been answered: what goes wrong is told to the operator.
        try:
            found = await self._accounts.users.credentials(email) if "@" in email else None
            sent = found is not None and found.user.active and await self._postbox.send_reset(found.user)
        except IntegratorError as error:
            log.error("mail.not_sent", reason=error.message, request_id=origin.request_id)
            self._trail.note("auth.lost_password", NOBODY, pseudonym(email), origin, error.code)
            return
        target = found.user.id if found else pseudonym(email)
        self._trail.note("auth.lost_password", NOBODY, target, origin, "success", {"sent": sent})


def _spent() -> InvalidArgument:
    return InvalidArgument("this ticket is none, or too old, or was used before")
