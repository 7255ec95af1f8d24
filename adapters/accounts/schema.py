"""The tables of the accounts."""

from adapters.sqlite.schema import Schema

# "CIac" in ASCII: says whose file this is.
APPLICATION_ID = 0x43496163

_INITIAL = (
    """
    CREATE TABLE users (
        seq INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        email TEXT NOT NULL,
        email_key TEXT NOT NULL UNIQUE,
        username TEXT NOT NULL UNIQUE COLLATE NOCASE,
        full_name TEXT NOT NULL,
        password_hash TEXT NOT NULL,
        version INTEGER NOT NULL,
        roles TEXT NOT NULL CHECK (json_valid(roles)),
        active INTEGER NOT NULL CHECK (active IN (0, 1)),
        verified INTEGER NOT NULL CHECK (verified IN (0, 1)),
        created_us INTEGER NOT NULL
    ) STRICT
    """,
    """
    CREATE TABLE sessions (
        id TEXT NOT NULL PRIMARY KEY,
        user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
        expires_us INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID
    """,
    "CREATE INDEX sessions_of_user ON sessions (user_id)",
    "CREATE INDEX sessions_by_expiry ON sessions (expires_us)",
    # Spent ones stay with their session: seen again, they tell of a theft.
    """
    CREATE TABLE refresh_tokens (
        hash BLOB NOT NULL PRIMARY KEY,
        session_id TEXT NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
        spent INTEGER NOT NULL DEFAULT 0 CHECK (spent IN (0, 1))
    ) STRICT, WITHOUT ROWID
    """,
    "CREATE INDEX refresh_tokens_of_session ON refresh_tokens (session_id)",
    """
    CREATE TABLE tickets (
        hash BLOB NOT NULL PRIMARY KEY,
        kind TEXT NOT NULL,
        user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
        created_us INTEGER NOT NULL,
        expires_us INTEGER NOT NULL,
        UNIQUE (user_id, kind)
    ) STRICT, WITHOUT ROWID
    """,
    "CREATE INDEX tickets_by_expiry ON tickets (expires_us)",
    """
    CREATE TABLE api_keys (
        seq INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
        service_name TEXT NOT NULL,
        key_name TEXT NOT NULL,
        scopes TEXT NOT NULL CHECK (json_valid(scopes)),
        digest BLOB NOT NULL,
        created_us INTEGER NOT NULL,
        expires_us INTEGER,
        active INTEGER NOT NULL CHECK (active IN (0, 1)),
        last_used_us INTEGER,
        usage_count INTEGER NOT NULL DEFAULT 0
    ) STRICT
    """,
    "CREATE INDEX api_keys_of_user ON api_keys (user_id, seq)",
    """
    CREATE TABLE settings (
        user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
        key TEXT NOT NULL,
        value TEXT NOT NULL CHECK (json_valid(value)),
        value_type TEXT NOT NULL,
        PRIMARY KEY (user_id, key)
    ) STRICT, WITHOUT ROWID
    """,
    """
    CREATE TABLE usage (
        user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
        day TEXT NOT NULL,
        calls INTEGER NOT NULL,
        PRIMARY KEY (user_id, day)
    ) STRICT, WITHOUT ROWID
    """,
    # Numbers are never used twice, so that a process knows by one of them what it has heard.
    """
    CREATE TABLE news (
        seq INTEGER PRIMARY KEY AUTOINCREMENT,
        kind TEXT NOT NULL CHECK (kind IN ('session', 'user', 'key')),
        subject TEXT NOT NULL,
        until_us INTEGER NOT NULL
    ) STRICT
    """,
    "CREATE INDEX news_by_expiry ON news (until_us)",
)

ACCOUNTS = Schema("accounts", APPLICATION_ID, (_INITIAL,))
