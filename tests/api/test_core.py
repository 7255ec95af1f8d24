"""The one door: envelope, word count, ids, headers."""

import re

import httpx
import pytest

from tests.api.calls import core, error_of


@pytest.mark.parametrize(("text", "words"), [("Hello world this is a test", 6), ("", 0), ("  a\tb\n c ", 3)])
@pytest.mark.parametrize("field", ["text", "input_text"])
def test_words_are_counted(client: httpx.Client, text: str, words: int, field: str) -> None:
    """The smallest whole module: what goes in decides what comes out."""
    answer = core(client, "sample_text", "generate", {field: text})

    assert answer.status_code == 200
    body = answer.json()
    assert set(body) == {"status", "message", "result"}
    assert body["status"] == "success"
    assert body["result"] == {"word_count": words}


@pytest.mark.parametrize("header", ["X-Request-ID", "X-Trace-Id"])
def test_a_callers_own_id_comes_back(client: httpx.Client, header: str) -> None:
    """Callers find their request in our logs by the id they chose."""
    for own in ("run-1", "run-2", "run-3"):
        answer = core(client, "sample_text", "generate", {"text": "a"}, **{header: own})

        assert answer.headers["x-request-id"] == own
        assert answer.headers["x-trace-id"] == own


@pytest.mark.parametrize("unsafe", ["", "a b", "x" * 129, "<script>"])
def test_an_unsafe_id_is_replaced(client: httpx.Client, unsafe: str) -> None:
    """What goes into logs and headers must not carry a stranger's text."""
    answer = core(client, "sample_text", "generate", {"text": "a"}, **{"X-Request-ID": unsafe})

    assert re.fullmatch(r"req_[0-9A-Z]{26}", answer.headers["x-request-id"])


def test_without_an_id_each_request_gets_its_own(client: httpx.Client) -> None:
    """Two requests are never one in the logs."""
    first = core(client, "sample_text", "generate", {"text": "a"})
    second = core(client, "sample_text", "generate", {"text": "a"})

    assert first.headers["x-request-id"] != second.headers["x-request-id"]
    assert "hub;dur=" in first.headers["server-timing"]


def test_the_root_names_version_and_docs(client: httpx.Client) -> None:
    """The first thing somebody types into a browser helps."""
    body = client.get("/").json()

    assert body["version"]
    assert client.get(body["docs"]).status_code == 200


def test_every_installed_module_is_listed_with_schemas(client: httpx.Client) -> None:
    """A page can build its forms from this list alone."""
    listed = {module["name"]: module for module in client.get("/modules").json()["modules"]}

    assert {"sample_text", "video", "polite", "rude", "old", "older"} <= set(listed)
    assert listed["polite"]["version"] == "1.2.3"
    for module in listed.values():
        assert set(module) == {"name", "version", "state", "reason", "intents"}
        for intent in module["intents"]:
            assert set(intent) == {"name", "description", "input_schema", "output_schema", "examples"}
            assert intent["description"]
            assert intent["input_schema"]["type"] == "object"


def test_a_typo_is_answered_with_the_nearest_name(client: httpx.Client) -> None:
    """Most unknown names are typing errors."""
    module = core(client, "vidoe", "generate")
    intent = core(client, "video", "genrate")

    assert module.status_code == intent.status_code == 404
    assert error_of(module)["details"] == {"nearest": ["video"]}
    assert "did you mean 'video'?" in module.json()["message"]
    assert error_of(intent)["code"] == "unknown_intent"
    assert error_of(intent)["details"] == {"nearest": ["generate"]}


def test_the_same_failure_comes_as_a_problem_document(client: httpx.Client) -> None:
    """RFC 9457 for those who ask for it; the same facts."""
    answer = core(client, "nope", "generate", Accept="application/problem+json")

    body = answer.json()
    assert answer.headers["content-type"] == "application/problem+json"
    assert body["status"] == answer.status_code == 404
    assert body["code"] == "unknown_module"
    assert body["request_id"] == answer.headers["x-request-id"]


def test_unknown_paths_and_methods_have_the_same_shape(client: httpx.Client) -> None:
    """Every failure of the hub reads alike."""
    assert error_of(client.get("/nowhere"))["code"] == "not_found"
    put = client.put("/core")
    assert put.status_code == 405
    assert error_of(put)["code"] == "method_not_allowed"
    assert "POST" in put.headers["allow"]


def test_the_openapi_document_describes_every_intent(client: httpx.Client) -> None:
    """Client generators and people see each intent with its schema and a working example."""
    document = client.get("/openapi.json").json()

    content = document["paths"]["/core"]["post"]["requestBody"]["content"]["application/json"]
    named = {reference["$ref"].rpartition("/")[2] for reference in content["schema"]["oneOf"]}
    listed = client.get("/modules").json()["modules"]
    assert named == {f"{m['name']}.{i['name']}" for m in listed for i in m["intents"]}
    assert set(content["examples"]) == named
    assert named <= set(document["components"]["schemas"])
    example = content["examples"]["sample_text.generate"]["value"]
    assert client.post("/core", json=example).status_code == 200
    assert all(_resolves(document, reference) for reference in _references(document))


def _references(node):
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        for value in node.values():
            yield from _references(value)
    elif isinstance(node, list):
        for part in node:
            yield from _references(part)


def _resolves(document, reference: str) -> bool:
    place = document
    for part in reference.removeprefix("#/").split("/"):
        place = place[part]
    return True
