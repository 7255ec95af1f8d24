"""The tables of the memory, and how an older file becomes a newer one."""

from collections.abc import Sequence

from adapters.memory import backlog, erasures, untold
from adapters.sqlite.schema import Schema

# "CIme" in ASCII: says whose file this is.
APPLICATION_ID = 0x43496D65

_INITIAL = (
    """
    CREATE TABLE interactions (
        seq INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        user_id TEXT NOT NULL,
        module TEXT NOT NULL,
        intent TEXT NOT NULL,
        created_us INTEGER NOT NULL,
        request TEXT NOT NULL CHECK (json_valid(request)),
        response TEXT NOT NULL CHECK (json_valid(response))
    ) STRICT
    """,
    "CREATE INDEX interactions_of_user ON interactions (user_id, created_us DESC, id DESC)",
    "CREATE INDEX interactions_of_module ON interactions (user_id, module, created_us DESC, id DESC)",
    """
    CREATE TABLE generations (
        seq INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        user_id TEXT NOT NULL,
        module TEXT NOT NULL,
        created_us INTEGER NOT NULL,
        provider_generation_id TEXT NOT NULL,
        payload TEXT NOT NULL CHECK (json_valid(payload))
    ) STRICT
    """,
    "CREATE INDEX generations_of_module ON generations (user_id, module, created_us DESC, id DESC)",
    """
    CREATE TABLE feedback (
        seq INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        generation_id TEXT NOT NULL REFERENCES generations (id) ON DELETE CASCADE,
        user_id TEXT NOT NULL,
        created_us INTEGER NOT NULL,
        score INTEGER NOT NULL,
        command TEXT,
        rating INTEGER,
        comment TEXT,
        forwarded_us INTEGER
    ) STRICT
    """,
    # Holds the score too, so that the sum never visits the rows.
    "CREATE INDEX feedback_of_generation ON feedback (generation_id, score)",
    # A claim without status is still running.
    """
    CREATE TABLE claims (
        seq INTEGER PRIMARY KEY,
        scope TEXT NOT NULL UNIQUE,
        fingerprint BLOB NOT NULL,
        token TEXT NOT NULL,
        owner TEXT NOT NULL,
        expires_us INTEGER NOT NULL,
        status INTEGER,
        body BLOB,
        CHECK ((status IS NULL) = (body IS NULL))
    ) STRICT
    """,
    "CREATE INDEX claims_by_expiry ON claims (expires_us)",
    "CREATE TABLE heartbeat (id INTEGER PRIMARY KEY CHECK (id = 1), beats INTEGER NOT NULL) STRICT",
)

_RECORDS_AND_WAITING_FEEDBACK = (
    """
    CREATE TABLE records (
        seq INTEGER PRIMARY KEY,
        user_id TEXT NOT NULL,
        module TEXT NOT NULL,
        kind TEXT NOT NULL,
        id TEXT NOT NULL,
        payload TEXT NOT NULL CHECK (json_valid(payload)),
        -- When it was first kept, and its newest change; both grow strictly within a process.
        first_us INTEGER NOT NULL,
        changed_us INTEGER NOT NULL,
        UNIQUE (user_id, module, kind, id)
    ) STRICT
    """,
    # Set when nobody will ever be told: the generator refused, or its module takes no feedback.
    "ALTER TABLE feedback ADD COLUMN given_up_us INTEGER",
    "CREATE INDEX feedback_waiting ON feedback (seq) WHERE forwarded_us IS NULL AND given_up_us IS NULL",
)

_OWNERS_AND_ERASURES = (
    # What refers to an exchange keeps it from being pruned.
    "ALTER TABLE generations ADD COLUMN interaction_id TEXT",
    "CREATE INDEX generations_of_exchange ON generations (interaction_id) WHERE interaction_id IS NOT NULL",
    "ALTER TABLE claims ADD COLUMN user_id TEXT NOT NULL DEFAULT ''",
    "CREATE INDEX claims_of_user ON claims (user_id)",
    *erasures.TABLE,
    # One index serves what is settled and what is read.
    "DROP INDEX IF EXISTS backlog_by_ref",
)

MIGRATIONS: Sequence[Sequence[str]] = (
    _INITIAL,
    _RECORDS_AND_WAITING_FEEDBACK,
    backlog.TABLE,
    _OWNERS_AND_ERASURES,
    untold.TABLE,
)

MEMORY = Schema("memory", APPLICATION_ID, MIGRATIONS)
