"""Random lives of a mirrored memory, held against a model: writes, reads, faults, restarts, erasures.

Two open memories share one data folder, as two workers of a hub do; MongoDB is the program of
``tests/mongowire``, killed, halted and made to fail in between.
"""

import asyncio
import shutil
import sqlite3
import tempfile
from collections.abc import Awaitable
from contextlib import AsyncExitStack, closing
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)
from pymongo import MongoClient

from adapters.memory import open_memory
from core_integrator.contracts.errors import NotFound
from core_integrator.contracts.ports import (
    Feedback,
    Generation,
    Interaction,
    MemoryStore,
    Record,
    Shelf,
)
from tests.adapters.memory.conftest import FixedClock, mongo_settings
from tests.adapters.memory.model import Model
from tests.adapters.memory.samples import feedback, generation, interaction
from tests.adapters.memory.waiting import age, until_nothing_waits
from tests.mongowire import MongoProgram, mongo_program

DEADLINE_S = 0.2
PATIENCE_S = 20.0
USERS = ("ada", "bob", "cleo")
MODULES = ("creator", "video")
# Refusals that pass: not the primary, shutting down, write concern, interrupted, too many connections.
PASSING_CODES = (10107, 91, 64, 11600, 189)
WRITES = ("insert", "update", "delete")

users = st.sampled_from(USERS)
modules = st.sampled_from(MODULES)
workers = st.integers(0, 1)
commands = st.sampled_from([*WRITES, "find"])
shelves = st.builds(Shelf, users, st.sampled_from(["finance"]), st.sampled_from(["transaction", "budget"]))


