"""The log with its files: order over processes, heads, crashes, and what cannot be written."""

import asyncio
import json
import stat
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from adapters.audit import key_lines, make_key_file
from core_integrator.auditing import HEADS, KEY, RECORDS, exported, open_audit, verify
from core_integrator.contracts.audit import AuditEntry, AuditQuery
from core_integrator.contracts.errors import StorageUnavailable
from tests.adapters.memory.conftest import FixedClock


def call(actor: str = "ada", **changes: object) -> AuditEntry:
    """Return an ordinary entry."""
    return AuditEntry(
        **{"actor": actor, "action": "core.call", "object": "video.generate", "result": "success"} | changes
    )


def opened(folder: Path, clock: FixedClock):
    """Open a log whose turns come quickly."""
    return open_audit(folder, key_file=None, clock=clock, tick_s=0.01)


def heads(folder: Path) -> list[int]:
    """Return how long the chain was at each signed head."""
    return [json.loads(line)["seq"] for line in (folder / HEADS).read_text().splitlines()]


async def eventually(condition) -> None:
    """Wait until a condition holds."""
    async with asyncio.timeout(30):
        while not condition():
            await asyncio.sleep(0.01)


@pytest.fixture
def clock() -> FixedClock:
    """A clock of the test's own."""
    return FixedClock()


async def test_what_was_written_is_found_by_what_it_says(tmp_path: Path, clock: FixedClock) -> None:
    """Who, what, target, when: newest first, narrowed by any of them, page by page."""
    async with opened(tmp_path, clock) as log:
        started = clock.now()
        await log.append(call(request_id="req_1", detail={"cost": 20}))
        clock.advance(10)
        await log.append(call("bob", action="auth.login", object="bob", result="unauthenticated"))
        await log.append(call())

        async def seqs(**query: object) -> list[int]:
            return [record.seq for record in await log.found(AuditQuery(**query))]

        assert await seqs() == [3, 2, 1]
        assert await seqs(limit=2) == [3, 2]
        assert await seqs(before=2) == [1]
        assert await seqs(actor="ada") == [3, 1]
        assert await seqs(action="auth.login", result="unauthenticated", object="bob") == [2]
        assert await seqs(request_id="req_1") == [1]
        assert await seqs(since=started + timedelta(seconds=10)) == [3, 2]
        assert await seqs(until=started + timedelta(seconds=10)) == [1]
        (first,) = await log.found(AuditQuery(before=2))
        assert (first.actor, first.detail, first.kind) == ("ada", {"cost": 20}, "anonymous")


async def test_no_address_is_kept_in_clear(tmp_path: Path, clock: FixedClock) -> None:
    """Equal ones can be told to be equal, and no more."""
    async with opened(tmp_path, clock) as log:
        for address in ("192.0.2.77", "192.0.2.77", "192.0.2.78"):
            await log.append(call(address=address))
        third, second, first = await log.found(AuditQuery())

    assert first.ip_hash == second.ip_hash != third.ip_hash
    contents = [file.read_bytes() for file in sorted(tmp_path.iterdir())]  # noqa: ASYNC240 - the log is closed
    assert len(contents) > 3
    assert not any(b"192.0.2.7" in content for content in contents)


async def test_what_callers_send_can_always_be_written(tmp_path: Path, clock: FixedClock) -> None:
    """No request gets around the log by a name that SQLite or UTF-8 cannot hold, or by a long one."""
    async with opened(tmp_path, clock) as log:
        await log.append(call("\ud800\x00" + "x" * 10_000, object="🕺\n"))
        (record,) = await log.found(AuditQuery())

    assert len(record.actor) == 256
    assert not (await verify(tmp_path, key_file=None)).faults


def test_the_order_is_one_over_all_processes(tmp_path: Path) -> None:
    """Three workers write at once, one is killed: one chain without a gap, with all that was acknowledged."""
    command = [sys.executable, "-m", "tests.security.audit.worker", str(tmp_path)]
    workers = [
        subprocess.Popen([*command, name, count], stdout=subprocess.PIPE, text=True)
        for name, count in (("a", "100"), ("b", "100"), ("doomed", "1000000"))
    ]
    doomed = workers.pop()
    acknowledged = [doomed.stdout.readline() for _ in range(50)]
    doomed.kill()
    acknowledged += doomed.communicate()[0].splitlines()
    assert [worker.communicate()[0].count("\n") for worker in workers] == [100, 100]

    found = asyncio.run(verify(tmp_path, key_file=None))

    async def objects(actor: str) -> list[str]:
        return [record.object async for record in exported(tmp_path, key_file=None) if record.actor == actor]

    assert found.faults == []
    for name in "ab":
        assert asyncio.run(objects(name)) == [f"entry/{number}" for number in range(100)]
    assert len(asyncio.run(objects("doomed"))) - len(acknowledged) in (0, 1)


