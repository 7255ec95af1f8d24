"""What every memory promises about the rows that modules keep."""

from dataclasses import replace

import pytest

from core_integrator.contracts.ports import (
    MemoryStore,
    Record,
    Shelf,
)

SHELF = Shelf("ada", "finance", "transaction")


async def test_records_come_back_in_the_order_of_their_storing(store: MemoryStore) -> None:
    """A replaced one keeps its place and gets its new payload."""
    await store.keep(SHELF, [Record("b", '{"n": 1}'), Record("a", '{"n": 2}')])
    await store.keep(SHELF, [Record("c", '{"n": 3}'), Record("b", '{"n": 4}')])

    kept = await store.records(SHELF)

    assert kept == [Record("b", '{"n": 4}'), Record("a", '{"n": 2}'), Record("c", '{"n": 3}')]


async def test_records_are_found_by_the_beginning_of_their_id(store: MemoryStore) -> None:
    """Also where letters beyond ASCII follow, and only there."""
    ids_kept = ["x:1", "x:ü", "x:🎬", "x", "y:1", "X:1"]
    await store.keep(SHELF, [Record(record_id, "{}") for record_id in ids_kept])

    assert [record.id for record in await store.records(SHELF, prefix="x:")] == ["x:1", "x:ü", "x:🎬"]


@pytest.mark.parametrize(
    "other",
    [
        replace(SHELF, user_id="bob"),
        replace(SHELF, module="education"),
        replace(SHELF, kind="lesson"),
    ],
)
async def test_a_shelf_is_one_users_of_one_module_and_kind(store: MemoryStore, other: Shelf) -> None:
    """The same ids elsewhere are other records."""
    await store.keep(SHELF, [Record("a", '"ours"')])
    await store.keep(other, [Record("a", '"theirs"')])

    assert await store.records(SHELF) == [Record("a", '"ours"')]
    assert await store.records(other) == [Record("a", '"theirs"')]


async def test_records_that_are_not_json_are_refused_together(store: MemoryStore) -> None:
    """All or none."""
    with pytest.raises(ValueError, match="JSON"):
        await store.keep(SHELF, [Record("a", "{}"), Record("b", "{nope")])

    assert await store.records(SHELF) == []


async def test_very_many_records_are_kept_at_once(store: MemoryStore) -> None:
    """A long list of transactions is one call."""
    many = [Record(f"{number:06d}", f'{{"n":{number}}}') for number in range(100_000)]

    await store.keep(SHELF, many)

    assert await store.records(SHELF) == many
