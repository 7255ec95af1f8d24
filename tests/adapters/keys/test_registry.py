"""What a key registry promises, in process and in SQLite."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from adapters.keys import InProcessKeys, open_keys
from adapters.keys.sqlite import open_sqlite_keys
from core_integrator.contracts.errors import StorageUnavailable
from core_integrator.contracts.signing import KeyRegistry, KeyTaken, SigningKey

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)


def key(number: int, **changes: object) -> SigningKey:
    """Return a key that differs from those of other numbers."""
    made = SigningKey(
        key_id=f"key-{number}",
        public_key=bytes([number]) * 32,
        owner="app",
        scopes=frozenset({"core:write", "history:read"}),
        subjects=frozenset({"*"}),
        status="active",
        not_before=NOON,
        created_by="admin",
    )
    return replace(made, **changes)


@pytest.fixture(params=["inprocess", "sqlite"])
async def registry(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[KeyRegistry]:
    """Both implementations in turn."""
    if request.param == "inprocess":
        yield InProcessKeys()
        return
    async with open_keys(tmp_path) as opened:
        yield opened


async def test_a_key_is_found_as_it_was_registered(registry: KeyRegistry) -> None:
    """By its id, by its bytes, and in the list; whatever it carries."""
    plain = key(1)
    rich = key(
        2,
        status="pending",
        not_after=NOON + timedelta(days=1, microseconds=7),
        legacy=frozenset({"L1", "L2"}),
        legacy_until=NOON + timedelta(days=2),
        replaced_by="key-1",
    )

    await registry.add(plain)
    await registry.add(rich)

    assert await registry.find("key-2") == rich
    assert await registry.find_public(plain.public_key) == plain
    assert list(await registry.listed()) == [plain, rich]
    assert await registry.find("key-3") is None
    assert await registry.find_public(bytes(32)) is None


@pytest.mark.parametrize("other", [key(1, public_key=bytes([9]) * 32), key(9, public_key=key(1).public_key)])
async def test_an_id_and_a_key_are_given_once(registry: KeyRegistry, other: SigningKey) -> None:
    """Whoever comes second cannot take over another's name or key."""
    await registry.add(key(1))

    with pytest.raises(KeyTaken):
        await registry.add(other)

    assert list(await registry.listed()) == [key(1)]


async def test_a_key_is_written_anew(registry: KeyRegistry) -> None:
    """All that may change does; whose key it is, and its bytes, do not."""
    await registry.add(key(1))
    changed = key(1, scopes=frozenset({"core:read"}), not_after=NOON, replaced_by="key-2")

    assert await registry.replace(replace(changed, owner="thief", public_key=bytes([7]) * 32))

    assert await registry.find("key-1") == changed
    assert not await registry.replace(key(2))


async def test_a_revoked_key_stays_revoked(registry: KeyRegistry) -> None:
    """Whoever read it before and writes it after does not bring it back."""
    await registry.add(key(1))
    revoked = key(1, status="revoked", revoked_at=NOON)
    assert await registry.replace(revoked)

    assert not await registry.replace(key(1, not_after=NOON))

    assert await registry.find("key-1") == revoked


async def test_a_revocation_elsewhere_counts_for_the_next_lookup(tmp_path: Path) -> None:
    """Another worker, or the command line: the file is one, and so is what it says."""
    async with open_keys(tmp_path) as here, open_keys(tmp_path) as there:
        await here.add(key(1))
        for lookups in range(5):
            assert (await there.find("key-1")).status == "active", lookups
        await here.replace(key(1, status="revoked", revoked_at=NOON))
        # As long as a look may be used again.
        await asyncio.sleep(0.011)

        assert (await there.find("key-1")).status == "revoked"


async def test_what_another_program_writes_is_seen(tmp_path: Path) -> None:
    """An operator may mend the file by hand."""
    async with open_keys(tmp_path) as registry:
        await registry.add(key(1))
        await registry.find("key-1")
        with sqlite3.connect(tmp_path / "keys.db") as other:
            other.execute("DELETE FROM keys")
        other.close()
        await asyncio.sleep(0.011)

        assert await registry.find("key-1") is None


async def test_a_registry_that_cannot_answer_says_so(tmp_path: Path) -> None:
    """Nobody is let in on what was true some time ago."""
    async with open_sqlite_keys(tmp_path / "keys.db", deadline_s=0.3) as registry:
        await registry.add(key(1))
        assert await registry.find("key-1")
        (tmp_path / "keys.db").rename(tmp_path / "gone.db")
        await asyncio.sleep(0.011)

        with pytest.raises(StorageUnavailable):
            await registry.find("key-1")


async def test_simultaneous_lookups_all_get_their_answer(tmp_path: Path) -> None:
    """They share one question, and one that is given up does not take the others with it."""
    async with open_keys(tmp_path) as registry:
        await registry.add(key(1))
        lookups = [asyncio.create_task(registry.find("key-1")) for _ in range(50)]
        await asyncio.sleep(0)
        lookups.pop(0).cancel()

        assert {found.key_id for found in await asyncio.gather(*lookups)} == {"key-1"}
