"""A wrong setting stops the start, in one sentence that says what to change."""

from pathlib import Path

import pytest

from config import Settings, SettingsError, export_settings, load_settings


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
        ("INTEGRATOR_MEMORY_RETENTION", "newest:0"),
        ("INTEGRATOR_MEMORY_RETENTION", "age:90"),
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
        ("USE_MONGODB", "1"),  # without a place
        ("INTEGRATOR_USE_NOOPUR", "1"),  # without a place
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


@pytest.mark.parametrize("rule", ["all", "age:90d", "newest:5"])
def test_a_retention_rule_reads_as_it_is_written(monkeypatch: pytest.MonkeyPatch, rule: str) -> None:
    """Worker processes read what the first one wrote into the environment."""
    monkeypatch.setenv("INTEGRATOR_MEMORY_RETENTION", rule)

    assert str(load_settings().memory_retention) == rule


def test_options_come_before_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is typed wins."""
    monkeypatch.setenv("INTEGRATOR_PORT", "9000")

    assert load_settings(port=9001).port == 9001
    assert load_settings(port=None).port == 9000


def test_noopur_is_reached_as_it_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A key may lie in a file; worker processes read the same; nobody reads it from a log."""
    (tmp_path / "key").write_text("secret-1\n")
    monkeypatch.setenv("INTEGRATOR_USE_NOOPUR", "1")
    monkeypatch.setenv("NOOPUR_BASE_URL", "https://noopur.example/api/")
    monkeypatch.setenv("NOOPUR_API_KEY_FILE", str(tmp_path / "key"))

    settings = load_settings()
    monkeypatch.delenv("INTEGRATOR_USE_NOOPUR")
    export_settings(settings)
    noopur = load_settings().noopur

    assert noopur == settings.noopur
    assert str(noopur.base_url) == "https://noopur.example/api/"
    assert noopur.api_key.get_secret_value() == "secret-1"
    assert (noopur.total_timeout_s, noopur.attempts, noopur.is_told) == (5, 1, True)
    assert "secret-1" not in repr((settings, noopur))
    monkeypatch.setenv("INTEGRATOR_USE_NOOPUR", "0")
    assert load_settings().noopur is None


@pytest.mark.parametrize("key", ["two words", "zwei\nZeilen", "schlüssel"])
def test_a_key_that_no_header_takes_is_refused(monkeypatch: pytest.MonkeyPatch, key: str) -> None:
    """At the start, not at every call."""
    monkeypatch.setenv("INTEGRATOR_USE_NOOPUR", "1")
    monkeypatch.setenv("NOOPUR_BASE_URL", "http://127.0.0.1:5001")
    monkeypatch.setenv("NOOPUR_API_KEY", key)

    with pytest.raises(SettingsError, match="NOOPUR_API_KEY") as refusal:
        load_settings()

    assert key not in str(refusal.value)


@pytest.mark.parametrize(
    ("noopur", "creatorcore", "is_told"),
    [
        ("http://127.0.0.1:5001", "http://127.0.0.1:5001/", False),
        ("http://localhost:5001/noopur", "http://127.0.0.1:5001", False),
        ("http://[::1]:5001", "http://localhost:5001", False),
        ("https://Texts.example", "https://texts.example:443/api", False),
        ("http://127.0.0.1:5003", "http://127.0.0.1:5001", True),
        ("https://texts.example", "http://texts.example", True),
        ("https://noopur.example", "https://texts.example", True),
    ],
)
def test_one_service_is_not_told_twice(noopur: str, creatorcore: str, is_told: bool) -> None:
    """Where CreatorCore is Noopur it hears of verdicts from its module, by whichever name it is called."""
    settings = Settings(use_noopur=True, noopur_base_url=noopur, creatorcore_base_url=creatorcore)

    assert settings.noopur.is_told is is_told


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
