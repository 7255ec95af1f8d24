"""The server: connections, each a stream of requests, over one engine, one journal and one list of faults."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

from tests.mongowire.commands import name_of, run
from tests.mongowire.engine import Engine
from tests.mongowire.errors import CommandError
from tests.mongowire.faults import Fault, Faults
from tests.mongowire.framing import MessageError, Request, answer, take_requests
from tests.mongowire.journal import Journal
from tests.mongowire.values import Document


class Server:
    """What all connections share."""

    def __init__(self, journal: Journal | None, faults: Faults) -> None:
        self.port = 0
        self.faults = faults
        self.connections: set[Connection] = set()
        self._engine = Engine(faults.refuse_poison)
        self._journal = journal
        if journal is not None:
            for change in journal.replay():
                self._engine.repeat(change)

    @property
    def url(self) -> str:
        """Return the address for a driver."""
        return f"mongodb://127.0.0.1:{self.port}"

    def carry_out(self, command: Document) -> Document:
        """Carry out a command; what it changed is in the journal when this returns."""
        if name_of(command) == "configureFault":
            return self._configure_fault(command["configureFault"])
        reply = run(self._engine, command)
        changes = self._engine.take_changes()
        if changes and self._journal is not None:
            self._journal.append(changes)
        return reply

    def _configure_fault(self, order: Document | str) -> Document:
        """Add a fault, with ``"off"`` clear all, with anything else only list them."""
        try:
            if isinstance(order, dict):
                self.faults.order(Fault.ordered(order))
            elif order == "off":
                self.faults.clear()
        except CommandError as error:
            return error.as_reply()
        return {"faults": self.faults.listed(), "ok": 1.0}


class Connection(asyncio.Protocol):
    """One client.  It has no task of its own: a request is answered as soon as it is in."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._received = bytearray()
        self._transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Join the connections of the server."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._server.connections.add(self)

    def connection_lost(self, exc: Exception | None) -> None:
        """Leave the connections of the server."""
        self._server.connections.discard(self)

    def data_received(self, data: bytes) -> None:
        """Begin every request that is in; hang up on what is no request."""
        self._received += data
        try:
            for request in take_requests(self._received):
                self._begin(request)
        except MessageError:
            self.hang_up()

    def hang_up(self) -> None:
        """End the connection now."""
        self._transport.abort()

    def _begin(self, request: Request) -> None:
        fault = self._server.faults.meet(name_of(request.command))
        if fault is not None and fault.delay_ms:
            loop = asyncio.get_running_loop()
            loop.call_later(fault.delay_ms / 1000, self._carry_out, request, fault)
        else:
            self._carry_out(request, fault)

    def _carry_out(self, request: Request, fault: Fault | None) -> None:
        # A client that gave up waiting has its write all the same, as with a real server.
        mode = None if fault is None else fault.mode
        if mode == "close_before":
            self.hang_up()
            return
        if fault is not None and mode == "error":
            reply = fault.error().as_reply()
        else:
            reply = self._server.carry_out(request.command)
        if mode == "close_after":
            self.hang_up()
        elif request.wants_reply and not self._transport.is_closing():
            self._transport.write(answer(request, reply))


@asynccontextmanager
async def serving(
    *, port: int = 0, journal: Path | None = None, faults: Faults | None = None
) -> AsyncGenerator[Server, None]:
    """Serve on a loopback port (a free one if 0) in this process; on leaving every connection is ended."""
    with contextlib.ExitStack() as stack:
        opened = stack.enter_context(Journal(journal)) if journal is not None else None
        server = Server(opened, faults or Faults())
        loop = asyncio.get_running_loop()
        listening = await loop.create_server(lambda: Connection(server), "127.0.0.1", port, backlog=512)
        server.port = listening.sockets[0].getsockname()[1]
        try:
            yield server
        finally:
            listening.close()
            for connection in list(server.connections):
                connection.hang_up()
            await listening.wait_closed()
            await asyncio.sleep(0)  # lets the transports close their sockets
