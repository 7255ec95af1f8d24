"""A server that answers with exactly the bytes a test scripted, and breaks off where it was told to."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

Script = Callable[[asyncio.StreamWriter], "asyncio.Future[None] | None"]


class Wire:
    """Answers each request with the next script; the last one goes on for ever."""

    def __init__(self, *scripts) -> None:
        self.scripts = list(scripts)
        self.requests: list[bytes] = []
        self.url = ""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Play one connection."""
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
                body = await reader.readexactly(int(length[0].split(b":")[1])) if length else b""
                self.requests.append(head + body)
                script = self.scripts.pop(0) if len(self.scripts) > 1 else self.scripts[0]
                if not await script(writer):
                    break
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()


@asynccontextmanager
async def playing(*scripts) -> AsyncIterator[Wire]:
    """Serve the scripts on a free loopback port."""
    wire = Wire(*scripts)
    server = await asyncio.start_server(wire.serve, "127.0.0.1", 0)
    wire.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield wire
    finally:
        server.close()


def answer(status: int = 200, body: bytes = b"{}", **headers: str):
    """Answer well-formed, and keep the connection."""

    async def script(writer: asyncio.StreamWriter) -> bool:
        lines = [f"HTTP/1.1 {status} Status", f"Content-Length: {len(body)}"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        writer.write("\r\n".join(lines).encode() + b"\r\n\r\n" + body)
        await writer.drain()
        return True

    return script


def raw(text: bytes):
    """Send these bytes and close."""

    async def script(writer: asyncio.StreamWriter) -> bool:
        writer.write(text)
        await writer.drain()
        return False

    return script


def reset():
    """Break the connection off with a TCP reset."""

    async def script(writer: asyncio.StreamWriter) -> bool:
        writer.transport.abort()
        return False

    return script


def silence(after: bytes = b""):
    """Send something, or nothing, and then stay silent until the other side leaves."""

    async def script(writer: asyncio.StreamWriter) -> bool:
        writer.write(after)
        await writer.drain()
        await asyncio.sleep(30)
        return False

    return script


def trickle(head: bytes):
    """Send a body so slowly that no single read ever times out."""

    async def script(writer: asyncio.StreamWriter) -> bool:
        writer.write(head)
        for _ in range(600):
            writer.write(b" ")
            await writer.drain()
            await asyncio.sleep(0.05)
        return False

    return script
