"""A process that writes audit entries and says which are durable: ``worker DATA_DIR NAME COUNT``."""

import asyncio
import sys
from pathlib import Path

from core_integrator.auditing import open_audit
from core_integrator.contracts.audit import AuditEntry
from core_integrator.contracts.clock import SystemClock


async def main(data_dir: Path, name: str, count: int) -> None:
    """Append entries one after the other."""
    async with open_audit(data_dir, key_file=None, clock=SystemClock()) as log:
        for number in range(count):
            await log.append(AuditEntry(name, "core.call", f"entry/{number}", "success"))
            sys.stdout.write(f"{number}\n")
            sys.stdout.flush()


asyncio.run(main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])))
