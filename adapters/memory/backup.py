"""A consistent copy of the memory, made while hubs go on writing."""

import sqlite3
from pathlib import Path

from adapters.memory.copies import (
    Contents,
    CopyProblem,
    checked,
    checksum_of,
    in_words,
    part_of,
    publish,
    reading,
    refuse_lack_of_room,
    refuse_target,
    sha256,
)
from adapters.sqlite.failures import STORE_FAILED

# Between two steps an interruption is seen.
_PAGES_A_STEP = 4096


def back_up(data_dir: Path, target: Path, *, force: bool = False) -> Contents:
    """Copy the memory of a data folder, with what is still in its log, to a new file; tell what is in it.

    Beside it stands ``<name>.sha256``, by which a restore, or ``sha256sum -c``, sees a later damage.

    Raises:
        CopyProblem: There is no backup; the message says why.
    """
    refuse_target(target, data_dir, force=force)
    try:
        with reading(data_dir / "memory.db") as source, part_of(target) as part:
            refuse_lack_of_room(target.parent, _size(source))
            _copy(source, part)
            contents = checked(part)
            _publish(part, target, force=force)
    except STORE_FAILED as error:
        raise CopyProblem(f"no backup was made: {in_words(error)}") from error
    return contents


def _copy(source: sqlite3.Connection, part: Path) -> None:
    copy = sqlite3.connect(part, isolation_level=None)
    try:
        # Nobody else sees this file before it is whole and synced.
        copy.execute("PRAGMA synchronous = OFF")
        # One moment of the memory, held over all steps: no write of a hub makes the copy start over.
        source.execute("BEGIN")
        source.execute("SELECT 1 FROM sqlite_schema").fetchone()
        source.backup(copy, pages=_PAGES_A_STEP, progress=_seen, sleep=0)
        source.execute("ROLLBACK")
    finally:
        copy.close()


def _publish(part: Path, target: Path, *, force: bool) -> None:
    checksum = checksum_of(target)
    line = f"{sha256(part)}  {target.name}\n"
    with part_of(checksum) as written:
        written.write_text(line)
        if not force and target.exists():
            raise CopyProblem(f"{target} came to be meanwhile; --force replaces it")
        # In this order a backup never stands beside the checksum of another.
        checksum.unlink(missing_ok=True)
        publish(part, target)
        publish(written, checksum)


def _size(source: sqlite3.Connection) -> int:
    pages, page = (source.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_count", "page_size"))
    return int(pages * page)


def _seen(status: int, remaining: int, total: int) -> None:
    """Do nothing: being called is what lets an interruption through."""
