"""What went wrong with the database, said once for callers, health and the log."""

import sqlite3

from core_integrator.contracts.errors import StorageUnavailable

# The value was refused; the store itself is well.
REFUSED_VALUE = (sqlite3.IntegrityError, sqlite3.DataError, sqlite3.InterfaceError, sqlite3.ProgrammingError)

# What the database and the file system raise when the store is not well.
STORE_FAILED = (sqlite3.Error, OSError)

_REASONS = {
    sqlite3.SQLITE_BUSY: "locked by another process",
    sqlite3.SQLITE_LOCKED: "locked by another process",
    sqlite3.SQLITE_FULL: "the disk is full",
    sqlite3.SQLITE_READONLY: "read-only",
    sqlite3.SQLITE_CANTOPEN: "the file cannot be opened",
    sqlite3.SQLITE_IOERR: "the disk fails",
    sqlite3.SQLITE_CORRUPT: "the file is damaged",
    sqlite3.SQLITE_NOTADB: "the file is not a database",
}
_PRIMARY_CODE = 0xFF


def reason(error: BaseException) -> str:
    """Return the cause in general words: no path, no value, no foreign text."""
    if isinstance(error, TimeoutError):
        return "no answer in time"
    if isinstance(error, PermissionError):
        return "not permitted"
    code = getattr(error, "sqlite_errorcode", 0) & _PRIMARY_CODE
    return _REASONS.get(code, "the storage fails")


def cannot_write(name: str) -> str:
    """Return what callers are told of a store that takes no write."""
    return f"the {name} cannot be written now"


def cannot_read(name: str) -> str:
    """Return what callers are told of a store that answers no question."""
    return f"the {name} cannot be read now"


def cannot_open(name: str) -> str:
    """Return what an operator is told of a store that does not open."""
    return f"the {name} cannot be opened"


def unavailable(message: str, error: BaseException) -> StorageUnavailable:
    """Return what callers see of a failed store; the cause hangs on it for the log only."""
    failure = StorageUnavailable(message, retry_after_s=1)
    failure.__cause__ = error
    return failure


def refused(error: BaseException) -> ValueError:
    """Return what callers see when a value they handed over cannot be stored."""
    failure = ValueError("a value cannot be stored: a text is not JSON, or of the wrong kind")
    failure.__cause__ = error
    return failure
