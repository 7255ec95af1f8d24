"""The audit log that the hub writes to."""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager, suppress

import structlog

from core_integrator.contracts.audit import (
    NOT_OURS,
    AuditEntry,
    AuditHeads,
    AuditQuery,
    AuditRecord,
    AuditStore,
)
from core_integrator.contracts.clock import Clock, microseconds
from core_integrator.contracts.errors import StorageUnavailable
from security.audit.chain import GENESIS
from security.audit.heads import Head
from security.audit.key import AuditKey
from security.audit.sampling import Sampler
from telemetry.redaction import redacted_text

log = structlog.get_logger("security.audit")

HEAD_EVERY_US = 60 * 1_000_000
HEAD_EVERY_ROWS = 1000
TICK_S = 1.0
LONGEST_TEXT = 256
# Entries that wait for the disk; what comes on top is only counted.
MOST_NOTED = 10_000
MOST_AT_ONCE = 256
GATHER_S = 0.01
SYSTEM = "system"


class AuditJournal:
    """Appends entries, waiting for them or not, and signs the chain's head from time to time."""

    def __init__(self, store: AuditStore, heads: AuditHeads, key: AuditKey, *, clock: Clock) -> None:
        self._store = store
        self._heads = heads
        self._key = key
        self._clock = clock
        self._sampler = Sampler()
        self._noted: deque[AuditRecord] = deque()
        self._writing: asyncio.Task[None] | None = None
        self._head_wanted = asyncio.Event()
        self._newest_seq = 0
        self._signed_seq = 0
        self._signed_us = microseconds(clock.now())
        self._lost = 0

    async def append(self, entry: AuditEntry) -> None:
        """Write an entry down durably.

        Raises:
            StorageUnavailable: It is not written.  What must not go unrecorded is not done either.
        """
        await self._add([self._record(entry)])

    def note(self, entry: AuditEntry) -> None:
        """Write an entry down soon, without waiting; refusals above ten a second of one cause are counted."""
        if not self._sampler.admits(entry, int(self._clock.now().timestamp())):
            return
        if len(self._noted) >= MOST_NOTED:
            self._lost += 1
            return
        self._noted.append(self._record(entry))
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write_noted(), name="audit-notes")

    async def found(self, query: AuditQuery) -> Sequence[AuditRecord]:
        """Return what was asked for, newest first.

        Raises:
            StorageUnavailable: It cannot be read now.
        """
        return await self._store.found(query)

    async def run(self, tick_s: float = TICK_S) -> None:
        """Tell of bursts and sign heads until cancelled."""
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(tick_s):
                    await self._head_wanted.wait()
            self._head_wanted.clear()
            await self._tell_what_was_left_out()
            if self._head_is_due():
                await self._try_to_sign_head()

    async def close(self) -> None:
        """Write what was noted and left out, and sign the last head."""
        if self._writing is not None:
            await self._writing
        await self._tell_what_was_left_out(all_of_it=True)
        await self._try_to_sign_head()

    async def sign_head(self) -> None:
        """Sign how the chain ends now.

        Raises:
            StorageUnavailable: The end is not ours, or a head cannot be written.
        """
        now_us = microseconds(self._clock.now())
        tail = await self._store.tail()
        if tail is not None and not self._key.holds(tail):
            raise StorageUnavailable(NOT_OURS)
        seq, newest = (tail.seq, tail.hash) if tail else (0, GENESIS)
        line = Head(seq, newest, now_us).signed(self._key)
        await asyncio.to_thread(self._heads.add, seq, line)
        self._signed_seq, self._signed_us = seq, now_us

    async def _try_to_sign_head(self) -> None:
        try:
            await self.sign_head()
        except StorageUnavailable as error:
            # Tried again at the next turn.
            log.error("audit.head_not_signed", reason=error.message)

    def _head_is_due(self) -> bool:
        rows = self._newest_seq - self._signed_seq
        # A clock that went back counts as a long time: a head too many is harmless.
        waited_us = abs(microseconds(self._clock.now()) - self._signed_us)
        return rows >= HEAD_EVERY_ROWS or (rows > 0 and waited_us >= HEAD_EVERY_US)

    async def _tell_what_was_left_out(self, *, all_of_it: bool = False) -> None:
        now_s = int(self._clock.now().timestamp())
        for cause, count in self._sampler.ended(now_s, all_of_them=all_of_it):
            told = _system(cause.action, cause.result, left_out=count)
            await self._write([self._record(told)], stands_for=count)
        if self._lost:
            lost, self._lost = self._lost, 0
            told = _system("audit.lost", "storage_unavailable", lost=lost)
            await self._write([self._record(told)], stands_for=lost)

    async def _write_noted(self) -> None:
        while self._noted:
            # Company is waited for: many entries cost one signature and one wait for the disk.
            await asyncio.sleep(GATHER_S)
            records = [self._noted.popleft() for _ in range(min(len(self._noted), MOST_AT_ONCE))]
            await self._write(records, stands_for=len(records))

    async def _write(self, records: Sequence[AuditRecord], *, stands_for: int) -> None:
        try:
            await self._add(records)
        except StorageUnavailable as error:
            if not self._lost:
                log.error("audit.losing", action=records[0].action, reason=error.message)
            self._lost += stands_for
        except ValueError as error:
            # A detail is no JSON, a defect of ours; it must not take its company along.
            if len(records) > 1:
                for record in records:
                    await self._write([record], stands_for=1)
                return
            log.error("audit.lost", action=records[0].action, exc_info=error)
            self._lost += stands_for

    async def _add(self, records: Sequence[AuditRecord]) -> None:
        last = await self._store.add(records)
        self._newest_seq = max(self._newest_seq, last)
        if self._newest_seq - self._signed_seq >= HEAD_EVERY_ROWS:
            self._head_wanted.set()

    def _record(self, entry: AuditEntry) -> AuditRecord:
        return AuditRecord(
            seq=0,
            ts_us=microseconds(self._clock.now()),
            actor=_text(entry.actor),
            kind=entry.kind,
            action=_text(entry.action),
            object=_text(entry.object),
            result=_text(entry.result),
            request_id=_text(entry.request_id),
            ip_hash=self._key.hashed(entry.address),
            detail={
                name: redacted_text(value) if isinstance(value, str) else value
                for name, value in entry.detail.items()
            },
        )


def _system(action: str, result: str, **detail: int) -> AuditEntry:
    return AuditEntry(SYSTEM, action, "", result, kind="system", detail=dict(detail))


def _text(text: str) -> str:
    # Bounded, and writable whatever a caller sent: a path or a request id may hold somebody's key.
    return redacted_text(text[:LONGEST_TEXT]).encode(errors="replace").decode()


@asynccontextmanager
async def open_journal(
    store: AuditStore, heads: AuditHeads, key: AuditKey, *, clock: Clock, tick_s: float = TICK_S
) -> AsyncGenerator[AuditJournal, None]:
    """Keep the log for as long as it is open; begin and end with a signed head.

    Raises:
        StorageUnavailable: The log is not ours to go on with, or a head cannot be written.
    """
    journal = AuditJournal(store, heads, key, clock=clock)
    await journal.sign_head()
    running = asyncio.create_task(journal.run(tick_s), name="audit")
    try:
        yield journal
    finally:
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running
        await journal.close()