async def test_heads_are_signed_at_start_by_time_by_rows_and_at_the_end(
    tmp_path: Path, clock: FixedClock
) -> None:
    """Every minute or thousand rows, and never twice for the same row."""
    async with opened(tmp_path, clock) as log:
        assert heads(tmp_path) == [0]
        await log.append(call())
        clock.advance(60)
        await eventually(lambda: heads(tmp_path) == [0, 1])
        await asyncio.gather(*[log.append(call()) for _ in range(1000)])
        await eventually(lambda: heads(tmp_path) == [0, 1, 1001])
        await log.append(call())
    assert heads(tmp_path) == [0, 1, 1001, 1002]

    async with opened(tmp_path, clock):
        assert heads(tmp_path) == [0, 1, 1001, 1002]


async def test_a_torn_line_spoils_no_head(tmp_path: Path, clock: FixedClock) -> None:
    """What a crash in the middle of a line left is named by the verification; nothing after it is lost."""
    async with opened(tmp_path, clock):
        pass
    with (tmp_path / HEADS).open("a") as file:
        file.write('{"seq": 0, "ha')
    async with opened(tmp_path, clock) as log:
        await log.append(call())

    found = await verify(tmp_path, key_file=None)

    assert found.faults == ["line 2 of audit.heads is not signed by a trusted key"]
    assert found.heads == 2


async def test_notes_are_sampled_and_the_rest_is_counted(tmp_path: Path, clock: FixedClock) -> None:
    """A flood of refusals writes ten entries a second, and then how many there were."""
    async with opened(tmp_path, clock) as log:
        for _ in range(200):
            log.note(call(action="sspl.reject", result="sspl_replay"))
        clock.advance(1)
        async with asyncio.timeout(30):
            while len(written := await log.found(AuditQuery(limit=100))) < 11:
                await asyncio.sleep(0.01)

    told = [record for record in written if record.kind == "system"]
    assert [(record.action, record.result, record.detail) for record in told] == [
        ("sspl.reject", "sspl_replay", {"left_out": 190})
    ]
    assert len(written) == 11


async def test_what_was_noted_is_written_before_the_end(tmp_path: Path, clock: FixedClock) -> None:
    """A stop loses no entry and no number."""
    async with opened(tmp_path, clock) as log:
        for _ in range(50):
            log.note(call())
            log.note(call(result="forbidden"))

    details = [record.detail async for record in exported(tmp_path, key_file=None)]
    assert len(details) == 61
    assert details[-1] == {"left_out": 40}


async def test_an_entry_that_is_no_json_takes_no_other_along(tmp_path: Path, clock: FixedClock) -> None:
    """A defect of ours in one place must not blind the log for all."""
    async with opened(tmp_path, clock) as log:
        for rate in (1.0, float("nan"), 2.0):
            log.note(call(detail={"rate": rate}))

    told = [record async for record in exported(tmp_path, key_file=None)]
    assert [record.detail for record in told] == [{"rate": 1.0}, {"rate": 2.0}, {"lost": 1}]
    assert not (await verify(tmp_path, key_file=None)).faults


async def test_what_cannot_be_written_is_refused_or_counted(tmp_path: Path, clock: FixedClock) -> None:
    """An entry that must be written fails its caller; of the others the number is written down after."""
    async with opened(tmp_path, clock) as log:
        await log.append(call())
        for name in (RECORDS, f"{RECORDS}-wal", f"{RECORDS}-shm"):
            (tmp_path / name).rename(tmp_path / f"away-{name}")
        (tmp_path / RECORDS).mkdir()
        with pytest.raises(StorageUnavailable):
            await log.append(call())
        for _ in range(3):
            log.note(call())
        await asyncio.sleep(0.1)
        (tmp_path / RECORDS).rmdir()
        for name in (RECORDS, f"{RECORDS}-wal", f"{RECORDS}-shm"):
            if (tmp_path / f"away-{name}").exists():
                (tmp_path / f"away-{name}").rename(tmp_path / name)

    told = [record async for record in exported(tmp_path, key_file=None)]
    assert [record.action for record in told] == ["core.call", "audit.lost"]
    assert told[-1].detail == {"lost": 3}


def test_the_key_is_made_once_for_its_owner_only(tmp_path: Path) -> None:
    """Whole or not at all; the second maker uses the first one's."""
    path = tmp_path / "deep" / KEY
    make_key_file(path)
    first = key_lines(path)
    make_key_file(path)

    assert key_lines(path) == first
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [file.name for file in path.parent.iterdir()] == [KEY]


async def test_a_key_of_ones_own_signs(tmp_path: Path, clock: FixedClock) -> None:
    """Kept on another volume, it is out of the reach of whoever can write the log."""
    key = tmp_path / "elsewhere"
    key.write_text("33" * 32 + "\n")
    async with open_audit(tmp_path / "data", key_file=key, clock=clock) as log:
        await log.append(call())

    assert not (tmp_path / "data" / KEY).exists()
    assert not (await verify(tmp_path / "data", key_file=key)).faults
    with pytest.raises(StorageUnavailable, match="key"):
        async with open_audit(tmp_path / "data", key_file=tmp_path / "missing", clock=clock):
            pass
