"""Accounts in SQLite, in a file of their own, shared by every process of a hub."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

from adapters.accounts.api_keys import SqliteApiKeys
from adapters.accounts.news import News, SqliteChanges
from adapters.accounts.schema import ACCOUNTS
from adapters.accounts.sessions import SqliteSessions
from adapters.accounts.settings import SqliteSettings
from adapters.accounts.tickets import SqliteTickets
from adapters.accounts.usage import SqliteUsage
from adapters.accounts.users import SqliteUsers
from adapters.sqlite.database import open_database
from adapters.sqlite.readers import open_readers
from adapters.sqlite.writer import open_writer
from core_integrator.contracts.accounts import Accounts
from core_integrator.contracts.clock import Clock

__all__ = ["open_accounts"]

FILE = "accounts.db"
DEADLINE_S = 5.0


@asynccontextmanager
async def open_accounts(
    data_dir: Path, clock: Clock, *, deadline_s: float = DEADLINE_S
) -> AsyncGenerator[Accounts, None]:
    """Open the accounts in the folder, made if missing; several processes may have them open.

    Raises:
        StorageUnavailable: The file cannot be opened, is not the hub's, or is of a newer version.
    """
    path = data_dir / FILE
    async with (
        open_database(path, ACCOUNTS, deadline_s=deadline_s) as database,
        open_readers(path, name=ACCOUNTS.name, deadline_s=deadline_s) as readers,
        open_writer(database, deadline_s=deadline_s) as writer,
    ):
        news = News(clock)
        yield Accounts(
            users=SqliteUsers(writer, readers, news),
            sessions=SqliteSessions(writer, news),
            tickets=SqliteTickets(writer, readers, news),
            keys=SqliteApiKeys(writer, readers, news),
            settings=SqliteSettings(writer, readers),
            usage=SqliteUsage(writer, readers),
            changes=SqliteChanges(writer, readers),
        )
