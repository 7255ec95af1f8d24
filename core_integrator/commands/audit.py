"""``integrator audit``: is the log whole, and what does it say."""

import asyncio
from dataclasses import asdict
from typing import TextIO

from rich.console import Console

from config import Settings
from core_integrator import auditing
from core_integrator.contracts.clock import moment, rfc3339
from security.audit.chain import canonical

MOST_FAULTS = 20


def verify(settings: Settings, console: Console) -> bool:
    """Print what is wrong with the log, and where; return whether nothing is.

    Raises:
        NotFound: There is no log.
        StorageUnavailable: It cannot be read.
    """
    found = asyncio.run(auditing.verify(settings.data_dir, key_file=settings.audit_key_file))
    for fault in found.faults[:MOST_FAULTS]:
        console.print(f"FAULT {fault}", highlight=False, soft_wrap=True)
    if len(found.faults) > MOST_FAULTS:
        console.print(f"FAULT and {len(found.faults) - MOST_FAULTS} more", highlight=False)
    verdict = "not as the hub wrote it" if found.faults else "whole"
    console.print(f"{found.rows} rows, {found.heads} signed heads: {verdict}", highlight=False)
    return not found.faults


def export(settings: Settings, output: TextIO) -> None:
    """Write every record as a line of JSON, oldest first, with the moment in words too.

    Raises:
        NotFound: There is no log.
        StorageUnavailable: It cannot be read.
    """

    async def write() -> None:
        async for record in auditing.exported(settings.data_dir, key_file=settings.audit_key_file):
            facts = {**asdict(record), "timestamp": rfc3339(moment(record.ts_us))}
            output.write(canonical(facts).decode() + "\n")

    asyncio.run(write())
