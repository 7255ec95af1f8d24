"""Commands that write documents.  Each statement of a batch succeeds or is refused alone."""

from collections.abc import Callable
from typing import Any

from bson import ObjectId

from tests.mongowire.collection import Collection
from tests.mongowire.engine import Engine
from tests.mongowire.errors import CommandError, refuse_options
from tests.mongowire.matching import is_operators
from tests.mongowire.shaping import projected
from tests.mongowire.updating import seed, updated
from tests.mongowire.values import Document


def insert(engine: Engine, command: Document) -> Document:
    """Store new documents."""
    collection = engine.made(command)

    def store(document: Document) -> None:
        engine.refuse_poison("insert", document.get("_id"))
        collection.insert(document)

    stored, errors = _each(command, "documents", store)
    return {"n": len(stored), **errors}


def update(engine: Engine, command: Document) -> Document:
    """Change documents, or store those that are not there if an upsert is wanted."""
    wants_upsert = any(statement.get("upsert") for statement in command["updates"])
    collection = engine.made(command) if wants_upsert else engine.found(command)
    done, errors = _each(command, "updates", lambda statement: _update(engine, collection, statement))
    upserted = [{"index": index, "_id": outcome["_id"]} for index, outcome in done if "_id" in outcome]
    return {
        "n": sum(outcome["n"] for _, outcome in done),
        "nModified": sum(outcome["modified"] for _, outcome in done),
        **({"upserted": upserted} if upserted else {}),
        **errors,
    }


def delete(engine: Engine, command: Document) -> Document:
    """Forget documents."""
    collection = engine.found(command)

    def forget(statement: Document) -> int:
        refuse_options(statement, "collation")
        found = collection.find(statement["q"], limit=statement.get("limit", 0))
        for document in found:
            collection.remove(document)
        return len(found)

    done, errors = _each(command, "deletes", forget)
    return {"n": sum(number for _, number in done), **errors}


def find_and_modify(engine: Engine, command: Document) -> Document:
    """Change, forget or upsert one document, and return it as it was or is."""
    refuse_options(command, "collation", "arrayFilters")
    collection = engine.made(command) if command.get("upsert") else engine.found(command)
    query = command.get("query") or {}
    before = next(iter(collection.find(query, sort=command.get("sort"), limit=1)), None)
    after: Document | None = None
    outcome: Document = {"n": 1, "updatedExisting": before is not None}
    if command.get("remove"):
        outcome = {"n": int(before is not None)}
        if before is not None:
            collection.remove(before)
    elif before is not None:
        engine.refuse_poison("findAndModify", before["_id"])
        after = updated(before, command["update"])
        collection.replace(before, after)
    elif command.get("upsert"):
        after = _upsert(engine, collection, query, command["update"])
        outcome["upserted"] = after["_id"]
    else:
        outcome["n"] = 0
    shown = after if command.get("new") else before
    if shown is not None and command.get("fields"):
        shown = projected(shown, command["fields"])
    return {"lastErrorObject": outcome, "value": shown}


def _update(engine: Engine, collection: Collection, statement: Document) -> Document:
    refuse_options(statement, "collation", "arrayFilters")
    query, change, multi = statement["q"], statement["u"], statement.get("multi", False)
    if multi and not is_operators(change):
        raise CommandError(9, "multi update is not supported for replacement-style update")
    found = collection.find(query, sort=statement.get("sort"), limit=0 if multi else 1)
    if not found and statement.get("upsert"):
        return {"n": 1, "modified": 0, "_id": _upsert(engine, collection, query, change)["_id"]}
    modified = 0
    for document in found:
        engine.refuse_poison("update", document["_id"])
        modified += collection.replace(document, updated(document, change))
    return {"n": len(found), "modified": modified}


def _upsert(engine: Engine, collection: Collection, query: Document, change: Document) -> Document:
    start = seed(query)
    if not is_operators(change):
        start = {"_id": start["_id"]} if "_id" in start else {}
    document = updated(start, change, inserting=True)
    if "_id" in start and document["_id"] != start["_id"]:
        raise CommandError(
            66, "Performing an update on the path '_id' would modify the immutable field '_id'"
        )
    document = {"_id": document.pop("_id") if "_id" in document else ObjectId(), **document}
    engine.refuse_poison("update", document["_id"])
    collection.insert(document)
    return document


def _each(
    command: Document, batch: str, carry_out: Callable[[Document], Any]
) -> tuple[list[tuple[int, Any]], Document]:
    """Carry out the statements of a batch; an ordered one ends at the first that is refused."""
    done, errors = [], []
    for index, statement in enumerate(command[batch]):
        try:
            done.append((index, carry_out(statement)))
        except CommandError as error:
            errors.append(error.as_write_error(index))
            if command.get("ordered", True):
                break
    return done, {"writeErrors": errors} if errors else {}
