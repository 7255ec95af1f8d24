"""The state that commands work on: collections, open cursors, and the changes not yet in the journal."""

from collections.abc import Callable
from typing import Any

from tests.mongowire.collection import Collection
from tests.mongowire.cursors import Cursors
from tests.mongowire.errors import CommandError
from tests.mongowire.values import Document

RefusePoison = Callable[[str, Any], None]


class Engine:
    """All databases of a server.

    ``refuse_poison`` is told the command and the id of each document about to be written, and may raise.
    """

    def __init__(self, refuse_poison: RefusePoison = lambda command, document_id: None) -> None:
        self.collections: dict[str, Collection] = {}
        self.cursors = Cursors()
        self.refuse_poison = refuse_poison
        self._changes: list[Document] = []

    def found(self, command: Document) -> Collection:
        """Return the collection a command reads; an empty one if there is none."""
        namespace = namespace_of(command)
        return self.collections.get(namespace, Collection(namespace, self._changes.append))

    def made(self, command: Document) -> Collection:
        """Return the collection a command writes; made now if there was none."""
        return self._at(namespace_of(command))

    def drop(self, namespace: str) -> None:
        """Forget a collection, if there is one."""
        if self.collections.pop(namespace, None) is not None:
            self._changes.append({"ns": namespace, "drop": True})

    def create(self, namespace: str) -> None:
        """Make an empty collection.

        Raises:
            CommandError: There is one already.
        """
        if namespace in self.collections:
            raise CommandError(48, f"Collection {namespace} already exists.")
        self._at(namespace)
        self._changes.append({"ns": namespace, "create": True})

    def take_changes(self) -> list[Document]:
        """Return the changes made since the last time, for the journal."""
        changes = self._changes[:]
        self._changes.clear()
        return changes

    def repeat(self, change: Document) -> None:
        """Make a change again as the journal tells it; one that was made already changes nothing."""
        namespace = change["ns"]
        match change:
            case {"put": document}:
                self._at(namespace).restore(document)
            case {"remove": document_id}:
                self._at(namespace).forget(document_id)
            case {"index": spec}:
                self._at(namespace).add_index(spec)
            case {"unindex": name}:
                self._at(namespace).drop_index(name)
            case {"create": _}:
                self._at(namespace)
            case {"drop": _}:
                self.drop(namespace)
        self._changes.clear()

    def _at(self, namespace: str) -> Collection:
        return self.collections.setdefault(namespace, Collection(namespace, self._changes.append))


def namespace_of(command: Document) -> str:
    """Return database and collection of a command; its first field names the collection."""
    return f"{command['$db']}.{next(iter(command.values()))}"
