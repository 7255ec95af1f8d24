"""Users in SQLite."""

import sqlite3
from collections.abc import Sequence

from adapters.accounts.news import News
from adapters.accounts.rows import USER_COLUMNS, USER_WIDTH, email_key, names_json, user_of
from adapters.sqlite.readers import Readers
from adapters.sqlite.writer import Writer
from core_integrator.contracts.accounts import Credentials, LastAdmin, Taken, User
from core_integrator.contracts.clock import microseconds
from core_integrator.contracts.principals import Role

FIRST_VERSION = 1

_BY_ID = f"SELECT {USER_COLUMNS} FROM users WHERE id = ?"  # noqa: S608 - constants
_LISTED = f"SELECT {USER_COLUMNS} FROM users WHERE id > ? ORDER BY id LIMIT ?"  # noqa: S608 - constants
_CREDENTIALS = f"SELECT {USER_COLUMNS}, password_hash, version FROM users WHERE "  # noqa: S608 - constants
_ADD = """
    INSERT INTO users (id, email, email_key, username, full_name, roles, created_us, active, verified,
                       password_hash, version)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
_OTHER_ADMINS = """
    SELECT EXISTS (SELECT 1 FROM users, json_each(users.roles) AS role
                   WHERE users.id <> ? AND users.active = 1 AND role.value = 'admin')
