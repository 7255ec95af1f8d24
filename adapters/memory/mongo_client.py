"""MongoDB's store by its settings; its client's code is large, and loaded only where it is used."""

from contextlib import AbstractAsyncContextManager
from importlib import import_module
from typing import TYPE_CHECKING

from config import MongoSettings

if TYPE_CHECKING:
    from adapters.memory.mongodb import MongoStore


def open_mongo(
    settings: MongoSettings, *, deadline_s: float, reach_s: float | None = None
) -> AbstractAsyncContextManager["MongoStore"]:
    """Open the store; see ``adapters.memory.mongodb.open_mongo``.

    Raises:
        StorageUnavailable: The address is none.
        ImportError: Motor was asked for and is not installed.
    """
    adapter = import_module("adapters.memory.mongodb")
    opening: AbstractAsyncContextManager[MongoStore] = adapter.open_mongo(
        settings.connection_string.get_secret_value(),
        settings.database,
        deadline_s=deadline_s,
        reach_s=reach_s,
        driver=settings.driver,
    )
    return opening
