"""Commands that read documents."""

from typing import Any

from tests.mongowire.engine import Engine, namespace_of
from tests.mongowire.errors import Unsupported, refuse_options
from tests.mongowire.shaping import aggregated, projected
from tests.mongowire.values import MISSING, Document, key, lookup


def find(engine: Engine, command: Document) -> Document:
    """Return the first batch of the documents found."""
    refuse_options(command, "collation", "min", "max", "tailable", "returnKey", "showRecordId")
    limit = command.get("limit", 0)
    documents = engine.found(command).find(
        command.get("filter", {}), sort=command.get("sort"), skip=command.get("skip", 0), limit=abs(limit)
    )
    if projection := command.get("projection"):
        documents = [projected(document, projection) for document in documents]
    single = bool(command.get("singleBatch")) or limit < 0
    return engine.cursors.first(namespace_of(command), documents, command.get("batchSize"), single=single)


def get_more(engine: Engine, command: Document) -> Document:
    """Return the next batch of a cursor."""
    return engine.cursors.more(command["getMore"], command.get("batchSize"))


def kill_cursors(engine: Engine, command: Document) -> Document:
    """Close cursors."""
    return engine.cursors.close(command["cursors"])


def count(engine: Engine, command: Document) -> Document:
    """Return how many documents a filter means."""
    found = engine.found(command)
    if not (query := command.get("query")):
        return {"n": len(found)}
    return {"n": len(found.find(query, skip=command.get("skip", 0), limit=command.get("limit", 0)))}


def distinct(engine: Engine, command: Document) -> Document:
    """Return the different values of a field; those in arrays one by one."""
    values: dict[Any, Any] = {}
    for document in engine.found(command).find(command.get("query") or {}):
        value = lookup(document, command["key"])
        for one in value if isinstance(value, list) else [value]:
            if one is not MISSING:
                values.setdefault(key(one), one)
    return {"values": [values[place] for place in sorted(values)]}


def aggregate(engine: Engine, command: Document) -> Document:
    """Return the first batch of what a pipeline makes of a collection."""
    refuse_options(command, "collation", "explain")
    if not isinstance(command["aggregate"], str):
        raise Unsupported("pipelines without a collection")
    documents = aggregated(engine.found(command), command["pipeline"])
    return engine.cursors.first(namespace_of(command), documents, command.get("cursor", {}).get("batchSize"))
