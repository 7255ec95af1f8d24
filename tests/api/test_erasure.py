"""A user who wants to be forgotten is."""

import httpx

from tests.api.calls import core, error_of


def test_an_erased_user_is_shown_nowhere(client: httpx.Client) -> None:
    """Others keep theirs, and the user may come back."""
    core(client, "sample_text", "generate", {"text": "ada's"}, user="ada")
    core(client, "sample_text", "generate", {"text": "bob's"}, user="bob")

    answer = client.delete("/users/ada/memory")

    assert answer.json() == {
        "status": "success",
        "message": "everything of this user is forgotten",
        "result": {"user_id": "ada", "complete": True},
    }
    for path in ("/get-context", "/get-history"):
        assert client.get(path, params={"user_id": "ada"}).json() == []
        assert "bob's" in client.get(path, params={"user_id": "bob"}).text
    core(client, "sample_text", "generate", {"text": "again"}, user="ada")
    assert len(client.get("/get-context", params={"user_id": "ada"}).json()) == 1


def test_an_answer_kept_for_repeats_is_not_repeated_to_a_forgotten_user(client: httpx.Client) -> None:
    """It held what they were told; the same key is a new request."""
    core(client, "sample_text", "generate", {"text": "once"}, **{"Idempotency-Key": "k"})
    client.delete("/users/ada/memory")

    again = core(client, "sample_text", "generate", {"text": "once"}, **{"Idempotency-Key": "k"})

    assert "Idempotency-Replayed" not in again.headers
    assert again.status_code == 200


def test_a_name_nobody_can_have_is_refused(client: httpx.Client) -> None:
    """And erasing somebody unknown is no error: nothing of theirs is left."""
    assert error_of(client.delete("/users/a%20b/memory"))["code"] == "invalid_payload"
    assert client.delete("/users/stranger/memory").json()["result"]["complete"] is True


def test_the_answer_says_where_it_is_remembered(client: httpx.Client) -> None:
    """On this disk, unless MongoDB has it too; a read that is not remembered says nothing."""
    told = core(client, "sample_text", "generate", {"text": "a"})
    read = core(client, "video", "list_videos", {})

    assert told.headers["X-Memory-Durability"] == "journal"
    assert "X-Memory-Durability" not in read.headers
