"""The durable queue: DBOS starts each film once, and again after a crash."""

import asyncio
import os
from collections.abc import AsyncGenerator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from pathlib import Path

import sqlalchemy as sa
from dbos import DBOS, DBOSClient, DBOSConfig, DBOSPortableJSONSerializer, SetWorkflowID
from sqlalchemy import event
from sqlalchemy.engine import Engine

from services.text_to_video.studio import Studio

QUEUE = "films"
NAME = "text-to-video"
VERSION = "films-1"
# One process for each data folder (a lock sees to it), so that one name is enough and recovery finds its own.
EXECUTOR = "text-to-video-0"
POLL_S = 0.25

_studio: Studio | None = None


@DBOS.workflow(name="make_film", max_recovery_attempts=50)
async def make_film(film_id: str) -> str:
    """Make one film; its id is the workflow's."""
    assert _studio is not None  # noqa: S101 - the queue is opened with its studio
    return await DBOS.run_step_async({"name": "render"}, _studio.make, film_id)


class FilmQueue:
    """Hands films to the studio, some at a time."""

    async def put(self, film_id: str) -> None:
        """Queue a film; a second time changes nothing."""
        with SetWorkflowID(film_id):
            await DBOS.enqueue_workflow_async(QUEUE, make_film, film_id)


@asynccontextmanager
async def open_queue(folder: Path, studio: Studio) -> AsyncGenerator[FilmQueue, None]:
    """Start the engine on its own SQLite file; at the end leave unfinished work for the next start."""
    global _studio
    _studio = studio
    url = f"sqlite:///{folder / 'queue.db'}"
    engine = _engine(url)
    DBOS(config=_config(engine))
    await asyncio.to_thread(_register, url, engine)
    DBOS.launch()
    try:
        yield FilmQueue()
    finally:
        await studio.close()
        await asyncio.to_thread(DBOS.destroy, workflow_completion_timeout_sec=0)
        # DBOS leaves the loop with its own, closed, executor.
        asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor())
        engine.dispose()


def _register(url: str, engine: Engine) -> None:
    # Before the launch: a queue registered later is noticed only after a second.
    DBOS.migrate(url)
    client = DBOSClient(
        system_database_engine=engine, application_name=NAME, serializer=DBOSPortableJSONSerializer()
    )
    concurrency = max(1, (os.cpu_count() or 2) // 2)
    client.register_queue(QUEUE, worker_concurrency=concurrency, polling_interval_sec=POLL_S)


def _config(engine: Engine) -> DBOSConfig:
    return {
        "name": NAME,
        "application_version": VERSION,
        "executor_id": EXECUTOR,
        "system_database_engine": engine,
        "max_executor_threads": 8,
        "log_level": "WARNING",
        "notification_listener_polling_interval_sec": 0.5,
        "serializer": DBOSPortableJSONSerializer(),
    }


def _engine(url: str) -> Engine:
    engine = sa.create_engine(url, pool_size=3, max_overflow=0)

    @event.listens_for(engine, "connect")
    def _prepare(connection: object, _: object) -> None:
        # DBOS sets these only on engines that it makes itself.
        connection.isolation_level = "IMMEDIATE"  # type: ignore[attr-defined]  # sqlite3.Connection, as the URL says
        for pragma in ("busy_timeout=30000", "foreign_keys=ON", "journal_mode=WAL", "synchronous=FULL"):
            connection.execute(f"PRAGMA {pragma}")  # type: ignore[attr-defined]  # as above

    return engine
