"""What somebody with access to the files could do, and where the verification says it was done."""

# ruff: noqa: S608 - statements of the tests' own numbers

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from core_integrator.auditing import HEADS, KEY, RECORDS, exported, open_audit, verify
from core_integrator.contracts.audit import AuditEntry, AuditTail
from core_integrator.contracts.clock import SystemClock
from core_integrator.contracts.errors import StorageUnavailable
from security.audit.heads import Head
from security.audit.key import AuditKey

THIEF = AuditKey(["66" * 32])


async def write(folder: Path, count: int, *, first: int = 0) -> None:
    """Write entries."""
    async with open_audit(folder, key_file=None, clock=SystemClock()) as log:
        for number in range(first, first + count):
            await log.append(
                AuditEntry("ada", "core.call", f"entry/{number}", "success", detail={"n": number})
            )


@pytest.fixture
async def log(tmp_path: Path) -> Path:
    """A log whose head was signed after five rows, and that was killed after five more."""
    folder = tmp_path / "data"
    await write(folder, 5)
    shutil.copy(folder / HEADS, tmp_path / "heads of five")
    await write(folder, 5, first=5)
    shutil.copy(tmp_path / "heads of five", folder / HEADS)
    return folder


def change(folder: Path, *statements: str) -> None:
    """Do as somebody would who knows SQL."""
    with sqlite3.connect(folder / RECORDS) as connection:
        connection.execute("DROP TRIGGER IF EXISTS audit_stays")
        connection.execute("DROP TRIGGER IF EXISTS audit_holds")
        for statement in statements:
            connection.execute(statement)
    connection.close()


async def rebuild(folder: Path, key: AuditKey, *, tail: bool, head: bool) -> None:
    """Change row 4 and compute every hash from there anew, with a key of one's own."""
    records = [record async for record in exported(folder, key_file=None)]
    previous = records[2].hash
    statements = []
    for record in records[3:]:
        actor = "mallory" if record.seq == 4 else record.actor
        changed = replace(record, actor=actor, prev_hash=previous)
        previous = key.link(changed.prev_hash, changed.facts())
        statements.append(
            f"UPDATE audit SET actor = '{actor}', prev_hash = '{changed.prev_hash}', hash = '{previous}' "
            f"WHERE seq = {record.seq}"
        )
    if tail:
        statements.append(f"UPDATE tail SET hash = '{previous}', seal = '{key.seal(10, previous)}'")
    change(folder, *statements)
    if head:
        (folder / HEADS).write_text(Head(10, previous, 1).signed(key) + "\n")


async def test_a_log_that_nobody_touched_is_whole(log: Path) -> None:
    """Also after a crash between two heads."""
    found = await verify(log, key_file=None)

    assert (found.rows, found.faults) == (10, [])


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("ts_us", "ts_us + 1"),
        ("actor", "'adb'"),
        ("kind", "'user'"),
        ("object", "'entry/4'"),
        ("result", "''"),
        ("request_id", "'x'"),
        ("ip_hash", "'x'"),
        ("detail", """'{"n": 4}'"""),
    ],
)
async def test_a_changed_field_is_found(log: Path, column: str, value: str) -> None:
    """Whatever is changed, the row is named."""
    change(log, f"UPDATE audit SET {column} = {value} WHERE seq = 4")

    assert (await verify(log, key_file=None)).faults == ["row 4 was changed"]


@pytest.mark.parametrize("row", [1, 7, 10])
async def test_a_flipped_bit_in_the_file_is_found(log: Path, row: int) -> None:
    """One bit of a row's text, on the disk."""
    path = log / RECORDS
    content = bytearray(path.read_bytes())
    place = content.index(b"entry/%d" % (row - 1))
    content[place] ^= 1
    path.write_bytes(content)

    assert (await verify(log, key_file=None)).faults == [f"row {row} was changed"]


async def test_a_removed_row_is_found(log: Path) -> None:
    """In the middle, and at the start."""
    change(log, "DELETE FROM audit WHERE seq IN (1, 4)")

    assert (await verify(log, key_file=None)).faults == ["row 1 is missing", "row 4 is missing"]


async def test_a_row_that_was_put_in_the_place_of_another_is_found(log: Path) -> None:
    """The numbers alone do not make a chain."""
    change(
        log,
        "DELETE FROM audit WHERE seq = 4",
        "UPDATE audit SET seq = seq - 1 WHERE seq > 4",
        "UPDATE tail SET seq = 9",
    )

    faults = (await verify(log, key_file=None)).faults

    assert faults[:2] == ["row 4 does not follow on row 3", "row 4 was changed"]


@pytest.mark.parametrize(
    ("last", "tail", "fault"),
    [
        (8, "", "rows 9 to 10 are missing at the end; the seal knows them"),
        (
            8,
            "UPDATE tail SET (seq, hash) = (SELECT seq, hash FROM audit WHERE seq = 8)",
            "the seal after row 8",
        ),
        (8, "DELETE FROM tail", "the seal of the newest row is missing after row 8"),
        (3, "", "rows 4 to 5 are missing at the end; a head of"),
        (0, "DELETE FROM tail", "rows 1 to 5 are missing at the end; a head of"),
    ],
)
async def test_a_cut_end_is_found(log: Path, last: int, tail: str, fault: str) -> None:
    """Before and after the last signed head, whatever was done to the seal."""
    change(log, f"DELETE FROM audit WHERE seq > {last}", *([tail] if tail else []))

    assert any(found.startswith(fault) for found in (await verify(log, key_file=None)).faults)


