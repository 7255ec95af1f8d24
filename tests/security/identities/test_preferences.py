"""Settings and counts of a user."""

from datetime import timedelta

import httpx
import pytest

from tests.security.identities.people import bearing, fault, fields, registered
from tests.security.identities.serving import Stage


def settings(client: httpx.Client, tokens) -> dict[str, object]:
    """Return all settings by name."""
    return {s["key"]: s["value"] for s in client.get("/settings", headers=bearing(tokens)).json()}


def test_settings_begin_with_defaults_and_keep_their_types(client: httpx.Client) -> None:
    """Each user's are their own."""
    ada, grace = registered(client), registered(client, "grace")
    assert settings(client, ada) == {
        "theme": "light",
        "language": "en",
        "notifications": True,
        "auto_save": True,
        "video_duration": 5,
        "video_style": "cinematic",
        "video_quality": "high",
        "storage_mb": 1024,
        "calls_per_day": 100,
    }

    for setting in (
        {"key": "theme", "value": "dark", "value_type": "string"},
        {"key": "auto_save", "value": False, "value_type": "boolean"},
        {"key": "video_duration", "value": 7.5, "value_type": "number"},
        {"key": "layout", "value": {"left": [1, None]}, "value_type": "json"},
    ):
        answer = client.put("/settings", json=setting, headers=bearing(ada))
        assert (answer.status_code, answer.json()) == (200, setting)

    changed = settings(client, ada)
    assert (changed["theme"], changed["auto_save"], changed["video_duration"]) == ("dark", False, 7.5)
    assert changed["layout"] == {"left": [1, None]}
    assert settings(client, grace)["theme"] == "light"


@pytest.mark.parametrize(
    ("setting", "field"),
    [
        ({"key": "theme", "value": 1, "value_type": "string"}, "value"),
        ({"key": "auto_save", "value": "true", "value_type": "boolean"}, "value"),
        ({"key": "video_duration", "value": True, "value_type": "number"}, "value"),
        ({"key": "video_duration", "value": "5", "value_type": "string"}, "value_type"),
        ({"key": "theme", "value": "x" * 5000, "value_type": "string"}, "value"),
        ({"key": "theme", "value": "x", "value_type": "text"}, "value_type"),
        ({"key": "Not a key", "value": "x", "value_type": "string"}, "key"),
    ],
)
def test_a_setting_of_another_type_is_refused(shared: httpx.Client, somebody, setting, field: str) -> None:
    """By its field."""
    answer = shared.put("/settings", json=setting, headers=bearing(somebody))

    assert (answer.status_code, fields(answer)) == (422, {field})


def test_nobody_raises_their_own_allowance(shared: httpx.Client, somebody) -> None:
    """It is shown among the settings, and is the operator's."""
    wish = {"key": "calls_per_day", "value": 10_000, "value_type": "number"}

    assert fault(shared.put("/settings", json=wish, headers=bearing(somebody)))[0] == 403


def test_there_is_room_for_a_hundred_settings(client: httpx.Client) -> None:
    """No more, but those there are may change."""
    headers = bearing(registered(client))

    def status(number: int) -> int:
        wish = {"key": f"own_{number}", "value": "x", "value_type": "string"}
        return client.put("/settings", json=wish, headers=headers).status_code

    assert {status(number) for number in range(100)} == {200}
    assert (status(100), status(99)) == (409, 200)


def test_calls_are_counted_by_day(stage: Stage) -> None:
    """Across a restart."""
    with stage.served() as url, httpx.Client(base_url=url, timeout=30) as client:
        tokens = registered(client)
        for _ in range(3):
            stage.identities.count_call(tokens["user_id"])
        client.get("/usage-stats", headers=bearing(tokens))
        stage.identities.count_call(tokens["user_id"])
        first = client.get("/usage-stats", headers=bearing(tokens)).json()
        stage.clock.shift = timedelta(days=1)
        stage.identities.count_call(tokens["user_id"])
        stage.identities.count_call("usr_nobody")

    with stage.served() as url, httpx.Client(base_url=url, timeout=30) as client:
        tokens = client.post("/refresh", json={"refresh_token": tokens["refresh_token"]}).json()
        second = client.get("/usage-stats", headers=bearing(tokens)).json()

    assert (first["calls_today"], first["calls_total"]) == (4, 4)
    assert (second["calls_today"], second["calls_total"]) == (1, 5)
    assert first["limits"] == {"calls_per_day": 100, "storage_mb": 1024}
    assert [day["calls"] for day in second["days"]] == [4, 1]