"""


class SqliteUsers:
    """Who has an account; see :class:`UserStore`."""

    def __init__(self, writer: Writer, readers: Readers, news: News) -> None:
        self._writer = writer
        self._readers = readers
        self._news = news

    async def add(self, user: User, password_hash: str) -> Credentials:
        """Add an account.

        Raises:
            Taken: The e-mail address or the user name is another's.
        """
        row = (
            user.id,
            user.email,
            email_key(user.email),
            user.username,
            user.full_name,
            names_json(user.roles),
            microseconds(user.created_at),
            user.active,
            user.verified,
            password_hash,
            FIRST_VERSION,
        )

        def work(connection: sqlite3.Connection) -> None:
            # Nobody else writes meanwhile, in any process: what is free here stays free.
            if _exists(connection, "email_key = ?", email_key(user.email)):
                raise Taken("email")
            if _exists(connection, "username = ?", user.username):
                raise Taken("username")
            connection.execute(_ADD, row)

        await self._writer.write(work)
        return Credentials(user, password_hash, FIRST_VERSION)

    async def find(self, user_id: str) -> User | None:
        """Return the user of this id."""
        return await self._readers.read(lambda connection: find_user(connection, user_id))

    async def credentials(self, login: str) -> Credentials | None:
        """Return what a sign-in with this e-mail address or user name is checked against."""
        # An address has an @, a user name has none: they never mean two users.
        return await self._credentials("email_key = ? OR username = ?", email_key(login), login)

    async def credentials_of(self, user_id: str) -> Credentials | None:
        """Return what the password of the user of this id is checked against."""
        return await self._credentials("id = ?", user_id)

    async def listed(self, *, after: str | None, limit: int) -> Sequence[User]:
        """Return users, oldest first, from behind the id ``after``."""
        return await self._readers.read(
            lambda connection: [
                user_of(row) for row in connection.execute(_LISTED, (after or "", limit)).fetchall()
            ]
        )

    async def rename(self, user_id: str, *, username: str, full_name: str) -> User | None:
        """Change a user's names.

        Raises:
            Taken: The user name is another's.
        """

        def work(connection: sqlite3.Connection) -> User | None:
            if _exists(connection, "username = ? AND id <> ?", username, user_id):
                raise Taken("username")
            connection.execute(
                "UPDATE users SET username = ?, full_name = ? WHERE id = ?", (username, full_name, user_id)
            )
            return find_user(connection, user_id)

        return await self._writer.write(work)

    async def set_password(
        self, user_id: str, password_hash: str, *, version: int, keep_session: str | None = None
    ) -> bool:
        """Set a new password and end every other session; false if it was changed since ``version``."""

        def work(connection: sqlite3.Connection) -> bool:
            if not _set_hash(connection, user_id, password_hash, version=version, becomes=version + 1):
                return False
            self._news.end_sessions(connection, user_id, keep=keep_session)
            return True

        return await self._writer.write(work)

    async def renew_hash(self, user_id: str, password_hash: str, *, version: int) -> None:
        """Keep the same password under a better hash, unless it was changed since ``version``."""
        await self._writer.write(
            lambda connection: _set_hash(connection, user_id, password_hash, version=version, becomes=version)
        )

    async def is_last_admin(self, user_id: str) -> bool:
        """Tell whether nobody active would be left who may manage the others, were it not for this user."""
        return await self._readers.read(lambda connection: _is_last_admin(connection, user_id))

    async def set_roles(self, user_id: str, roles: frozenset[Role]) -> User | None:
        """Say what a user may do from now on.

        Raises:
            LastAdmin: It is the last active admin's role.
        """

        def work(connection: sqlite3.Connection) -> User | None:
            if "admin" not in roles:
                _refuse_last_admin(connection, user_id)
            connection.execute("UPDATE users SET roles = ? WHERE id = ?", (names_json(roles), user_id))
            self._news.tell(connection, "user", user_id)
            return find_user(connection, user_id)

        return await self._writer.write(work)

    async def set_active(self, user_id: str, *, active: bool) -> User | None:
        """Shut an account, which ends its sessions, or open it again.

        Raises:
            LastAdmin: It is the last active admin's.
        """

        def work(connection: sqlite3.Connection) -> User | None:
            if not active:
                _refuse_last_admin(connection, user_id)
                self._news.end_sessions(connection, user_id)
            connection.execute("UPDATE users SET active = ? WHERE id = ?", (active, user_id))
            self._news.tell(connection, "user", user_id)
            return find_user(connection, user_id)

        return await self._writer.write(work)

    async def delete(self, user_id: str) -> bool:
        """Forget an account with all that belongs to it; false if there is none.

        Raises:
            LastAdmin: It is the last active admin's.
        """

        def work(connection: sqlite3.Connection) -> bool:
            _refuse_last_admin(connection, user_id)
            self._news.end_sessions(connection, user_id)
            self._news.tell(connection, "user", user_id)
            return connection.execute("DELETE FROM users WHERE id = ?", (user_id,)).rowcount == 1

        return await self._writer.write(work)

    async def _credentials(self, condition: str, *values: str) -> Credentials | None:
        def query(connection: sqlite3.Connection) -> Credentials | None:
            row = connection.execute(_CREDENTIALS + condition, values).fetchone()
            return None if row is None else Credentials(user_of(row[:USER_WIDTH]), *row[USER_WIDTH:])

        return await self._readers.read(query)


def find_user(connection: sqlite3.Connection, user_id: str) -> User | None:
    """Return the user of this id, as the open transaction sees it."""
    row = connection.execute(_BY_ID, (user_id,)).fetchone()
    return None if row is None else user_of(row)


def _exists(connection: sqlite3.Connection, condition: str, *values: str) -> bool:
    query = f"SELECT 1 FROM users WHERE {condition}"  # noqa: S608 - conditions are constants of this file
    return connection.execute(query, values).fetchone() is not None


def _set_hash(
    connection: sqlite3.Connection, user_id: str, password_hash: str, *, version: int, becomes: int
) -> bool:
    update = "UPDATE users SET password_hash = ?, version = ? WHERE id = ? AND version = ?"
    return connection.execute(update, (password_hash, becomes, user_id, version)).rowcount == 1


def _refuse_last_admin(connection: sqlite3.Connection, user_id: str) -> None:
    if _is_last_admin(connection, user_id):
        raise LastAdmin


def _is_last_admin(connection: sqlite3.Connection, user_id: str) -> bool:
    user = find_user(connection, user_id)
    if user is None or not user.active or "admin" not in user.roles:
        return False
    return not connection.execute(_OTHER_ADMINS, (user_id,)).fetchone()[0]
