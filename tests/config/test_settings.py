"""A wrong setting stops the start, in one sentence that says what to change."""

import pytest

from config import Settings, SettingsError, load_settings


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
        ("INTEGRATOR_NONCE_STORE", "redis"),  # without a place
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


def test_workers_never_keep_nonces_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    """Spent in one worker must mean spent in all."""
    monkeypatch.setenv("INTEGRATOR_NONCE_STORE", "memory")

    with pytest.raises(SettingsError, match="INTEGRATOR_NONCE_STORE"):
        load_settings(workers=2)
    assert load_settings().nonces.store == "memory"


def test_limits_are_off_in_open_mode_on_loopback_unless_set(monkeypatch: pytest.MonkeyPatch) -> None:
    """A laptop is not throttled; whoever sets a limit gets it, and 0 takes it away."""
    assert (load_settings().limits.per_address, load_settings().limits.per_user) == (0, 0)
    guarded = Settings(auth="required").limits
    assert (guarded.per_address, guarded.per_user) == (600, 300)

    monkeypatch.setenv("INTEGRATOR_RATE_PER_USER", "60")

    assert (load_settings().limits.per_address, load_settings().limits.per_user) == (0, 60)
    assert Settings(auth="required", rate_per_address=0).limits.per_address == 0


def test_shared_limits_need_to_know_where(monkeypatch: pytest.MonkeyPatch) -> None:
    """Said at the start, not at the first request."""
    monkeypatch.setenv("INTEGRATOR_RATE_STORE", "redis")
    with pytest.raises(SettingsError, match="INTEGRATOR_REDIS_URL"):
        load_settings()

    monkeypatch.setenv("INTEGRATOR_REDIS_URL", "redis://:pw@127.0.0.1:6379/0")

    assert load_settings().limits.redis_url.get_secret_value() == "redis://:pw@127.0.0.1:6379/0"


def test_proxies_that_are_no_networks_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """A typo would make everybody one caller, or anybody somebody else."""
    monkeypatch.setenv("INTEGRATOR_TRUSTED_PROXIES", "10.0.0.0/8, 127.0.0.1")
    assert load_settings().trusted_proxies == {"10.0.0.0/8", "127.0.0.1"}

    monkeypatch.setenv("INTEGRATOR_TRUSTED_PROXIES", "my-proxy")

    with pytest.raises(SettingsError, match="INTEGRATOR_TRUSTED_PROXIES"):
        load_settings()


@pytest.mark.parametrize("origins", ["*", "https://app.example/", "app.example", "https://a.example,null"])
def test_what_is_no_origin_is_refused(monkeypatch: pytest.MonkeyPatch, origins: str) -> None:
    """Above all not everybody."""
    monkeypatch.setenv("INTEGRATOR_CORS_ORIGINS", origins)

    with pytest.raises(SettingsError, match="INTEGRATOR_CORS_ORIGINS"):
        load_settings()


def test_origins_are_named_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """With their ports."""
    monkeypatch.setenv("INTEGRATOR_CORS_ORIGINS", "https://app.example, http://127.0.0.1:3000")

    assert load_settings().cors_origins == {"https://app.example", "http://127.0.0.1:3000"}
