"""``python -m services.creatorcore --port --data-dir``: runs the service."""

import argparse
import fcntl
import ipaddress
import logging
import os
import signal
import socket
import sys
from pathlib import Path
from typing import IO, Any

import structlog
import uvicorn

from services.creatorcore.app import create_app
from services.creatorcore.settings import SettingsError, read_settings
from services.creatorcore.store import Store, UnusableFile

GRACE_S = 3


def main() -> int:
    """Run until SIGTERM or Ctrl-C; a start that cannot be ends with one sentence and exit code 1."""
    options = _options()
    test_mode = os.environ.get("INTEGRATOR_TEST_MODE", "0").lower() in {"1", "true"}
    _log_as_json()
    try:
        settings = read_settings(os.environ)
        if test_mode and not ipaddress.ip_address(options.host).is_loopback:
            raise _CannotStart("test mode starts on loopback only")
        options.data_dir.mkdir(parents=True, exist_ok=True)
        lock = _locked(options.data_dir)
        listener = _listening(options.host, options.port)
        store = Store(options.data_dir / "texts.db")
    except (_CannotStart, SettingsError, UnusableFile, OSError) as problem:
        sys.stderr.write(f"creatorcore: {problem}\n")
        return 1
    # uvicorn drains on these and then raises them again; an end that was asked for is no failure.
    for asked in (signal.SIGTERM, signal.SIGINT):
        signal.signal(asked, lambda *_: None)
    app = create_app(options.data_dir.resolve(), store, settings, test_mode=test_mode)
    config = uvicorn.Config(
        app, log_config=None, access_log=False, proxy_headers=False, timeout_graceful_shutdown=GRACE_S
    )
    uvicorn.Server(config).run(sockets=[listener])
    lock.close()
    return 0


class _CannotStart(Exception):
    """Why the service cannot start."""


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m services.creatorcore", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
    parser.add_argument("--port", type=int, default=5001, help="port to listen on")
    parser.add_argument("--data-dir", type=Path, default=Path("var/creatorcore"), help="folder of texts")
    return parser.parse_args()


def _locked(folder: Path) -> IO[str]:
    """Hold the folder for this process: two programs on one folder would pay for texts twice."""
    file = (folder / "lock").open("w")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        raise _CannotStart(f"another process uses {folder}; stop it or choose another --data-dir") from error
    return file


def _listening(host: str, port: int) -> socket.socket:
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        raise _CannotStart(f"port {port} is taken; choose another --port") from error
    return listener


def _log_as_json() -> None:
    shared: list[Any] = [
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="ts"),
        structlog.processors.format_exc_info,
    ]
    render = structlog.processors.JSONRenderer(default=str)
    structlog.configure(
        processors=[*shared, render], logger_factory=structlog.WriteLoggerFactory(file=sys.stderr)
    )
    handler = logging.StreamHandler(sys.stderr)
    # The libraries' lines take the same form.
    strip = structlog.stdlib.ProcessorFormatter.remove_processors_meta
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(foreign_pre_chain=shared, processors=[strip, render])
    )
    logging.basicConfig(level=logging.INFO, handlers=[handler])
    # One line for each request to an endpoint says nothing that our own do not.
    logging.getLogger("httpx").setLevel(logging.WARNING)


if __name__ == "__main__":
    sys.exit(main())
