"""Opens identities with everything they need, and keeps what they count and what has expired in order."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import structlog

from adapters.accounts import open_accounts
from adapters.mail import FileOutbox
from config import IdentitySettings
from core_integrator.contracts.audit import AuditLog
from core_integrator.contracts.clock import Clock
from core_integrator.contracts.errors import StorageUnavailable
from security.api_keys import KeyDigests, new_pepper
from security.identities import Identities, Means, assemble
from security.identities.throttle import AttemptLimit, unlimited
from security.passwords import Passwords
from security.secret_files import kept_secret
from security.tokens import Tokens, new_key_pem, read_key_pem

log = structlog.get_logger("core_integrator.accounts")

TOKEN_KEY = "token_key.pem"  # noqa: S105 - name of a file
PEPPER = "api_key_pepper"
OUTBOX = "outbox"
WRITE_EVERY_S = 2.0
# In turns of writing counts: about every ten minutes.
PURGE_EVERY = 300


@asynccontextmanager
async def open_identities(
    settings: IdentitySettings,
    data_dir: Path,
    clock: Clock,
    audit: AuditLog,
    *,
    limit: AttemptLimit = unlimited,
    passwords: Passwords | None = None,
) -> AsyncGenerator[Identities, None]:
    """Open the accounts in the data folder; several processes may have them open.

    At the end, mails that are being sent are sent, and what was counted is written down.

    Raises:
        StorageUnavailable: The accounts, the token key or the pepper cannot be read or made.
    """
    tokens = Tokens(read_key_pem(await asyncio.to_thread(_token_key, settings, data_dir)))
    digests = KeyDigests(await asyncio.to_thread(_pepper, settings, data_dir))
    async with open_accounts(data_dir, clock) as accounts:
        means = Means(accounts, FileOutbox(data_dir / OUTBOX, clock), audit, clock, tokens, digests)
        identities = assemble(means, verify_email=settings.verify_email, limit=limit, passwords=passwords)
        upkeep = asyncio.create_task(_keep_up(identities, clock), name="identities-upkeep")
        try:
            yield identities
        finally:
            upkeep.cancel()
            await asyncio.wait([upkeep])
            await identities.recovery.close()
            await identities.tally.write()


async def _keep_up(identities: Identities, clock: Clock) -> None:
    turn = 0
    while True:
        if turn % PURGE_EVERY == 0:
            try:
                await identities.accounts.changes.purge(clock.now())
            except StorageUnavailable as error:
                log.warning("accounts.not_purged", reason=error.message)
        turn += 1
        await asyncio.sleep(WRITE_EVERY_S)
        await identities.tally.write()


def _token_key(settings: IdentitySettings, data_dir: Path) -> bytes:
    if settings.token_key_file is None:
        return kept_secret(data_dir / TOKEN_KEY, new_key_pem)
    try:
        return settings.token_key_file.read_bytes()
    except OSError as error:
        raise StorageUnavailable("the token key cannot be read from INTEGRATOR_TOKEN_KEY_FILE") from error


def _pepper(settings: IdentitySettings, data_dir: Path) -> bytes:
    if settings.pepper is None:
        return kept_secret(data_dir / PEPPER, new_pepper)
    return settings.pepper.get_secret_value().encode()
