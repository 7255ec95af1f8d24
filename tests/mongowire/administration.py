"""Commands about the server, its collections and their indexes."""

from datetime import UTC, datetime

from tests.mongowire.collection import MAX_DOCUMENT_BYTES
from tests.mongowire.engine import Engine, namespace_of
from tests.mongowire.errors import CommandError, Unsupported
from tests.mongowire.framing import MAX_MESSAGE_BYTES
from tests.mongowire.matching import matcher
from tests.mongowire.values import Document


def hello(engine: Engine, command: Document) -> Document:
    """Introduce the server as one that stands alone, of version 7.0."""
    return {
        "helloOk": True,
        "ismaster": True,
        "isWritablePrimary": True,
        "maxBsonObjectSize": MAX_DOCUMENT_BYTES,
        "maxMessageSizeBytes": MAX_MESSAGE_BYTES,
        "maxWriteBatchSize": 100_000,
        "localTime": datetime.now(UTC),
        "logicalSessionTimeoutMinutes": 30,
        "connectionId": 1,
        "minWireVersion": 0,
        "maxWireVersion": 21,
        "readOnly": False,
    }


def build_info(engine: Engine, command: Document) -> Document:
    """Return the version."""
    version = [7, 0, 0, 0]
    return {"version": "7.0.0", "versionArray": version, "maxBsonObjectSize": MAX_DOCUMENT_BYTES}


def nothing(engine: Engine, command: Document) -> Document:
    """Answer that it is done."""
    return {}


def create(engine: Engine, command: Document) -> Document:
    """Make an empty collection."""
    if refused := {"capped", "timeseries", "viewOn", "collation", "validator"} & set(command):
        raise Unsupported(f"collections with {', '.join(sorted(refused))}")
    engine.create(namespace_of(command))
    return {}


def create_indexes(engine: Engine, command: Document) -> Document:
    """Build the indexes that are not there yet."""
    is_new = namespace_of(command) not in engine.collections
    collection = engine.made(command)
    before = len(collection.indexes)
    for spec in command["indexes"]:
        if "collation" in spec:
            raise Unsupported("the option collation")
        collection.add_index({"v": 2, **spec})
    after = len(collection.indexes)
    return {"numIndexesBefore": before, "numIndexesAfter": after, "createdCollectionAutomatically": is_new}


def list_indexes(engine: Engine, command: Document) -> Document:
    """Return the indexes of a collection."""
    namespace = namespace_of(command)
    if namespace not in engine.collections:
        raise CommandError(26, f"ns does not exist: {namespace}")
    specs = [index.spec for index in engine.collections[namespace].indexes.values()]
    return engine.cursors.first(namespace, specs, None)


def drop_indexes(engine: Engine, command: Document) -> Document:
    """Forget one index by name, several, or all but that of the ids."""
    collection = engine.found(command)
    before = len(collection.indexes)
    wanted = command["index"]
    names = [name for name in collection.indexes if name != "_id_"] if wanted == "*" else wanted
    for name in [names] if isinstance(names, str) else names:
        collection.drop_index(name)
    return {"nIndexesWas": before}


def list_collections(engine: Engine, command: Document) -> Document:
    """Return the collections of a database."""
    database = command["$db"]
    rows = [
        {
            "name": name.removeprefix(f"{database}."),
            "type": "collection",
            "options": {},
            "info": {"readOnly": False},
        }
        for name in engine.collections
        if name.startswith(f"{database}.")
    ]
    wanted = matcher(command.get("filter") or {})
    return engine.cursors.first(f"{database}.$cmd.listCollections", list(filter(wanted, rows)), None)


def list_databases(engine: Engine, command: Document) -> Document:
    """Return the names of the databases that hold a collection."""
    names = sorted({namespace.partition(".")[0] for namespace in engine.collections})
    return {"databases": [{"name": name, "sizeOnDisk": 0, "empty": False} for name in names], "totalSize": 0}


def drop(engine: Engine, command: Document) -> Document:
    """Forget a collection with its indexes."""
    engine.drop(namespace_of(command))
    return {"ns": namespace_of(command)}


def drop_database(engine: Engine, command: Document) -> Document:
    """Forget every collection of a database."""
    for namespace in [name for name in engine.collections if name.startswith(f"{command['$db']}.")]:
        engine.drop(namespace)
    return {"dropped": command["$db"]}
