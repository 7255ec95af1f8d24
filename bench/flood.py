"""Bodies far longer than allowed, from somebody who proves nothing."""

import socket
from collections.abc import Iterator
from urllib.parse import urlsplit

PIECE = bytes(2**20)


def flood(url: str, *, megabytes: int, chunked: bool) -> int:
    """Send such a body, whatever is answered meanwhile; return the status, 0 if there is none."""
    at = urlsplit(url)
    length = "Transfer-Encoding: chunked" if chunked else f"Content-Length: {megabytes * len(PIECE)}"
    head = f"POST /core HTTP/1.1\r\nHost: {at.netloc}\r\nContent-Type: application/json\r\n{length}\r\n\r\n"
    with socket.create_connection((at.hostname, at.port), timeout=60) as connection:
        try:
            connection.sendall(head.encode())
            for piece in _pieces(megabytes, chunked=chunked):
                connection.sendall(piece)
        except (ConnectionResetError, BrokenPipeError):
            # Cut off in the midst of it; the answer may have come nevertheless.
            pass
        return _status(connection)


def _pieces(megabytes: int, *, chunked: bool) -> Iterator[bytes]:
    for _ in range(megabytes):
        yield b"%x\r\n%b\r\n" % (len(PIECE), PIECE) if chunked else PIECE
    if chunked:
        yield b"0\r\n\r\n"


def _status(connection: socket.socket) -> int:
    try:
        line = connection.recv(4096).partition(b"\r\n")[0].split()
    except ConnectionResetError:
        return 0
    return int(line[1]) if len(line) > 1 else 0
