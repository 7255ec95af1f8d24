"""The table of commands, and how one is carried out."""

import traceback
from collections.abc import Callable

from tests.mongowire import administration, reads, writes
from tests.mongowire.engine import Engine
from tests.mongowire.errors import CommandError
from tests.mongowire.values import Document

COMMANDS: dict[str, Callable[[Engine, Document], Document]] = {
    "hello": administration.hello,
    "ping": administration.nothing,
    "buildInfo": administration.build_info,
    "endSessions": administration.nothing,
    "create": administration.create,
    "createIndexes": administration.create_indexes,
    "listIndexes": administration.list_indexes,
    "dropIndexes": administration.drop_indexes,
    "listCollections": administration.list_collections,
    "listDatabases": administration.list_databases,
    "drop": administration.drop,
    "dropDatabase": administration.drop_database,
    "find": reads.find,
    "getMore": reads.get_more,
    "killCursors": reads.kill_cursors,
    "count": reads.count,
    "distinct": reads.distinct,
    "aggregate": reads.aggregate,
    "insert": writes.insert,
    "update": writes.update,
    "delete": writes.delete,
    "findAndModify": writes.find_and_modify,
}
_ALIASES = {
    "isMaster": "hello",
    "ismaster": "hello",
    "buildinfo": "buildInfo",
    "findandmodify": "findAndModify",
}


def name_of(command: Document) -> str:
    """Return the name of a command, its older spellings resolved."""
    name = next(iter(command))
    return _ALIASES.get(name, name)


def run(engine: Engine, command: Document) -> Document:
    """Carry out a command and return the answer, whatever became of it."""
    name = name_of(command)
    try:
        if name not in COMMANDS:
            raise CommandError(59, f"no such command: '{name}'")
        if "txnNumber" in command:
            # What a server that stands alone says too.
            raise CommandError(20, "Transaction numbers are only allowed on a replica set member or mongos")
        return {**COMMANDS[name](engine, command), "ok": 1.0}
    except CommandError as error:
        return error.as_reply()
    except Exception as error:  # noqa: BLE001 - a stranger's command: the test shall read what it broke
        traceback.print_exc()
        return CommandError(8, f"the test server failed: {error!r}").as_reply()
