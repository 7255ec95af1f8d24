"""What is remembered, for whom, and in which order (CI-03)."""

import json

import httpx
import pytest

from tests.api.calls import core


def texts(client: httpx.Client, path: str, **query) -> list[str]:
    """Return the remembered texts in the order they are shown."""
    return [row["request"]["data"]["text"] for row in client.get(path, params=query).json()]


def test_the_newest_five_of_each_module_are_shown(client: httpx.Client) -> None:
    """Six calls of one module leave five; another module's calls do not push them out."""
    for number in range(6):
        core(client, "sample_text", "generate", {"text": f"s{number}"})
    for number in range(3):
        core(client, "polite", "make", {"text": f"p{number}"})

    shown = texts(client, "/get-history", user_id="ada")

    assert shown == ["p2", "p1", "p0", "s5", "s4", "s3", "s2", "s1"]
    assert texts(client, "/get-history", user_id="ada", module="sample_text") == shown[3:]


def test_the_context_is_the_three_newest_over_all_modules(client: httpx.Client) -> None:
    """What a module should know of the moment before."""
    for number in range(3):
        core(client, "sample_text", "generate", {"text": f"s{number}"})
    core(client, "polite", "echo", {"text": "p"})

    assert texts(client, "/get-context", user_id="ada") == ["p", "s2", "s1"]
    assert texts(client, "/get-context", user_id="ada", limit=1) == ["p"]


def test_nobody_sees_anothers_exchanges(client: httpx.Client) -> None:
    """The first lie a user would leave for."""
    core(client, "sample_text", "generate", {"text": "private"}, user="ada")

    for path in ("/get-context", "/get-history", "/get-history?limit=10"):
        assert client.get(path, params={"user_id": "bob"}).json() == []


def test_pages_follow_each_other_without_a_gap(client: httpx.Client) -> None:
    """All is kept; the Link header leads through it, also while new rows arrive."""
    for number in range(7):
        core(client, "sample_text", "generate", {"text": f"s{number}"})
    seen: list[str] = []
    url = "/get-history?user_id=ada&limit=3"

    while url:
        page = client.get(url)
        seen += [row["request"]["data"]["text"] for row in page.json()]
        url = page.links.get("next", {}).get("url")
        core(client, "sample_text", "generate", {"text": "later"})

    assert seen == [f"s{number}" for number in range(6, -1, -1)]


def test_a_row_tells_the_whole_exchange(client: httpx.Client) -> None:
    """Request and answer are shown as they were."""
    answer = core(client, "sample_text", "generate", {"text": 'ä "quoted" 🎬'})

    (row,) = client.get("/get-history", params={"user_id": "ada"}).json()

    assert set(row) == {"id", "module", "intent", "timestamp", "request", "response"}
    assert row["request"] == {
        "module": "sample_text",
        "intent": "generate",
        "user_id": "ada",
        "data": {"text": 'ä "quoted" 🎬'},
    }
    assert row["response"] == answer.json()
    assert row["timestamp"].endswith("Z")


def test_private_fields_are_not_remembered(client: httpx.Client) -> None:
    """A module declares what must not be kept, and the hub keeps its word."""
    core(client, "polite", "echo", {"text": "a", "secret": "hunter2"})

    remembered = client.get("/get-history", params={"user_id": "ada"}).text

    assert "hunter2" not in remembered
    assert json.loads(remembered)[0]["request"]["data"] == {"text": "a"}


@pytest.mark.parametrize(
    ("module", "intent"), [("polite", "look"), ("polite", "refuses"), ("rude", "raises")]
)
def test_reads_and_failures_are_not_remembered(client: httpx.Client, module: str, intent: str) -> None:
    """The history holds what was done, not every poll and stumble."""
    core(client, module, intent)

    assert client.get("/get-history", params={"user_id": "ada"}).json() == []
