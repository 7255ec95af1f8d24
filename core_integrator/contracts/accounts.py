"""Accounts: people with passwords, their sessions, API keys and settings; and what is asked of their store.

Every method of a port raises ``StorageUnavailable`` when it cannot answer.  Callers refuse then.  Secrets
come hashed: the store never sees one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal, Protocol

from pydantic import JsonValue

from core_integrator.contracts.principals import Role

TicketKind = Literal["reset", "verify"]
ValueType = Literal["string", "json", "boolean", "number"]


@dataclass(frozen=True, slots=True)
class User:
    """Somebody with an account.  ``id`` is the ``user_id`` of every request about them."""

    id: str
    email: str
    username: str
    full_name: str
    roles: frozenset[Role]
    created_at: datetime
    active: bool = True
    verified: bool = False


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a sign-in is checked against; ``version`` grows with every new password."""

    user: User
    password_hash: str = field(repr=False)
    version: int


@dataclass(frozen=True, slots=True)
class Session:
    """From a sign-in to its end: every token of it names it, and dies with it."""

    id: str
    user_id: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Rotation:
    """What became of a refresh token: the next one counts, or (``reused``) the session ended."""

    session: Session
    user: User
    reused: bool = False


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key that speaks for its owner, for everything the owner may do or for its scopes alone."""

    id: str
    user_id: str
    service_name: str
    key_name: str
    scopes: frozenset[str]
    created_at: datetime
    expires_at: datetime | None = None
    active: bool = True
    last_used: datetime | None = None
    usage_count: int = 0


@dataclass(frozen=True, slots=True)
class KnownKey:
    """A key with what proves it, its owner, and the newest change the store knew of when it was read."""

    key: ApiKey
    digest: bytes = field(repr=False)
    owner: User
    seen: int


@dataclass(frozen=True, slots=True)
class UserSetting:
    """One of a user's settings; the value is of the type it names."""

    key: str
    value: JsonValue
    value_type: ValueType


@dataclass(frozen=True, slots=True)
class Changes:
    """What tokens and keys given out earlier must be held against: all that changed after some number.

    ``users`` holds how a user stands now, none if there is no such user any more.
    """

    upto: int
    ended_sessions: frozenset[str] = frozenset()
    users: Mapping[str, User | None] = field(default_factory=dict)
    keys: frozenset[str] = frozenset()


class Taken(Exception):
    """Another account has it; ``field`` says what."""

    def __init__(self, field: Literal["email", "username"]) -> None:
        super().__init__(f"the {field} is taken")
        self.field = field


class LastAdmin(Exception):
    """Nobody active would be left who may manage the others."""


class UserStore(Protocol):
    """Who has an account.  E-mail addresses and user names are unique whatever their letter case."""

    async def add(self, user: User, password_hash: str) -> Credentials:
        """Add an account; of several at once with the same address, one is added.

        Raises:
            Taken: The e-mail address or the user name is another's.
        """
        ...

    async def find(self, user_id: str) -> User | None:
        """Return the user of this id."""
        ...

    async def credentials(self, login: str) -> Credentials | None:
        """Return what a sign-in with this e-mail address or user name is checked against."""
        ...

    async def credentials_of(self, user_id: str) -> Credentials | None:
        """Return what the password of the user of this id is checked against."""
        ...

    async def listed(self, *, after: str | None, limit: int) -> Sequence[User]:
        """Return users, oldest first, from behind the id ``after``."""
        ...

    async def rename(self, user_id: str, *, username: str, full_name: str) -> User | None:
        """Change a user's names.

        Raises:
            Taken: The user name is another's.
        """
        ...

    async def set_password(
        self, user_id: str, password_hash: str, *, version: int, keep_session: str | None = None
    ) -> bool:
        """Set a new password and end every other session; false if it was changed since ``version``."""
        ...

    async def renew_hash(self, user_id: str, password_hash: str, *, version: int) -> None:
        """Keep the same password under a better hash, unless it was changed since ``version``."""
        ...

    async def is_last_admin(self, user_id: str) -> bool:
        """Tell whether nobody active would be left who may manage the others, were it not for this user."""
        ...

    async def set_roles(self, user_id: str, roles: frozenset[Role]) -> User | None:
        """Say what a user may do from now on.

        Raises:
            LastAdmin: It is the last active admin's role.
        """
        ...

    async def set_active(self, user_id: str, *, active: bool) -> User | None:
        """Shut an account, which ends its sessions, or open it again.

        Raises:
            LastAdmin: It is the last active admin's.
        """
        ...

    async def delete(self, user_id: str) -> bool:
        """Forget an account with all that belongs to it; false if there is none.

        Raises:
            LastAdmin: It is the last active admin's.
        """
        ...


