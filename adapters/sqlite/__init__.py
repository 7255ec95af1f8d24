"""SQLite files that survive ``kill -9`` and several processes: one writer with group commit, many readers."""
