"""Claims: who may run the request under an idempotency key, inside a transaction that is already open.

A row without status is a claim that runs; its owner is the open store that took it.  It runs as long as
the owner's process lives and, within that process, as long as its token is held: a caller whose claim
timed out never held it, and would otherwise block its key for a day.
"""

import hmac
import sqlite3
from dataclasses import dataclass

from adapters.sqlite.locks import Instance
from core_integrator.contracts.ports import Claim, ClaimMismatch, ClaimRunning, Settlement, StoredAnswer

# Purging is spread over claims: a few expired rows, every few claims.
PURGE_EVERY = 16
_PURGE_ROWS = 64


class Abandoned(Exception):
    """The caller of a claim gave up before it was written."""


@dataclass(frozen=True, slots=True)
class Wish:
    """A claim somebody asks for; times in µs UTC."""

    claim: Claim
    user_id: str
    fingerprint: bytes
    now_us: int
    expires_us: int


class Claims:
    """Knows which claims of this open store are held, and which have still to be given back."""

    def __init__(self, instance: Instance) -> None:
        self._instance = instance
        self._held: set[str] = set()
        self._owed: set[Claim] = set()
        self._until_purge = PURGE_EVERY

    def hold(self, claim: Claim) -> None:
        """Count the claim as running from now on."""
        self._held.add(claim.token)

    def let_go(self, claim: Claim, *, owed: bool) -> None:
        """Stop counting the claim as running; ``owed`` if its row may still be there."""
        self._held.discard(claim.token)
        if owed:
            self._owed.add(claim)

    def take(self, connection: sqlite3.Connection, wish: Wish) -> StoredAnswer | None:
        """Write the claim, or return the answer its key has got.

        Raises:
            ClaimRunning: A living process holds the claim.
            ClaimMismatch: The key was used with another fingerprint.
            Abandoned: Nobody waits for this claim any more.
        """
        if wish.claim.token not in self._held:
            raise Abandoned
        self._purge_now_and_then(connection, wish.now_us)
        select = (
            "SELECT fingerprint, token, owner, status, body FROM claims WHERE scope = ? AND expires_us > ?"
        )
        row = connection.execute(select, (wish.claim.scope, wish.now_us)).fetchone()
        if row is not None:
            fingerprint, token, owner, status, body = row
            if not hmac.compare_digest(fingerprint, wish.fingerprint):
                raise ClaimMismatch
            if status is not None:
                return StoredAnswer(status, body)
            if self._runs(token, owner):
                raise ClaimRunning
        self._insert(connection, wish)
        return None

    def give_back(self, connection: sqlite3.Connection) -> frozenset[Claim]:
        """Delete the rows of every owed claim; hand the result to :meth:`given_back` once it is durable."""
        owed = frozenset(self._owed)
        for claim in owed:
            delete = "DELETE FROM claims WHERE scope = ? AND token = ? AND status IS NULL"
            connection.execute(delete, (claim.scope, claim.token))
        return owed

    def given_back(self, claims: frozenset[Claim]) -> None:
        """Forget debts that were paid."""
        self._owed -= claims

    def _runs(self, token: str, owner: str) -> bool:
        return token in self._held if owner == self._instance.id else self._instance.alive(owner)

    def _insert(self, connection: sqlite3.Connection, wish: Wish) -> None:
        claim = wish.claim
        columns = "scope, user_id, fingerprint, token, owner, expires_us"
        values = (
            claim.scope,
            wish.user_id,
            wish.fingerprint,
            claim.token,
            self._instance.id,
            wish.expires_us,
        )
        connection.execute(
            f"INSERT OR REPLACE INTO claims ({columns}) VALUES (?, ?, ?, ?, ?, ?)",  # noqa: S608 - constant
            values,
        )

    def _purge_now_and_then(self, connection: sqlite3.Connection, now_us: int) -> None:
        self._until_purge -= 1
        if self._until_purge > 0:
            return
        self._until_purge = PURGE_EVERY
        expired = "SELECT seq FROM claims WHERE expires_us <= ? LIMIT ?"
        connection.execute(f"DELETE FROM claims WHERE seq IN ({expired})", (now_us, _PURGE_ROWS))  # noqa: S608 - constant


def settle(connection: sqlite3.Connection, settlement: Settlement) -> None:
    """Keep the answer of a claim, unless its token no longer holds it."""
    claim, answer = settlement.claim, settlement.answer
    update = "UPDATE claims SET status = ?, body = ? WHERE scope = ? AND token = ? AND status IS NULL"
    connection.execute(update, (answer.status, answer.body, claim.scope, claim.token))
