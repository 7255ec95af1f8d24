"""A collection: documents by id, and the indexes over them.  Stored documents are never changed in place."""

import itertools
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import bson
from bson import ObjectId

from tests.mongowire.errors import CommandError, DuplicateKey, Unsupported
from tests.mongowire.indexes import Index, Plan, Sort
from tests.mongowire.matching import bounds, matcher
from tests.mongowire.values import CODEC, MISSING, Document, Key, key, lookup

MAX_DOCUMENT_BYTES = 16 * 1024 * 1024


class Collection:
    """Documents under unique ids; every change is told to ``record`` once it is made."""

    def __init__(self, namespace: str, record: Callable[[Document], None]) -> None:
        self.namespace = namespace
        self.indexes = {"_id_": Index({"v": 2, "key": {"_id": 1}, "name": "_id_"})}
        self._documents: dict[Key, Document] = {}
        self._record = record

    def __len__(self) -> int:
        return len(self._documents)

    def insert(self, document: Document) -> None:
        """Store a new document.

        Raises:
            CommandError: It is too large, its id is of a kind no id may be, or a unique key is taken.
        """
        if "_id" not in document:
            document = {"_id": ObjectId(), **document}
        if isinstance(document["_id"], list):
            raise CommandError(53, "The '_id' value cannot be of type array")
        if (size := len(bson.encode(document, codec_options=CODEC))) > MAX_DOCUMENT_BYTES:
            limit = f"size in bytes: {size}, max size: {MAX_DOCUMENT_BYTES}"
            raise CommandError(2, f"object to insert too large. {limit}")
        self._store(document, None)

    def replace(self, old: Document, new: Document) -> bool:
        """Store the new state of a document; false if nothing is different.

        Raises:
            CommandError: It grew too large, its id changed, or a unique key is taken.
        """
        if key(new.get("_id")) != key(old["_id"]):
            path = "Performing an update on the path '_id' would modify the immutable field '_id'"
            raise CommandError(66, path)
        raw = bson.encode(new, codec_options=CODEC)
        if len(raw) > MAX_DOCUMENT_BYTES:
            raise CommandError(17419, f"Resulting document after update is larger than {MAX_DOCUMENT_BYTES}")
        if raw == bson.encode(old, codec_options=CODEC):
            return False
        self._store(new, old)
        return True

    def remove(self, document: Document) -> None:
        """Forget a document."""
        for index in self.indexes.values():
            if entry := index.entry(document):
                index.discard(entry)
        del self._documents[key(document["_id"])]
        self._record({"ns": self.namespace, "remove": document["_id"]})

    def restore(self, document: Document) -> None:
        """Store a document as the journal tells it, whether it is there or not."""
        self._store(document, self._documents.get(key(document["_id"])))

    def forget(self, document_id: Any) -> None:
        """Forget a document as the journal tells it, if it is there."""
        if (document := self._documents.get(key(document_id))) is not None:
            self.remove(document)

    def add_index(self, spec: Document) -> bool:
        """Build an index; false if it is there already.

        Raises:
            CommandError: Another index has its name or its keys, or documents there share a unique key.
        """
        index = Index(spec)
        for other in self.indexes.values():
            if list(other.spec["key"].items()) == list(spec["key"].items()):
                if other.unique == index.unique and other.name == index.name:
                    return False
                raise CommandError(85, f"Index already exists with a different name or options: {other.name}")
            if other.name == index.name:
                raise CommandError(
                    86, f"An existing index has the same name as the requested index: {other.name}"
                )
        for document in self._documents.values():
            if entry := index.entry(document):
                self._refuse_taken(index, entry, document, None)
                index.add(entry)
        self.indexes[index.name] = index
        self._record({"ns": self.namespace, "index": spec})
        return True

    def drop_index(self, name: str) -> None:
        """Forget an index."""
        if name == "_id_" or name not in self.indexes:
            raise CommandError(27, f"index not found with name [{name}]")
        del self.indexes[name]
        self._record({"ns": self.namespace, "unindex": name})

    def find(
        self, query: Document, *, sort: Document | None = None, skip: int = 0, limit: int = 0
    ) -> list[Document]:
        """Return the documents that a filter means, in the order asked for."""
        order = _sort(sort)
        matches = matcher(query)
        plan = self._plan(query, order)
        found: Iterable[Document] = (document for document in self._walk(plan) if matches(document))
        if order and not (plan and plan.is_sorted):
            found = sorted_by(found, order)
        return list(itertools.islice(found, skip, skip + limit if limit else None))

    def _plan(self, query: Document, sort: Sort) -> Plan | None:
        limits = bounds(query)
        plans = [plan for index in self.indexes.values() if (plan := index.plan(limits, sort))]
        best = min(plans, key=lambda plan: plan.cost, default=None)
        if best is None or (best.cost[0] == len(self) and not (sort and best.is_sorted)):
            return None
        return best

    def _walk(self, plan: Plan | None) -> Iterator[Document]:
        if plan is None:
            return iter(self._documents.values())
        return (self._documents[place] for place in plan.ids())

    def _store(self, document: Document, old: Document | None) -> None:
        place = key(document["_id"])
        moves = [
            (index, index.entry(old) if old is not None else None, index.entry(document))
            for index in self.indexes.values()
        ]
        for index, _, entry in moves:
            if entry is not None:
                self._refuse_taken(index, entry, document, place if old is not None else None)
        for index, before, after in moves:
            if before != after:
                if before is not None:
                    index.discard(before)
                if after is not None:
                    index.add(after)
        self._documents[place] = document
        self._record({"ns": self.namespace, "put": document})

    def _refuse_taken(self, index: Index, entry: Any, document: Document, owner: Key | None) -> None:
        if index.unique and index.is_taken(entry, owner):
            raise DuplicateKey(self.namespace, index.name, index.spec["key"], index.values(document) or {})


def _sort(sort: Document | None) -> Sort:
    order = list((sort or {}).items())
    if any(direction not in (1, -1) for _, direction in order):
        raise Unsupported("a sort by anything but 1 and -1")
    return [] if order and order[0][0] == "$natural" else order


def sorted_by(documents: Iterable[Document], order: Sort) -> list[Document]:
    """Return documents in order; an array counts as its smallest element, or its largest going down."""
    found = list(documents)
    for path, direction in reversed(order):
        pick = min if direction == 1 else max

        def place(document: Document, path: str = path, pick: Callable[..., Key] = pick) -> Key:
            value = lookup(document, path)
            if isinstance(value, list) and value:
                return pick(map(key, value))
            return key(None if value is MISSING else value)

        found.sort(key=place, reverse=direction == -1)
    return found
