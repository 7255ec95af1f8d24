"""The audit log put together: records, signed heads and key, all in the data folder."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

from adapters.audit import HeadsFile, key_lines, make_key_file, open_sqlite_audit
from core_integrator.contracts.audit import AuditRecord
from core_integrator.contracts.clock import Clock
from core_integrator.contracts.errors import NotFound, StorageUnavailable
from security.audit.journal import TICK_S, AuditJournal, open_journal
from security.audit.key import AuditKey
from security.audit.verification import Verification

RECORDS = "audit.db"
HEADS = "audit.heads"
KEY = "audit.key"

_PORTION = 1000


@asynccontextmanager
async def open_audit(
    data_dir: Path, *, key_file: Path | None, clock: Clock, tick_s: float = TICK_S
) -> AsyncGenerator[AuditJournal, None]:
    """Open the log; its key is made in the data folder unless a file of it is named.

    Raises:
        StorageUnavailable: Records or key cannot be opened; the hub must not start without.
    """
    if key_file is None:
        make_key_file(data_dir / KEY)
    key = AuditKey(key_lines(key_file or data_dir / KEY))
    async with (
        open_sqlite_audit(data_dir / RECORDS, key) as store,
        open_journal(store, HeadsFile(data_dir / HEADS), key, clock=clock, tick_s=tick_s) as journal,
    ):
        yield journal


async def verify(data_dir: Path, *, key_file: Path | None) -> Verification:
    """Verify the log in a data folder, from its first record to its last; a hub may be writing it meanwhile.

    Raises:
        NotFound: There is no log.
        StorageUnavailable: It cannot be read.
    """
    key = AuditKey(key_lines(key_file or data_dir / KEY))
    async with open_sqlite_audit(_records_of(data_dir), key) as store:
        try:
            lines = HeadsFile(data_dir / HEADS).lines()
        except StorageUnavailable:
            lines = []
        verification = Verification(lines, key)
        tail, seen = await store.tail(), 0
        while portion := await store.following(seen, limit=_PORTION):
            for record in portion:
                verification.see(record)
            seen = portion[-1].seq
            # After the last portion, as nothing follows on it, this is the seal of its last record.
            tail = await store.tail()
        verification.end(tail)
    return verification


async def exported(data_dir: Path, *, key_file: Path | None) -> AsyncGenerator[AuditRecord, None]:
    """Yield every record of the log in a data folder, oldest first.

    Raises:
        NotFound: There is no log.
        StorageUnavailable: It cannot be read.
    """
    key = AuditKey(key_lines(key_file or data_dir / KEY))
    async with open_sqlite_audit(_records_of(data_dir), key) as store:
        seen = 0
        while portion := await store.following(seen, limit=_PORTION):
            for record in portion:
                yield record
            seen = portion[-1].seq


def _records_of(data_dir: Path) -> Path:
    path = data_dir / RECORDS
    if not path.exists():
        raise NotFound("audit log")
    return path
