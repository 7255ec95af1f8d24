"""The soak from start to account."""

import asyncio
import sqlite3
import time
from contextlib import closing
from pathlib import Path

import httpx

from tests.mongowire import MongoProgram, mongo_program
from tests.servers import Program, hub_program
from tests.soak.ledger import Ledger, in_mongodb, in_sqlite
from tests.soak.storm import Storm
from tests.soak.users import User

DATABASE = "soak"
DRAIN_S = 60.0


def soak(folder: Path, *, seconds: float, kills: int, users: int, pause_s: float, seed: int) -> Ledger:
    """Run hub and MongoDB under users and storm, heal everything, and return the account."""
    with (
        mongo_program(folder / "mongo") as mongo,
        hub_program(
            folder / "hub",
            INTEGRATOR_WORKERS="2",
            INTEGRATOR_PLUGINS_OFF="creator,video",
            INTEGRATOR_LOG_LEVEL="WARNING",
            USE_MONGODB="1",
            MONGODB_CONNECTION_STRING=mongo.url,
            MONGODB_DATABASE_NAME=DATABASE,
        ) as hub,
    ):
        ledger = Ledger()
        try:
            asyncio.run(_live(hub, mongo, ledger, seconds, kills, users, pause_s, seed))
        finally:
            hub.kill_family()
        ledger.audit("SQLite", in_sqlite(folder / "hub"))
        ledger.audit("MongoDB", in_mongodb(mongo.url, DATABASE))
        return ledger


async def _live(
    hub: Program,
    mongo: MongoProgram,
    ledger: Ledger,
    seconds: float,
    kills: int,
    users: int,
    pause_s: float,
    seed: int,
) -> None:
    limits = httpx.Limits(max_connections=users)
    async with httpx.AsyncClient(base_url=hub.url, timeout=20, limits=limits) as client:
        storm = Storm(hub, mongo, ledger, seed=seed)
        people = [User(f"user{number}", client, ledger, storm.explains) for number in range(users)]
        ending = asyncio.Event()
        async with asyncio.TaskGroup() as living:
            for user in people:
                living.create_task(user.live(ending, pause_s=pause_s))
            await storm.rage(seconds=seconds, kills=kills)
            ending.set()
        await _drained(hub.log.parent / "memory.db")
        shown = await asyncio.gather(*(user.history() for user in people))
        ledger.audit("/get-history", [row for rows in shown for row in rows])


async def _drained(journal: Path) -> None:
    """Wait until MongoDB has everything."""
    deadline = time.monotonic() + DRAIN_S
    with closing(sqlite3.connect(journal)) as connection:
        while connection.execute("SELECT count(*) FROM backlog").fetchone()[0]:
            assert time.monotonic() < deadline, "something still waits for MongoDB"
            await asyncio.sleep(0.1)
