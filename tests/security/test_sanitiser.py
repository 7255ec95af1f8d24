"""The sanitiser takes out what is internal and touches nothing that is a user's."""

import copy
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from security.sanitiser import INTERNAL, INTERNAL_OBJECTS, SECRETS, sanitised

ROOT = Path(__file__).resolve().parents[2]

LEAKY = {
    "status": "completed",
    "db_path": "/var/data/memory.db",
    "items": [
        {"title": "Disco", "api_key": "sk-123", "deep": [[{"connection_string": "mongodb://a:b@host"}]]},
        {
            "title": "Robot",
            "headers": {"authorization": "Bearer abc", "set-cookie": "id=1; Path=/", "etag": "x"},
        },
    ],
    "memory": {"adapter_type": "sqlite", "rows": 5},
    "security": {"nonces": 7, "readiness_reason": "ok"},
    "password": "hunter2",
    "token": "eyJhbGciOi",
    "secret": "s3cr3t",
    "signature": "ab" * 32,
    "traceback": ["line 1"],
}
LEGITIMATE = {
    "tokens_used": 512,
    "token_count": 3,
    "token": 12,
    "max_tokens": 100,
    "secret": "The secret was in the attic",
    "text": "password: hunter2, api_key=sk-123, Authorization: Bearer abc, /var/data/memory.db",
    "password_strength": "weak",
    "password": True,
    "api_key": None,
    "cookie": "chocolate chip",
    "cookies": ["chocolate chip"],
    "signature": "With love, Ada",
    "details": {"principal": 1000, "rate": 0.05},
    "modules": [{"title": "Loops", "details": "for and while"}],
    "components": {"interest": 1, "repayment": 2},
    "memory": "blue",
    "security": {"bonds": 0.4},
    "Memory": {"spent": 12.5},
    "traceback_count": 0,
    "stack": ["plate", "bowl"],
    "private": True,
}


def test_internal_facts_go_at_any_depth() -> None:
    """The published keys, secret-like keys, and objects of the hub's own, wherever they hide."""
    assert sanitised(LEAKY) == {
        "status": "completed",
        "items": [{"title": "Disco", "deep": [[{}]]}, {"title": "Robot", "headers": {"etag": "x"}}],
    }


def test_what_is_handed_over_is_not_changed() -> None:
    """An agent may keep what it returned."""
    before = copy.deepcopy(LEAKY)
    sanitised(LEAKY)

    assert before == LEAKY


@pytest.mark.parametrize("key", LEGITIMATE)
def test_what_is_a_users_stays(key: str) -> None:
    """The published sanitiser ate these."""
    result = {"list": [{key: LEGITIMATE[key]}]}

    assert sanitised(result) is result


KEYS = st.text().filter(lambda key: key not in INTERNAL | INTERNAL_OBJECTS | SECRETS.keys())
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=20,
)


@given(JSON)
def test_most_results_pass_as_they_are(result: object) -> None:
    """Without internal keys nothing is copied, and nothing can be lost."""
    assert sanitised(result) is result


def test_once_is_enough() -> None:
    """Applied again on a replayed answer, it changes nothing."""
    once = sanitised(LEAKY)

    assert sanitised(once) is once


def collect(schema: object, names: set[str]) -> None:
    """Collect the names of every property in a schema."""
    if isinstance(schema, dict):
        names |= set(schema.get("properties", ()))
    for part in schema.values() if isinstance(schema, dict) else schema if isinstance(schema, list) else ():
        collect(part, names)


def test_schemas_of_the_hubs_own_modules_name_nothing_that_goes(client) -> None:
    """Whatever the built-in modules promise to answer, they can."""
    names: set[str] = set()
    for module in client.get("/modules").json()["modules"]:
        for intent in module.get("intents", ()):
            collect(intent["output_schema"], names)

    assert len(names) > 50
    assert not names & (INTERNAL | SECRETS.keys())


def test_the_list_is_the_documented_one() -> None:
    """Authors of modules read it there."""
    page = (ROOT / "docs" / "results.md").read_text()
    rows = [line for line in page.splitlines() if line.startswith("| `")]
    listed = {name for row in rows for name in re.findall(r"`([\w-]+)`", row.split("|")[1])}

    assert listed == INTERNAL | INTERNAL_OBJECTS | SECRETS.keys()
