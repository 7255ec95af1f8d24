"""The SQLite machinery that every store uses."""
