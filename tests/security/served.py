"""A real server around a small ASGI application."""

import contextlib
import socket
import threading
from collections.abc import Iterator

import uvicorn
from starlette.requests import Request

from core_integrator.api.errors import error_answer
from security.asgi import ASGIApp
from tests.servers import LIMIT_S, until


async def answer(error, scope, receive, send) -> None:
    """Write a refusal as the hub does."""
    await error_answer(error, Request(scope))(scope, receive, send)


@contextlib.contextmanager
def served(app: ASGIApp) -> Iterator[str]:
    """Serve an application on a free loopback port; yield its base URL."""
    sock = socket.socket()
    sock.bind(("127.0.0.1", 0))
    server = uvicorn.Server(
        uvicorn.Config(
            app, log_config=None, lifespan="auto", proxy_headers=False, timeout_graceful_shutdown=5
        )
    )
    thread = threading.Thread(target=server.run, kwargs={"sockets": [sock]}, daemon=True)
    thread.start()
    until(lambda: server.started or not thread.is_alive(), "the server started")
    assert server.started
    try:
        yield f"http://127.0.0.1:{sock.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(LIMIT_S)
        sock.close()
