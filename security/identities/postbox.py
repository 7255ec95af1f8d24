"""Tickets by mail: for a new password, and to verify an address."""

from datetime import timedelta

from core_integrator.contracts.accounts import TicketKind, TicketStore, User
from core_integrator.contracts.clock import Clock
from core_integrator.contracts.mail import Mail, Mailer
from security.opaque import TICKET, hash_of, new_opaque

TICKET_LIFETIME = timedelta(hours=2)

_RESET = """\
Somebody, hopefully you, asked for a new password for the account {username}.

This ticket sets one. It is good once, for two hours:

{ticket}

Send it with the new password to POST /api/v1/auth/reset-password. If you did not ask, do nothing.
"""
_VERIFY = """\
The account {username} was made with this address.

This ticket proves that you read its mail. It is good once, for two hours:

{ticket}

Send it to POST /api/v1/auth/verify-email. If the account is not yours, do nothing.
"""


class Postbox:
    """Sends tickets to the addresses of users; to each at most one of a kind in a minute."""

    def __init__(self, tickets: TicketStore, mailer: Mailer, clock: Clock) -> None:
        self._tickets = tickets
        self._mailer = mailer
        self._clock = clock

    async def send_reset(self, user: User) -> bool:
        """Send a ticket for a new password; false if one was sent just now."""
        return await self._send("reset", user, "A new password", _RESET)

    async def send_verification(self, user: User) -> bool:
        """Send a ticket to verify the address; false if one was sent just now."""
        return await self._send("verify", user, "Verify your e-mail address", _VERIFY)

    async def _send(self, kind: TicketKind, user: User, subject: str, text: str) -> bool:
        ticket = new_opaque(TICKET)
        now = self._clock.now()
        issued = await self._tickets.issue(
            kind, user.id, hash_of(ticket), now=now, expires_at=now + TICKET_LIFETIME
        )
        if issued:
            letter = text.format(username=user.username, ticket=ticket)
            await self._mailer.send(Mail(user.email, subject, letter))
        return issued