class MemoryMachine(RuleBasedStateMachine):
    """One life; at its end everything is healed, and MongoDB holds what the model says."""

    def __init__(self, server: MongoProgram, past_the_memory: MongoClient[Any], folder: Path) -> None:
        super().__init__()
        self.server = server
        self.past_the_memory = past_the_memory
        self.folder = Path(tempfile.mkdtemp(dir=folder))
        self.settings = mongo_settings(server.url, deadline_s=DEADLINE_S)
        self.loop = asyncio.Runner()
        self.clock = FixedClock()
        self.model = Model()
        self.numbers = 0
        self.refused: set[str] = set()
        self.erased_at: dict[str, datetime] = {}
        self.lives = 0
        self.data = self.folder / "0"

    # --- the life of the memory ---

    @initialize(driver=st.sampled_from(["pymongo", "motor"]))
    def begin(self, driver: str) -> None:
        """Open it, by either driver."""
        self.settings = self.settings.model_copy(update={"driver": driver})
        self._heal()
        self.run(self._open())

    @rule()
    def restart(self) -> None:
        """Close both workers in good order, and open them again."""
        self.run(self.opened.aclose())
        self.run(self._open())

    @rule()
    def crash(self) -> None:
        """Go on from what is on disk at this moment, as after a kill; what was under way is lost."""
        self.lives += 1
        before, self.data = self.data, self.folder / str(self.lives)
        self.data.mkdir()
        with (
            closing(sqlite3.connect(before / "memory.db")) as source,
            closing(sqlite3.connect(self.data / "memory.db")) as image,
        ):
            source.backup(image)
        self.run(self.opened.aclose())
        self.run(self._open())

    @rule()
    def without_mongodb_for_a_while(self) -> None:
        """Somebody switches it off and on again."""
        self.run(self.opened.aclose())
        self.run(self._open(mirrored=False))

    @precondition(lambda self: not self.mirrored)
    @rule()
    def with_mongodb_again(self) -> None:
        """It gets all it missed."""
        self.restart()

    @rule(seconds=st.integers(0, 100))
    def time_passes(self, seconds: int) -> None:
        """What waits is old enough to be replayed."""
        self.clock.advance(seconds)
        age(self.data / "memory.db")
        self.run(asyncio.sleep(0.25))

    # --- writes ---

    @rule(worker=workers, user=users, module=modules, with_generation=st.booleans(), late_s=st.integers(0, 5))
    def remember(self, worker: int, user: str, module: str, with_generation: bool, late_s: int) -> None:
        """An exchange, with or without something made in it."""
        exchange, made = self._exchange(user, module, with_generation, late_s)
        self.run(self.memories[worker].remember(exchange, generation=made))
        self.model.add(*self.run(self._as_dated(worker, exchange, made)))
        self.check(user)

    @rule(data=st.lists(st.tuples(workers, users, modules, st.booleans()), min_size=2, max_size=6))
    def remember_many_at_once(self, data: list[tuple[int, str, str, bool]]) -> None:
        """Several users at the same time."""
        rows = [(worker, *self._exchange(user, module, made, 0)) for worker, user, module, made in data]
        self.run(self._all_of([self.memories[w].remember(e, generation=g) for w, e, g in rows]))
        for _, exchange, made in rows:
            self.model.add(exchange, made)
        for user in {user for _, user, _, _ in data}:
            self.check(user)

    @rule(worker=workers, data=st.data())
    def remember_again(self, worker: int, data: st.DataObject) -> None:
        """A repeat under the same id changes nothing, whatever it holds."""
        known = sorted(self.model.interactions)
        if known:
            exchange = self.model.interactions[data.draw(st.sampled_from(known))]
            again = replace(exchange, response='{"status": "changed"}')
            self.run(self.memories[worker].remember(again))
            self.check(exchange.user_id)

    @rule(worker=workers, user=users, score=st.sampled_from([-2, -1, 1, 2]), data=st.data())
    def judge(self, worker: int, user: str, score: int, data: st.DataObject) -> None:
        """A verdict, on what is there, is gone, or is another's."""
        if not self.model.generation_ids:
            return
        on = data.draw(st.sampled_from(self.model.generation_ids))
        given = feedback(self._number(), on=on, user=user, score=score)
        given = replace(given, created_at=self.clock.now())
        made = self.model.generations.get(on)
        if made is None or made.user_id != user:
            assert self.run(self._refused(worker, given))
            return
        total = self.run(self.memories[worker].add_feedback(given))
        self.model.feedback[given.id] = given
        assert total == self.model.scores()[on]
        self.check(user)

    @rule(worker=workers, shelf=shelves, names=st.lists(st.sampled_from("abcd"), min_size=1, unique=True))
    def keep(self, worker: int, shelf: Shelf, names: list[str]) -> None:
        """Rows of a module, new ones and changed ones."""
        records = [Record(name, f'{{"n": {self._number()}}}') for name in names]
        self.run(self.memories[worker].keep(shelf, records))
        self.model.keep(shelf, records)
        self.check(shelf.user_id)

    @rule(worker=workers, user=users, data=st.data())
    def drop(self, worker: int, user: str, data: st.DataObject) -> None:
        """Forget something made; only its owner can."""
        if not self.model.generation_ids:
            return
        chosen = data.draw(st.sampled_from(self.model.generation_ids))
        made = self.model.generations.get(chosen)
        own = made is not None and made.user_id == user
        assert self.run(self.memories[worker].drop_generation(chosen, user_id=user)) is own
        if own:
            self.model.drop(chosen)
        self.check(user)

    @rule(worker=workers, data=st.data())
    def make_again(self, worker: int, data: st.DataObject) -> None:
        """A namesake of something that was dropped starts from nothing."""
        gone = sorted(set(self.model.generation_ids) - set(self.model.generations))
        if gone:
            name = data.draw(st.sampled_from(gone))
            user, module = data.draw(users), data.draw(modules)
            _, made = self._exchange(user, module, True, 0)
            assert made is not None
            made = replace(made, id=name)
            self.run(self.memories[worker].remember(None, generation=made))
            self.model.add(None, made)
            self.check(user)

    @rule(worker=workers, data=st.data())
    def forward(self, worker: int, data: st.DataObject) -> None:
        """A generator was told of a verdict."""
        if self.model.feedback:
            told = data.draw(st.sampled_from(sorted(self.model.feedback)))
            self.run(self.memories[worker].mark_forwarded(told))
            self.model.forwarded.add(told)

    @rule(worker=workers, user=users)
    def erase(self, worker: int, user: str) -> None:
        """Forget a user; what comes later is remembered again."""
        self.run(self.memories[worker].erase(user))
        self.model.erase(user)
        self.erased_at[user] = self.clock.now()
        self.check(user)

    # --- what befalls MongoDB ---

    @precondition(lambda self: self.server_is == "well")
    @rule()
    def mongodb_is_killed(self) -> None:
        """As by kill -9; its port refuses from now on."""
        self.server.kill()
        self.server_is = "dead"

    @precondition(lambda self: self.server_is == "well")
    @rule()
    def mongodb_hangs(self) -> None:
        """It takes everything and answers nothing."""
        self.server.stop_signal()
        self.server_is = "hung"

    @precondition(lambda self: self.server_is == "well")
    @rule(mode=st.sampled_from(["close_before", "close_after"]), command=commands, times=st.integers(1, 3))
    def mongodb_hangs_up(self, mode: str, command: str, times: int) -> None:
        """Before it did what it was asked, or after: its acknowledgement is lost."""
        self.server.fault(mode, command, times=times)

    @precondition(lambda self: self.server_is == "well")
    @rule(code=st.sampled_from(PASSING_CODES), command=commands, times=st.integers(1, 3))
    def mongodb_refuses(self, code: int, command: str, times: int) -> None:
        """It says no for now."""
        self.server.fault("error", command, code=code, times=times)

    @precondition(lambda self: self.server_is == "well")
    @rule(command=commands, times=st.integers(1, 3), deadlines=st.sampled_from([0.5, 1.5, 3]))
    def mongodb_is_late(self, command: str, times: int, deadlines: float) -> None:
        """It answers, in time or long after anybody waits; what it was asked it does all the same."""
        self.server.fault("delay", command, delay_ms=deadlines * DEADLINE_S * 1000, times=times)

    @precondition(lambda self: self.server_is == "well")
    @rule()
    def mongodb_will_never_take_the_next(self) -> None:
        """A validator, say, that refuses one document for good."""
        self.server.fault("error", "insert", code=121, ids=[f"int_{self.numbers + 1:05d}"])
        self.refused.add(f"int_{self.numbers + 1:05d}")

    @precondition(lambda self: self.server_is != "well")
    @rule()
    def mongodb_is_back(self) -> None:
        """Whatever befell it is over."""
        self._heal()
        if self.mirrored:
            self.run(self._until_in_use())
        self.everybody_reads(3)

    # --- reads ---

    @rule(limit=st.integers(1, 4))
    def everybody_reads(self, limit: int) -> None:
        """Every user, at every worker, sees what is theirs and nothing else."""
        for memory in self.memories:
            for user in USERS:
                self.run(self._check(memory, user, limit))

    def check(self, user: str) -> None:
        """The user sees at once all of theirs and nothing else, at the worker whose turn it is."""
        self.run(self._check(self.memories[self.numbers % 2], user, 3))

    async def _check(self, memory: MemoryStore, user: str, limit: int) -> None:
        model = self.model
        assert list(await memory.context(user, limit=limit)) == model.exchanges_of(user)[:limit]
        newest = {module: model.exchanges_of(user, module)[:limit] for module in MODULES}
        shown = await memory.newest_of_each_module(user, per_module=limit)
        assert {m: [row for row in shown if row.module == m] for m in MODULES} == newest
        assert len(shown) == sum(map(len, newest.values()))
        assert await self._pages(memory.history, user, limit=limit) == model.exchanges_of(user)
        for module in MODULES:
            pages = await self._pages(memory.history, user, module=module, limit=limit)
            assert pages == model.exchanges_of(user, module)
            made = await self._pages(memory.generations, user, module=module, limit=limit)
            assert made == model.made_by(user, module)
        for each in set(model.generation_ids):
            expected = model.generations.get(each)
            own = expected if expected is not None and expected.user_id == user else None
            assert await memory.generation(each, user_id=user) == own
            if own is not None or expected is None:
                assert await memory.generation_by_capability(each) == expected
        assert await memory.scores(sorted(set(model.generation_ids))) == model.scores()
        for kind in ("transaction", "budget"):
            shelf = Shelf(user, "finance", kind)
            assert list(await memory.records(shelf)) == model.records_on(shelf)
            assert list(await memory.records(shelf, prefix="b")) == model.records_on(shelf, "b")

    async def _pages(self, ask: Any, user: str, **wanted: Any) -> list[Any]:
        rows: list[Any] = []
        cursor = None
        while True:
            page = await ask(user, cursor=cursor, **wanted)
            rows += page.rows
            cursor = page.next_cursor
            if cursor is None:
                return rows

    # --- the end ---

    def teardown(self) -> None:
        """Heal, let everything arrive, and compare; then leave nothing behind."""
        try:
            if not hasattr(self, "opened"):
                return
            self._heal()
            if not self.mirrored:
                self.restart()
            # First MongoDB completed by what waits, then MongoDB alone.
            self.run(self._until_in_use())
            self.everybody_reads(3)
            self.run(until_nothing_waits(self.data / "memory.db"))
            self.run(self._until_in_use())
            self._compare()
            self.everybody_reads(3)
            self.run(self.opened.aclose())
            self.data = self.folder / "elsewhere"
            self.run(self._open(workers=1))
            self.run(self._until_in_use())
            if not self.refused:
                self.everybody_reads(3)
        finally:
            self._heal()
            if hasattr(self, "opened"):
                self.run(self.opened.aclose())
            self.loop.close()
            self.past_the_memory.drop_database(self.settings.database)
            shutil.rmtree(self.folder)

    def _compare(self) -> None:
        database = self.past_the_memory[self.settings.database]
        collections = ("interactions", "generations", "feedback", "records")
        stored = {name: list(database[name].find()) for name in collections}
        expected = {
            (row.id, row.user_id, row.module, row.response) for row in self.model.interactions.values()
        }
        held = {
            (row["_id"], row["user_id"], row["module"], row["response"]) for row in stored["interactions"]
        }
        assert held <= expected
        assert {row[0] for row in expected - held} <= self.refused
        made = {(row["_id"], row["user_id"]) for row in stored["generations"]}
        modelled = {(row.id, row.user_id) for row in self.model.generations.values()}
        assert made == modelled, f"stored alone {made - modelled}, modelled alone {modelled - made}"
        assert {
            (row["_id"], row["user_id"], row["score"], row.get("forwarded_us") is not None)
            for row in stored["feedback"]
        } == {
            (row.id, row.user_id, row.score, row.id in self.model.forwarded)
            for row in self.model.feedback.values()
        }
        in_order = sorted(stored["records"], key=lambda row: row["first_us"])
        by_shelf: dict[Shelf, list[Record]] = {}
        for row in in_order:
            shelf = Shelf(row["user_id"], row["module"], row["kind"])
            by_shelf.setdefault(shelf, []).append(Record(row["id"], row["payload"]))
        assert by_shelf == {shelf: list(kept.values()) for shelf, kept in self.model.shelves.items() if kept}

    # --- means ---

    def run(self, work: Awaitable[Any]) -> Any:
        """Let the event loop do something to its end."""

        async def bounded() -> Any:
            async with asyncio.timeout(PATIENCE_S):
                return await work

        return self.loop.run(bounded())

    async def _open(self, *, mirrored: bool = True, workers: int = 2) -> None:
        self.opened = AsyncExitStack()
        self.mirrored = mirrored
        mongo = self.settings if mirrored else None
        self.memories = [
            await self.opened.enter_async_context(open_memory(self.data, self.clock, mongo))
            for _ in range(workers)
        ]

    def _heal(self) -> None:
        if getattr(self, "server_is", "well") == "hung":
            self.server.cont()
        elif getattr(self, "server_is", "well") == "dead":
            self.server.start()
        self.server_is = "well"
        self.server.mend()

    async def _until_in_use(self) -> None:
        while any(memory.state().mode == "journal" for memory in self.memories):
            await asyncio.sleep(0.02)

    def _number(self) -> int:
        self.numbers += 1
        self.clock.advance(1)
        return self.numbers

    def _exchange(
        self, user: str, module: str, with_generation: bool, late_s: int
    ) -> tuple[Interaction, Generation | None]:
        number = self._number()
        at = self.clock.now() - timedelta(seconds=late_s)
        exchange = interaction(number, user=user, module=module, created_at=at)
        made = generation(number, user=user, module=module, created_at=at) if with_generation else None
        return exchange, made

    async def _as_dated(
        self, worker: int, exchange: Interaction, made: Generation | None
    ) -> tuple[Interaction, Generation | None]:
        """Return the rows as they are kept: what is written after an erasure is dated after it."""
        erased_at = self.erased_at.get(exchange.user_id)
        if erased_at is None or exchange.created_at > erased_at:
            return exchange, made
        rows = (await self.memories[worker].history(exchange.user_id, limit=200)).rows
        (dated_at,) = [row.created_at for row in rows if row.id == exchange.id]
        assert dated_at > erased_at
        exchange = replace(exchange, created_at=dated_at)
        return exchange, None if made is None else replace(made, created_at=dated_at)

    async def _refused(self, worker: int, given: Feedback) -> bool:
        try:
            await self.memories[worker].add_feedback(given)
        except NotFound:
            return True
        return False

    @staticmethod
    async def _all_of(works: list[Awaitable[Any]]) -> None:
        await asyncio.gather(*works)


def live(folder: Path, how: settings) -> None:
    """Let memories live and compare each with its model; a failure is told as it happened."""
    with mongo_program(folder / "mongo") as server, MongoClient(server.url) as past_the_memory:
        run_state_machine_as_test(
            lambda: MemoryMachine(server, past_the_memory, folder),
            settings=settings(
                how,
                deadline=None,
                database=None,
                # Shrinking would take minutes of real faults.
                phases=[Phase.generate],
                suppress_health_check=list(HealthCheck),
            ),
        )
