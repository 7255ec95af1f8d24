"""Signed requests put together: registered keys, spent nonces, and the verifier over both."""

import secrets
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from adapters.keys import open_keys
from adapters.nonces import open_nonces
from config import Settings
from core_integrator.contracts.audit import AuditLog
from core_integrator.contracts.clock import Clock
from core_integrator.contracts.signing import KeyRegistry
from security.identities.trail import Trail
from security.keys import KeyDesk
from security.possession import Challenges
from security.secret_files import kept_secret
from security.sspl.verifier import RequestVerifier

CHALLENGE_SECRET = "challenge_secret"  # noqa: S105 - name of a file


@dataclass(frozen=True, slots=True)
class Signing:
    """Everything about signed requests."""

    registry: KeyRegistry
    desk: KeyDesk
    challenges: Challenges
    verifier: RequestVerifier


@asynccontextmanager
async def open_signing(settings: Settings, clock: Clock, audit: AuditLog) -> AsyncGenerator[Signing, None]:
    """Open keys and nonces; without them nothing that must be signed is served.

    Raises:
        StorageUnavailable: They cannot be opened.
    """
    # All workers know each other's challenges.
    secret = kept_secret(settings.data_dir / CHALLENGE_SECRET, lambda: secrets.token_bytes(32))
    async with (
        open_keys(settings.data_dir) as registry,
        open_nonces(settings.data_dir, clock, settings.nonces) as nonces,
    ):
        verifier = RequestVerifier(keys=registry, nonces=nonces, clock=clock, settings=settings.sspl)
        desk = KeyDesk(registry, clock, Trail(audit))
        yield Signing(registry, desk, Challenges(secret, clock), verifier)
