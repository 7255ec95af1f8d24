"""Indexes find what reading everything would find, and read little for it."""

from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as some

from tests.mongowire.collection import Collection
from tests.mongowire.indexes import Index
from tests.mongowire.matching import bounds
from tests.mongowire.updating import updated

SPECS = [["a"], ["a", "b"], ["b", "c.d"], ["a", "b", "_id"]]
USERS, MODULES = 50, 4

values = some.one_of(
    some.none(), some.booleans(), some.integers(-2, 2), some.sampled_from([0.5, 1.0, "", "x", {"k": 1}])
)
fields = some.one_of(values, some.lists(values, max_size=2))
documents = some.fixed_dictionaries(
    {}, optional={"a": fields, "b": values, "c": some.fixed_dictionaries({"d": fields})}
)
names = some.sampled_from(["a", "b", "c.d", "_id"])
compared = some.dictionaries(
    some.sampled_from(["$eq", "$ne", "$gt", "$gte", "$lt", "$lte"]), values, min_size=1, max_size=2
)
listed = some.fixed_dictionaries({"$in": some.lists(values, max_size=3)})
present = some.fixed_dictionaries({"$exists": some.booleans()})
plain = some.dictionaries(names, some.one_of(values, compared, listed, present), max_size=3)
queries = some.builds(
    lambda query, joined: query | joined,
    plain,
    some.dictionaries(
        some.sampled_from(["$or", "$and"]), some.lists(plain, min_size=1, max_size=2), max_size=1
    ),
)
sorts = some.lists(some.tuples(names, some.sampled_from([1, -1])), max_size=2, unique_by=lambda one: one[0])


def collection(stored: list[dict[str, Any]], specs: list[list[str]]) -> Collection:
    """Return a collection in which every third document was changed and every fifth deleted."""
    made = Collection("t.rows", lambda change: None)
    for spec in specs:
        made.add_index({"key": dict.fromkeys(spec, 1), "name": "_".join(spec)})
    for number, document in enumerate(stored):
        made.insert({"_id": number, **document})
    for document in made.find({})[::3]:
        made.replace(document, updated(document, {"$set": {"a": document["_id"] % 2}}))
    for document in made.find({})[::5]:
        made.remove(document)
    return made


@settings(max_examples=300, deadline=None)
@example([{"a": 9}, {"a": 2, "b": 1}, {"a": 1, "b": 2}, {}], {"a": {"$in": [1, 2]}}, [("b", 1)], 0)
@given(some.lists(documents, max_size=12), queries, sorts, some.integers(0, 3))
def test_an_index_changes_no_answer(
    stored: list[dict[str, Any]], query: dict[str, Any], sort: list[tuple[str, int]], limit: int
) -> None:
    """Whatever is stored and asked: types mixed, fields missing, arrays, both directions."""
    order = {**dict(sort), "_id": dict(sort).get("_id", 1)}

    with_indexes = collection(stored, SPECS).find(query, sort=order, limit=limit)

    assert with_indexes == collection(stored, []).find(query, sort=order, limit=limit)


@pytest.fixture(scope="module")
def interactions() -> dict[str, Index]:
    """Indexes like those of the memory over ten thousand rows."""
    keys = [["user_id", "created_us", "_id"], ["user_id", "module", "created_us", "_id"], ["_id"]]
    made = {"_".join(key): Index({"key": dict.fromkeys(key, 1), "name": "_".join(key)}) for key in keys}
    for n in range(10_000):
        row = {"_id": f"{n:05}", "user_id": n % USERS, "module": n // USERS % MODULES, "created_us": n}
        for index in made.values():
            index.add(index.entry(row))
    return made


@pytest.mark.parametrize(
    ("query", "sort", "most"),
    [
        ({"_id": "00007"}, [], 1),
        ({"_id": {"$in": ["00007", "00008"]}, "rev": {"$lt": 3}}, [], 2),
        ({"_id": {"$gte": "0001", "$lt": "0002"}}, [], 10),
        ({"user_id": 7}, [("created_us", -1), ("_id", -1)], 200),
        ({"user_id": 7, "module": 1}, [("created_us", -1), ("_id", -1)], 50),
        ({"user_id": 7, "created_us": {"$lt": 500}}, [("created_us", -1)], 10),
        ({"user_id": 7, "$or": [{"created_us": {"$lt": 500}}, {"created_us": 500, "_id": {"$lt": "x"}}]},
         [("created_us", -1), ("_id", -1)], 10),
    ],
)  # fmt: skip
def test_what_the_memory_asks_reads_little(
    interactions: dict[str, Index], query: Any, sort: Any, most: int
) -> None:
    """A user's page costs that user's rows at most, and comes out of the index sorted."""
    plans = [index.plan(bounds(query), sort) for index in interactions.values()]
    rows_read, needs_sort = min(plan.cost for plan in plans)

    assert rows_read <= most
    assert not needs_sort
