"""A body kept back until its signature is proved: in memory while it is short, then on disk."""

import asyncio
import tempfile
from typing import IO, Self

from core_integrator.contracts.errors import MalformedRequest, TooLarge
from security.asgi import Message, Receive
from security.sspl.digest import Hash

MEMORY_BYTES = 2**20
_PIECE_BYTES = 64 * 1024


class HeldBody:
    """The body of one request, taken in at most once and handed on afterwards.

    A context manager: it is kept back for as long as the request is served.
    """

    def __init__(self, receive: Receive, *, limit_bytes: int, timeout_s: float) -> None:
        self._receive = receive
        self._limit_bytes = limit_bytes
        self._timeout_s = timeout_s
        self._pieces: list[bytes] = []
        self._file: IO[bytes] | None = None
        self._handed_on = False
        self.length = 0

    async def arrive(self, *hashes: Hash) -> None:
        """Take the body in, through the hashes; to be called once.

        Raises:
            TooLarge: It is longer than the route takes.
            MalformedRequest: It did not arrive in time, or the caller left.
        """
        try:
            async with asyncio.timeout(self._timeout_s):
                more = True
                while more:
                    more = self._take(await self._receive(), hashes)
                    if self.length > MEMORY_BYTES:
                        await self._put_down()
        except TimeoutError:
            raise MalformedRequest(f"the body did not arrive within {self._timeout_s:g} s") from None
        if self._file is not None:
            await asyncio.to_thread(self._file.seek, 0)

    async def content(self) -> bytes:
        """Return the whole body, once it arrived and before it is handed on."""
        if self._file is None:
            return b"".join(self._pieces)
        content = await asyncio.to_thread(self._file.read)
        await asyncio.to_thread(self._file.seek, 0)
        return content

    async def hand_on(self) -> Message:
        """Give the application what arrived; after it, whatever the server says next."""
        if self._handed_on:
            return await self._receive()
        if self._file is None:
            self._handed_on = True
            pieces, self._pieces = self._pieces, []
            return {"type": "http.request", "body": b"".join(pieces), "more_body": False}
        piece = await asyncio.to_thread(self._file.read, _PIECE_BYTES)
        self._handed_on = len(piece) < _PIECE_BYTES
        return {"type": "http.request", "body": piece, "more_body": not self._handed_on}

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        """Let go of what was kept."""
        if self._file is not None:
            await asyncio.to_thread(self._file.close)

    def _take(self, message: Message, hashes: tuple[Hash, ...]) -> bool:
        """Take the next piece; tell whether more is to come."""
        if message["type"] == "http.disconnect":
            raise MalformedRequest("the client left before the body was complete")
        piece = message.get("body", b"")
        self.length += len(piece)
        if self.length > self._limit_bytes:
            raise TooLarge(self._limit_bytes)
        for each in hashes:
            each.update(piece)
        self._pieces.append(piece)
        return bool(message.get("more_body", False))

    async def _put_down(self) -> None:
        """Move what is in memory to the disk."""
        if self._file is None:
            self._file = await asyncio.to_thread(tempfile.TemporaryFile)
        pieces, self._pieces = self._pieces, []
        await asyncio.to_thread(self._file.writelines, pieces)
