"""A wrong setting stops the start, in one sentence that says what to change."""

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
        ("SSPL_AUTHORITIES", "https://hub.example"),
        ("SSPL_AUTHORITIES", "hub.example, Hub.example"),
        ("SSPL_ALLOW_DRIFT_SECONDS", "0"),
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


def test_signatures_are_made_for_the_hosts_given_else_for_the_own_address(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A request signed for staging must not be good for production; on one machine it just works."""
    assert load_settings(port=8005).sspl.authorities == {"127.0.0.1:8005", "localhost:8005"}
    monkeypatch.setenv("SSPL_AUTHORITIES", "hub.example, [2001:db8::1]:8001")
    monkeypatch.setenv("SSPL_ALLOW_DRIFT_SECONDS", "60")

    sspl = load_settings().sspl

    assert sspl.authorities == {"hub.example", "[2001:db8::1]:8001"}
    assert (sspl.max_age_s, sspl.skew_s, sspl.opaque_errors) == (60, 60, False)