class SessionStore(Protocol):
    """Sessions, and the refresh tokens that prolong them: opaque, good once."""

    async def open(self, session: Session, refresh_hash: bytes, *, version: int) -> bool:
        """Begin a session; false if the password was changed since ``version``, or the account is shut."""
        ...

    async def rotate(self, old_hash: bytes, new_hash: bytes, *, now: datetime) -> Rotation | None:
        """Spend a refresh token on the next one; none if it is unknown, late, or its session ended.

        A token that was spent before ends its session: two have it, and one of them stole it.
        """
        ...

    async def end(self, session_id: str) -> None:
        """End a session; its tokens prove nothing any more."""
        ...


class TicketStore(Protocol):
    """Tickets sent by mail: each lets its holder do one thing, once."""

    async def issue(
        self, kind: TicketKind, user_id: str, ticket_hash: bytes, *, now: datetime, expires_at: datetime
    ) -> bool:
        """Keep a ticket in place of the user's last one of its kind; false if that is not a minute old."""
        ...

    async def holder(self, kind: TicketKind, ticket_hash: bytes, *, now: datetime) -> User | None:
        """Return whose ticket it is, if it is still good."""
        ...

    async def spend_on_password(self, ticket_hash: bytes, password_hash: str, *, now: datetime) -> bool:
        """Spend a ticket on a new password; the address counts as verified, and every session ends.

        Of any number of simultaneous callers one gets true.
        """
        ...

    async def spend_on_address(self, ticket_hash: bytes, *, now: datetime) -> bool:
        """Spend a ticket on the proof that its holder reads the account's mail."""
        ...


class ApiKeyStore(Protocol):
    """API keys: their digests, whose they are, and how much they are used."""

    async def add(self, key: ApiKey, digest: bytes) -> bool:
        """Keep a new key; false if its owner has too many."""
        ...

    async def of_user(self, user_id: str) -> Sequence[ApiKey]:
        """Return a user's keys, oldest first."""
        ...

    async def find(self, key_id: str) -> KnownKey | None:
        """Return a key for a request to be checked against."""
        ...

    async def set_active(self, user_id: str, key_id: str, *, active: bool) -> ApiKey | None:
        """Switch a user's key on or off; none if the user has no such key."""
        ...

    async def delete(self, user_id: str, key_id: str) -> bool:
        """Forget a user's key; false if there is none."""
        ...


class SettingStore(Protocol):
    """What users set for themselves."""

    async def of_user(self, user_id: str) -> Sequence[UserSetting]:
        """Return what a user set."""
        ...

    async def put(self, user_id: str, setting: UserSetting) -> bool:
        """Keep a setting; false if the user has too many."""
        ...


class UsageStore(Protocol):
    """How much is used, by day (UTC)."""

    async def add(
        self, calls: Mapping[tuple[str, date], int], keys: Mapping[str, tuple[int, datetime]]
    ) -> None:
        """Add calls of users, and uses of keys with the time of the last; who is gone is left out."""
        ...

    async def of_user(self, user_id: str) -> Mapping[date, int]:
        """Return a user's calls of each day."""
        ...


class ChangeStore(Protocol):
    """The news for processes that hold tokens and keys to be good."""

    async def since(self, number: int) -> Changes:
        """Return what changed after a number; 0 for all that may still matter."""
        ...

    async def purge(self, now: datetime) -> None:
        """Forget what has expired: news, sessions and tickets."""
        ...


@dataclass(frozen=True, slots=True)
class Accounts:
    """The whole store."""

    users: UserStore
    sessions: SessionStore
    tickets: TicketStore
    keys: ApiKeyStore
    settings: SettingStore
    usage: UsageStore
    changes: ChangeStore