async def test_an_added_row_is_found(log: Path) -> None:
    """Somebody writes history without the key."""
    change(
        log,
        "INSERT INTO audit SELECT 11, ts_us, actor, kind, action, object, result, request_id, ip_hash, "
        "detail, hash, hash FROM audit WHERE seq = 10",
    )

    assert "rows 11 to 11 were added by somebody else" in (await verify(log, key_file=None)).faults


@pytest.mark.parametrize(("tail", "head"), [(False, False), (True, False), (True, True)])
async def test_a_chain_rebuilt_without_the_key_is_found(log: Path, tail: bool, head: bool) -> None:
    """Every hash fits; what the hub signed does not."""
    await rebuild(log, THIEF, tail=tail, head=head)

    faults = (await verify(log, key_file=None)).faults

    assert faults
    assert not any("was changed" in fault or "does not follow" in fault for fault in faults)
    assert any("signed" in fault or "seal" in fault for fault in faults)


async def test_missing_heads_are_a_fault(log: Path) -> None:
    """They are made at the first start, so that their absence means something."""
    (log / HEADS).unlink()

    assert (await verify(log, key_file=None)).faults == [
        "no signed head was found: audit.heads is missing, empty or not the hub's"
    ]


async def test_a_log_that_somebody_changed_is_not_continued(log: Path) -> None:
    """To write on would put our seal under their work."""
    await rebuild(log, THIEF, tail=True, head=False)

    with pytest.raises(StorageUnavailable, match="integrator audit verify"):
        await write(log, 1)


async def test_a_log_that_somebody_changes_meanwhile_is_not_continued(log: Path) -> None:
    """Not only the start looks."""
    async with open_audit(log, key_file=None, clock=SystemClock()) as journal:
        await journal.append(AuditEntry("ada", "core.call", "", "success"))
        forged = AuditTail(8, "ab" * 32, THIEF.seal(8, "ab" * 32))
        change(log, f"UPDATE tail SET seq = 8, hash = '{forged.hash}', seal = '{forged.seal}'")

        with pytest.raises(StorageUnavailable, match="integrator audit verify"):
            await journal.append(AuditEntry("ada", "core.call", "", "success"))


async def test_a_cut_end_stays_visible_when_the_hub_goes_on(log: Path) -> None:
    """New rows follow on the seal, not on what somebody left over."""
    change(log, "DELETE FROM audit WHERE seq > 8")
    await write(log, 2)

    assert (await verify(log, key_file=None)).faults == ["rows 9 to 10 are missing"]


async def test_rows_stay_even_for_those_who_know_sql(log: Path) -> None:
    """Against accidents there are triggers."""
    with sqlite3.connect(log / RECORDS) as connection:
        for statement in ("DELETE FROM audit", "UPDATE audit SET actor = 'x'"):
            with pytest.raises(sqlite3.IntegrityError, match="only added to"):
                connection.execute(statement)
    connection.close()


def integrator(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command to its end."""
    command = [sys.executable, "-m", "core_integrator", "audit", *arguments, "--data-dir", str(folder)]
    env = {**os.environ, "COLUMNS": "200"}
    return subprocess.run(command, env=env, capture_output=True, text=True, timeout=120)


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        (lambda folder: change(folder, "DELETE FROM audit WHERE seq = 4"), "FAULT row 4 is missing"),
        (lambda folder: (folder / RECORDS).unlink(), "integrator: no such audit log"),
    ],
    ids=["removed", "no log"],
)
def test_the_command_says_where_and_fails(log: Path, harm: Callable[[Path], object], said: str) -> None:
    """A person reads one line, a script the exit code."""
    harm(log)

    done = integrator(log, "verify")

    assert said in done.stdout + done.stderr
    assert done.returncode == 1
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        (lambda folder: (folder / RECORDS).write_bytes(b"no database" * 1000), "cannot be opened"),
        (lambda folder: (folder / KEY).unlink(), "key of the audit log cannot be read"),
    ],
    ids=["no database", "no key"],
)
async def test_what_cannot_be_read_is_not_called_whole(
    log: Path, harm: Callable[[Path], object], said: str
) -> None:
    """No verdict without looking."""
    harm(log)

    with pytest.raises(StorageUnavailable, match=said):
        await verify(log, key_file=None)


def test_the_command_exports_what_can_be_checked_elsewhere(log: Path) -> None:
    """Every record, oldest first, with what its hash is over."""
    done = integrator(log, "export")

    records = [json.loads(line) for line in done.stdout.splitlines()]
    assert [record["seq"] for record in records] == list(range(1, 11))
    assert records[3]["prev_hash"] == records[2]["hash"]
    assert records[3]["detail"] == {"n": 3}
    assert integrator(log, "verify").stdout == "10 rows, 2 signed heads: whole\n"
