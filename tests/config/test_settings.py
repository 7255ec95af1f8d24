"""A wrong setting stops the start, in one sentence that says what to change."""

from pathlib import Path

import pytest

from config import SettingsError, load_settings


def test_the_defaults_start(monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty environment is enough."""
    settings = load_settings()

    assert (settings.host, settings.port, settings.workers, settings.auth) == ("127.0.0.1", 8001, 1, "open")


def test_an_unknown_name_is_answered_with_the_nearest(monkeypatch: pytest.MonkeyPatch) -> None:
    """A typing error must not become a default in silence."""
    monkeypatch.setenv("INTEGRATOR_WORKRES", "2")

    with pytest.raises(SettingsError, match=r"INTEGRATOR_WORKRES.*INTEGRATOR_WORKERS"):
        load_settings()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("INTEGRATOR_PORT", "http"),
        ("INTEGRATOR_PORT", "70000"),
        ("INTEGRATOR_WORKERS", "0"),
        ("INTEGRATOR_AUTH", "maybe"),
        ("INTEGRATOR_LOG_LEVEL", "loud"),
        ("VIDEO_SERVICE_URL", "not a url"),
    ],
)
def test_a_wrong_value_is_named(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    """The operator reads the name of the variable, not a trace."""
    monkeypatch.setenv(name, value)

    with pytest.raises(SettingsError, match=name):
        load_settings()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("INTEGRATOR_AUTH", "required"),
        ("SSPL_ENABLED", "true"),
        ("USE_MONGODB", "1"),  # without a place
        ("INTEGRATOR_USE_NOOPUR", "1"),
        ("INTEGRATOR_HOST", "0.0.0.0"),
        ("INTEGRATOR_HOST", "example.org"),
    ],
)
def test_a_start_that_would_break_a_promise_is_refused(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    """What this release cannot do is never pretended, and nobody opens the hub to a network by accident."""
    monkeypatch.setenv(name, value)

    with pytest.raises(SettingsError, match=name):
        load_settings()


def test_options_come_before_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is typed wins."""
    monkeypatch.setenv("INTEGRATOR_PORT", "9000")

    assert load_settings(port=9001).port == 9001
    assert load_settings(port=None).port == 9000


def test_a_short_pepper_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """By value and by file, without showing it."""
    monkeypatch.setenv("INTEGRATOR_PEPPER", "short-and-sweet")
    with pytest.raises(SettingsError, match=r"INTEGRATOR_PEPPER: ") as refused:
        load_settings()
    assert "short-and-sweet" not in str(refused.value)

    monkeypatch.delenv("INTEGRATOR_PEPPER")
    (tmp_path / "pepper").write_text("short-and-sweet\n")
    monkeypatch.setenv("INTEGRATOR_PEPPER_FILE", str(tmp_path / "pepper"))
    with pytest.raises(SettingsError, match="INTEGRATOR_PEPPER_FILE"):
        load_settings()

    (tmp_path / "pepper").write_text("p" * 32 + "\n")
    assert load_settings().identities.pepper.get_secret_value() == "p" * 32
