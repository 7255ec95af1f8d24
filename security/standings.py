"""How those stand whose tokens and keys were given out earlier: heard of at most a second ago.

A token is good by its signature alone, so that most requests ask no database.  What speaks against it, a
session that ended, a user who changed, is little and recent, and held here.
"""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable

from core_integrator.contracts.accounts import ApiKeyStore, Changes, ChangeStore, KnownKey, User
from core_integrator.contracts.principals import Role

# Twice this is the promise.
HEARD_FOR_S = 1.0
# What was heard is let go of by hearing everything anew that still matters.
ANEW_AFTER_S = 3600.0
_KEYS_HELD = 4096


class Standings:
    """Follows the news of the accounts; shuts everybody out while they cannot be heard."""

    def __init__(
        self,
        changes: ChangeStore,
        keys: ApiKeyStore,
        *,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._changes = changes
        self._keys = keys
        self._monotonic = monotonic
        self._hearing = asyncio.Lock()
        self._heard_at = self._anew_at = float("-inf")
        self._upto = self._made = 0
        self._ended: set[str] = set()
        self._users: dict[str, User | None] = {}
        self._held: OrderedDict[str, KnownKey] = OrderedDict()

    async def hear(self) -> None:
        """Hear the news, unless they were heard within the last second.

        Raises:
            StorageUnavailable: They cannot be heard, so nobody's standing is known.
        """
        if self._monotonic() - self._heard_at < HEARD_FOR_S:
            return
        async with self._hearing:
            now = self._monotonic()
            if now - self._heard_at >= HEARD_FOR_S:
                await self._hear(now)

    def expect_news(self) -> None:
        """Hear the news before the next answer: this process has just made some."""
        self._made += 1
        self._heard_at = float("-inf")

    def has_ended(self, session_id: str) -> bool:
        """Tell whether a session ended lately."""
        return session_id in self._ended

    def roles_now(self, user_id: str, before: frozenset[Role]) -> frozenset[Role] | None:
        """Return the roles of a user who had those ``before``; none if the account is shut or gone."""
        if user_id not in self._users:
            return before
        user = self._users[user_id]
        return user.roles if user is not None and user.active else None

    async def key(self, key_id: str) -> KnownKey | None:
        """Return an API key as it was known a second ago at most.

        Raises:
            StorageUnavailable: It cannot be looked up.
        """
        known = self._held.get(key_id)
        if known is not None:
            self._held.move_to_end(key_id)
            return known
        known = await self._keys.find(key_id)
        # What was heard of while it was being looked up is not in it.
        if known is not None and self._upto <= known.seen:
            self._held[key_id] = known
            if len(self._held) > _KEYS_HELD:
                self._held.popitem(last=False)
        return known

    async def _hear(self, now: float) -> None:
        made = self._made
        anew = now - self._anew_at >= ANEW_AFTER_S
        changes = await self._changes.since(0 if anew else self._upto)
        if anew:
            self._anew_at = now
            self._ended, self._users = set(), {}
            self._held.clear()
        self._upto = max(self._upto, changes.upto)
        self._ended |= changes.ended_sessions
        self._users.update(changes.users)
        for known in [known for known in self._held.values() if _concerns(changes, known)]:
            del self._held[known.key.id]
        # News made while these were on their way may not be among them.
        if self._made == made:
            self._heard_at = now


def _concerns(changes: Changes, known: KnownKey) -> bool:
    return known.key.id in changes.keys or known.owner.id in changes.users
