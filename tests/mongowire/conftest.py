"""Both drivers, each before a server of its own in this process."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import pytest
from motor.motor_asyncio import AsyncIOMotorClient
from pymongo import AsyncMongoClient

from tests.mongowire import Server, serving

OpenClient = Callable[..., AbstractAsyncContextManager[Any]]


@asynccontextmanager
async def pymongo_client(url: str, **options: Any) -> AsyncGenerator[Any, None]:
    """Open PyMongo's own asynchronous client."""
    async with AsyncMongoClient(url, **options) as client:
        yield client


@asynccontextmanager
async def motor_client(url: str, **options: Any) -> AsyncGenerator[Any, None]:
    """Open Motor's client."""
    client = AsyncIOMotorClient(url, **options)
    try:
        yield client
    finally:
        # It says good-bye and waits for the answer: on the loop of the server, for ever.
        await asyncio.to_thread(client.close)


@pytest.fixture(params=[pymongo_client, motor_client], ids=["pymongo", "motor"])
def open_client(request: pytest.FixtureRequest) -> OpenClient:
    """How to open a client of this driver."""
    return request.param


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    """An empty server without a journal."""
    async with serving() as started:
        yield started


@pytest.fixture
async def client(server: Server, open_client: OpenClient) -> AsyncIterator[Any]:
    """A client of that server; it repeats nothing on its own."""
    async with open_client(server.url, retryReads=False, retryWrites=False) as opened:
        yield opened


@pytest.fixture
def rows(client: Any) -> Any:
    """A collection of that client."""
    return client.tests.rows
