"""Where the audit log is kept: records in SQLite, signed heads and the signing key in files beside it."""

from adapters.audit.heads import HeadsFile
from adapters.audit.keyfile import key_lines, make_key_file
from adapters.audit.sqlite import open_sqlite_audit

__all__ = ["HeadsFile", "key_lines", "make_key_file", "open_sqlite_audit"]
