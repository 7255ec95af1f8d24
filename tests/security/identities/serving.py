"""A small application around identities, served for real.

``python -m tests.security.identities.serving <data folder> <port>`` serves it in a process of its own.
"""

import asyncio
import contextlib
import socket
import sys
import threading
from collections.abc import AsyncGenerator, Coroutine, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, TypeVar

import uvicorn
from argon2 import PasswordHasher
from fastapi import FastAPI
from starlette.exceptions import HTTPException

from config import IdentitySettings
from core_integrator.accounts import open_identities
from core_integrator.api import auth
from core_integrator.api.edge import Edge
from core_integrator.api.errors import on_http_exception, on_integrator_error
from core_integrator.contracts.audit import AuditEntry
from core_integrator.contracts.errors import IntegratorError, StorageUnavailable
from security.identities import Identities
from security.identities.throttle import unlimited
from security.passwords import Passwords
from tests.servers import LIMIT_S, until

T = TypeVar("T")

# The same algorithm with the least it can do: what is tested is not how slow it is.
QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


class Ledger:
    """An audit log that tests read, and that can be out of order."""

    def __init__(self) -> None:
        self.entries: list[AuditEntry] = []
        self.broken = False

    async def append(self, entry: AuditEntry) -> None:
        """Keep an entry."""
        if self.broken:
            raise StorageUnavailable("the audit log cannot be written now")
        self.entries.append(entry)

    def note(self, entry: AuditEntry) -> None:
        """Keep an entry."""
        self.entries.append(entry)

    def told(self, action: str) -> list[tuple[str, str, str]]:
        """Return who did that to whom, and how it ended."""
        return [(e.actor, e.object, e.result) for e in self.entries if e.action == action]


class MovableClock:
    """A clock that tests move on."""

    def __init__(self) -> None:
        self.shift = timedelta()

    def now(self) -> datetime:
        """Return the machine's time, moved."""
        return datetime.now(UTC) + self.shift


class Stage:
    """What a test may arrange before the application opens, and look at afterwards."""

    def __init__(self, data_dir: Path, *, hasher: PasswordHasher = QUICK) -> None:
        self.data_dir = data_dir
        self.settings = IdentitySettings()
        self.clock = MovableClock()
        self.ledger = Ledger()
        self.limit = unlimited
        self.hasher = hasher
        self.identities: Identities | None = None

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Run something in the application's own loop."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(LIMIT_S)

    def app(self):
        """Return the application."""

        @contextlib.asynccontextmanager
        async def live(app: FastAPI) -> AsyncGenerator[None, None]:
            opening = open_identities(
                self.settings,
                self.data_dir,
                self.clock,
                self.ledger,
                limit=lambda key: self.limit(key),
                passwords=Passwords(self.hasher),
            )
            async with opening as identities:
                self.identities, self._loop = identities, asyncio.get_running_loop()
                app.state.hub = SimpleNamespace(identities=identities)
                yield

        app = FastAPI(lifespan=live)
        app.include_router(auth.router)
        app.add_exception_handler(IntegratorError, on_integrator_error)
        app.add_exception_handler(HTTPException, on_http_exception)
        return Edge(app, track=lambda event: None)

    @contextlib.contextmanager
    def served(self) -> Iterator[str]:
        """Serve the application on a free loopback port; yield the URL of its routes."""
        sock = socket.socket()
        sock.bind(("127.0.0.1", 0))
        server = uvicorn.Server(
            uvicorn.Config(self.app(), log_config=None, access_log=False, timeout_graceful_shutdown=5)
        )
        thread = threading.Thread(target=server.run, kwargs={"sockets": [sock]}, daemon=True)
        thread.start()
        until(lambda: server.started or not thread.is_alive(), "the server started")
        assert server.started, "the server did not start"
        try:
            yield f"http://127.0.0.1:{sock.getsockname()[1]}/api/v1/auth"
        finally:
            server.should_exit = True
            thread.join(LIMIT_S)
            sock.close()


if __name__ == "__main__":
    uvicorn.run(Stage(Path(sys.argv[1])).app(), port=int(sys.argv[2]), log_config=None, access_log=False)
