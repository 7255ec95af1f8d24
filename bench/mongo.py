"""A MongoDB for the benchmarks: the tests' wire-protocol server, or the one ``MONGO_TEST_URI`` names."""

import contextlib
import os
import secrets
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import httpx
from pymongo import MongoClient

from bench.load import Running, free_port
from tests.mongowire import mongo_program

STAND_IN = "MongoDB is tests/mongowire, a process of its own"
_PATIENCE_S = 60.0


def settings(url: str, database: str) -> Mapping[str, str]:
    """Return the environment of a hub that remembers in a MongoDB."""
    return {
        "USE_MONGODB": "1",
        "MONGODB_CONNECTION_STRING": url,
        "MONGODB_DATABASE_NAME": database,
    }


@contextlib.contextmanager
def healthy(folder: Path) -> Iterator[tuple[Mapping[str, str], str]]:
    """Offer a MongoDB that answers, by a hub's settings, and say which it is."""
    url, database = os.environ.get("MONGO_TEST_URI"), f"bench_{secrets.token_hex(6)}"
    if url is None:
        with mongo_program(folder) as program:
            yield settings(program.url, database), STAND_IN
        return
    with MongoClient(url) as client:
        try:
            yield settings(url, database), f"MongoDB {client.server_info()['version']}"
        finally:
            client.drop_database(database)


def nobody() -> Mapping[str, str]:
    """Return the settings of a hub whose MongoDB was never there."""
    return settings(f"mongodb://127.0.0.1:{free_port()}", "bench")


def memory_of(hub: Running) -> dict[str, Any]:
    """Return what the hub shows of its memory: mode, depth and age of the backlog."""
    answer = httpx.get(f"{hub.url}/system/health", timeout=5)
    component: dict[str, Any] = answer.json()["components"]["memory"]
    return component


def until(hub: Running, mode: str, *, waiting: int | None = None) -> float:
    """Wait until the memory stands so, with so many rows waiting if given; return how long it took."""
    began = time.perf_counter()
    while (took := time.perf_counter() - began) < _PATIENCE_S:
        seen = memory_of(hub)
        if seen["mode"] == mode and waiting in (None, seen["backlog_depth"]):
            return took
        time.sleep(0.02)
    raise SystemExit(f"the memory is not {mode} with {waiting} waiting after {_PATIENCE_S:g} s: {seen}")
