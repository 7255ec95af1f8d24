"""Every setting, its default and its meaning."""

import difflib
import ipaddress
import os
import re
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, HttpUrl, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, PydanticBaseSettingsSource, SettingsConfigDict

PREFIX = "INTEGRATOR_"
# A minute, unless set; none in open mode on loopback.
RATE_PER_ADDRESS = 600
RATE_PER_USER = 300

_ORIGIN = re.compile(r"https?://(?:[a-z0-9.-]+|\[[0-9a-f:.]+\])(?::\d{1,5})?")

# What a Host header says: a name or an address, and a port unless it is the scheme's own; never a scheme.
Authority = Annotated[str, Field(pattern=r"^(?:[a-z0-9._-]+|\[[0-9a-f:.]+\])(?::[0-9]{1,5})?$")]


class SettingsError(Exception):
    """The hub must not start with these settings; the message says what to change."""


class BridgeSettings(BaseModel, frozen=True):
    """How to reach one external generator, and how long to insist."""

    base_url: HttpUrl = Field(default=..., description="Root of the generator's HTTP API.")
    connect_timeout_s: float = Field(default=2.0, gt=0, description="Limit on making a connection.")
    read_timeout_s: float = Field(default=10.0, gt=0, description="Limit on silence while an answer arrives.")
    total_timeout_s: float = Field(
        default=20.0, gt=0, description="Limit on one operation, retries included."
    )
    stream_timeout_s: float = Field(default=600.0, gt=0, description="Limit on streaming one artifact.")
    attempts: int = Field(default=3, ge=1, description="How often a safe operation is tried.")
    max_answer_bytes: int = Field(default=8 * 2**20, gt=0, description="Longest JSON answer accepted.")
    max_connections: int = Field(default=64, ge=1, description="Connections kept to the generator.")
    breaker_failures: int = Field(default=5, ge=1, description="Failures in a row that open the breaker.")
    breaker_open_s: float = Field(default=5.0, gt=0, description="How long an open breaker refuses at first.")
    heartbeat_s: float = Field(default=2.0, gt=0, description="Seconds between two health probes.")
    api_key: SecretStr | None = Field(default=None, description="Sent as a bearer token with every request.")


class NoopurSettings(BridgeSettings, frozen=True):
    """How to reach Noopur; it is asked once, and never waited for long."""

    read_timeout_s: float = Field(default=5.0, gt=0, description="Limit on silence while an answer arrives.")
    total_timeout_s: float = Field(default=5.0, gt=0, description="Limit on one operation.")
    attempts: int = Field(default=1, ge=1, description="How often a safe operation is tried.")
    max_answer_bytes: int = Field(default=2 * 2**20, gt=0, description="Longest JSON answer accepted.")
    is_told: bool = Field(
        default=True,
        description="Whether verdicts are told; not where CreatorCore is Noopur and hears of them.",
    )


class MongoSettings(BaseModel, frozen=True):
    """How to reach the primary store, and how long to wait for it."""

    connection_string: SecretStr = Field(default=..., description="As MongoDB's drivers take it.")
    database: str = Field(default="core_integrator", min_length=1, description="Name of the database.")
    driver: Literal["pymongo", "motor"] = Field(default="pymongo", description="Which client speaks to it.")
    deadline_s: float = Field(
        default=1.0, gt=0, description="Limit on one operation; then the journal answers."
    )


class Retention(BaseModel, frozen=True):
    """Which exchanges are kept: all, those younger than an age, or the newest few of each user and module."""

    age: timedelta | None = None
    newest: int | None = None

    def __str__(self) -> str:
        """Write it as the setting does."""
        if self.age is not None:
            return f"age:{self.age.days}d"
        return "all" if self.newest is None else f"newest:{self.newest}"


KEEP_ALL = Retention()
_RETENTION = re.compile(r"all|age:(?P<days>[1-9][0-9]{0,4})d|newest:(?P<newest>[1-9][0-9]{0,6})")


class NonceSettings(BaseModel, frozen=True):
    """Where spent nonces are kept."""

    store: Literal["sqlite", "redis", "memory"] = Field(default="sqlite", description="Which store.")
    redis_url: SecretStr | None = Field(default=None, description="Where Redis is, password included.")
    deadline_s: float = Field(default=2.0, gt=0, description="Limit on spending one nonce.")


class SsplSettings(BaseModel, frozen=True):
    """What a signed request must be addressed to, and how old it may be."""

    authorities: frozenset[str] = Field(default=..., min_length=1, description="Hosts that callers sign for.")
    max_age_s: int = Field(default=300, gt=0, description="How old a signature may be.")
    skew_s: int = Field(default=60, ge=0, description="How far two clocks may differ.")
    opaque_errors: bool = Field(default=False, description="Do not tell what is wrong with a key.")


class LimitSettings(BaseModel, frozen=True):
    """How many requests a minute are granted, and where that is kept; 0 is no limit."""

    per_address: int = Field(default=0, ge=0, description="Requests a minute and address.")
    per_user: int = Field(default=0, ge=0, description="Units a minute and user; dear requests cost several.")
    redis_url: SecretStr | None = Field(default=None, description="Where allowances are shared, if at all.")
    trusted_proxies: frozenset[str] = Field(
        default=frozenset(), description="Whose X-Forwarded-For counts: addresses and networks."
    )


class Settings(BaseSettings):
    """Everything an operator can set, from the environment alone."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore", case_sensitive=True, populate_by_name=True)

    host: str = Field(
        default="127.0.0.1", validation_alias="INTEGRATOR_HOST", description="Address the hub listens on."
    )
    port: int = Field(
        default=8001,
        ge=0,
        le=65535,
        validation_alias="INTEGRATOR_PORT",
        description="Port the hub listens on.",
    )
    data_dir: Path = Field(
        default=Path("var"),
        validation_alias="INTEGRATOR_DATA_DIR",
        description="Folder of everything the hub keeps.",
    )
    workers: int = Field(
        default=1,
        ge=1,
        le=64,
        validation_alias="INTEGRATOR_WORKERS",
        description="Worker processes of the hub.",
    )
    auth: Literal["open", "required"] = Field(
        default="open",
        validation_alias="INTEGRATOR_AUTH",
        description="Whether callers must prove who they are.",
    )
    test_mode: bool = Field(
        default=False,
        validation_alias="INTEGRATOR_TEST_MODE",
        description="Offer /test/clock and /test/faults.",
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        default="INFO", validation_alias="INTEGRATOR_LOG_LEVEL", description="Least severe log line written."
    )
    max_body_bytes: int = Field(
        default=4 * 2**20,
        ge=1024,
        validation_alias="INTEGRATOR_MAX_BODY_BYTES",
        description="Longest body accepted.",
    )
    body_timeout_s: float = Field(
        default=10.0,
        gt=0,
        validation_alias="INTEGRATOR_BODY_TIMEOUT_S",
        description="Limit on a body's arrival.",
    )
    call_timeout_s: float = Field(
        default=30.0,
        gt=0,
        validation_alias="INTEGRATOR_CALL_TIMEOUT_S",
        description="Limit on one call of a module.",
    )
    module_concurrency: int = Field(
        default=64,
        ge=1,
        validation_alias="INTEGRATOR_MODULE_CONCURRENCY",
        description="Calls at once per module.",
    )
    module_queue_s: float = Field(
        default=5.0,
        gt=0,
        validation_alias="INTEGRATOR_MODULE_QUEUE_S",
        description="Longest wait for a free place.",
    )
    plugin_load_timeout_s: float = Field(
        default=10.0,
        gt=0,
        validation_alias="INTEGRATOR_PLUGIN_LOAD_TIMEOUT_S",
        description="Limit on loading a plugin.",
    )
    plugins_off: Annotated[frozenset[str], NoDecode] = Field(
        default=frozenset(),
        validation_alias="INTEGRATOR_PLUGINS_OFF",
        description="Plugins not to load, by entry point name, separated by commas.",
    )
    video_service_url: HttpUrl = Field(
        default=HttpUrl("http://127.0.0.1:5002"),
        validation_alias="VIDEO_SERVICE_URL",
        description="Root of the text-to-video service.",
    )
    creatorcore_base_url: HttpUrl = Field(
        default=HttpUrl("http://127.0.0.1:5001"),
        validation_alias="CREATORCORE_BASE_URL",
        description="Root of CreatorCore, which writes texts.",
    )
    use_noopur: bool = Field(
        default=False,
        validation_alias="INTEGRATOR_USE_NOOPUR",
        description="Complete what is remembered by Noopur, and tell it verdicts.",
    )
    noopur_base_url: HttpUrl | None = Field(
        default=None, validation_alias="NOOPUR_BASE_URL", description="Root of Noopur."
    )
    noopur_api_key: SecretStr | None = Field(
        default=None, validation_alias="NOOPUR_API_KEY", description="What Noopur lets the hub in with."
    )
    noopur_api_key_file: Path | None = Field(
        default=None, validation_alias="NOOPUR_API_KEY_FILE", description="A file that holds the key."
    )
    use_mongodb: bool = Field(
        default=False, validation_alias="USE_MONGODB", description="Remember in MongoDB, above the journal."
    )
    mongodb_connection_string: SecretStr | None = Field(
        default=None,
        validation_alias="MONGODB_CONNECTION_STRING",
        description="Where MongoDB is, with what it takes to get in.",
    )
    mongodb_connection_string_file: Path | None = Field(
        default=None,
        validation_alias="MONGODB_CONNECTION_STRING_FILE",
        description="A file that holds the connection string.",
    )
    mongodb_database_name: str = Field(
        default="core_integrator",
        min_length=1,
        max_length=63,
        validation_alias="MONGODB_DATABASE_NAME",
        description="Name of the database.",
    )
    mongodb_driver: Literal["pymongo", "motor"] = Field(
        default="pymongo",
        validation_alias="MONGODB_DRIVER",
        description="Which client speaks to MongoDB; motor needs the extra of that name.",
    )
    mongodb_deadline_s: float = Field(
        default=1.0,
        gt=0,
        le=4,
        validation_alias="MONGODB_DEADLINE_S",
        description="Limit on one operation of MongoDB; then the journal answers alone.",
    )
    memory_retention: Annotated[Retention, NoDecode] = Field(
        default=KEEP_ALL,
        validation_alias="INTEGRATOR_MEMORY_RETENTION",
        description="Which exchanges are kept: all, age:90d, or newest:5 (of each user and module).",
    )
    sspl_enabled: bool = Field(
        default=False,
        validation_alias="SSPL_ENABLED",
        description="Require signed requests. Not in this release.",
    )
    nonce_store: Literal["sqlite", "redis", "memory"] = Field(
        default="sqlite",
        validation_alias="INTEGRATOR_NONCE_STORE",
        description="Where spent nonces are kept; redis needs the extra of that name.",
    )
    redis_url: SecretStr | None = Field(
        default=None, validation_alias="INTEGRATOR_REDIS_URL", description="Where Redis is."
    )
    redis_url_file: Path | None = Field(
        default=None, validation_alias="INTEGRATOR_REDIS_URL_FILE", description="A file that holds that URL."
    )
    sspl_authorities: Annotated[frozenset[Authority], NoDecode] = Field(
        default=frozenset(),
        validation_alias="SSPL_AUTHORITIES",
        description="Hosts that callers sign for, separated by commas; the address listened on unless given.",
    )
    sspl_allow_drift_seconds: int = Field(
        default=300,
        ge=1,
        le=3600,
        validation_alias="SSPL_ALLOW_DRIFT_SECONDS",
        description="How old a signature may be.",
    )
    sspl_opaque_errors: bool = Field(
        default=False,
        validation_alias="SSPL_OPAQUE_ERRORS",
        description="Do not tell callers what is wrong with a key.",
    )
    audit_key_file: Path | None = Field(
        default=None,
        validation_alias="INTEGRATOR_AUDIT_KEY_FILE",
        description="A file that holds the key which signs the audit log.",
    )
    rate_per_address: int | None = Field(
        default=None,
        ge=0,
        le=1_000_000,
        validation_alias="INTEGRATOR_RATE_PER_ADDRESS",
        description="Requests a minute and address; 0 is no limit.",
    )
    rate_per_user: int | None = Field(
        default=None,
        ge=0,
        le=1_000_000,
        validation_alias="INTEGRATOR_RATE_PER_USER",
        description="Units a minute and user, of which dear requests cost several; 0 is no limit.",
    )
    rate_store: Literal["memory", "redis"] = Field(
        default="memory",
        validation_alias="INTEGRATOR_RATE_STORE",
        description="Where allowances are kept; redis needs the extra of that name.",
    )
    trusted_proxies: Annotated[frozenset[str], NoDecode] = Field(
        default=frozenset(),
        validation_alias="INTEGRATOR_TRUSTED_PROXIES",
        description="Addresses and networks whose X-Forwarded-For counts, separated by commas.",
    )

    cors_origins: Annotated[frozenset[str], NoDecode] = Field(
        default=frozenset(),
        validation_alias="INTEGRATOR_CORS_ORIGINS",
        description="Origins whose pages may call the hub, separated by commas.",
    )
    behind_tls: bool = Field(
        default=False,
        validation_alias="INTEGRATOR_BEHIND_TLS",
        description="Whether every client comes over HTTPS; answers then say so.",
    )

    @field_validator("cors_origins", mode="after")
    @classmethod
    def _are_origins(cls, origins: frozenset[str]) -> frozenset[str]:
        for text in origins:
            if not _ORIGIN.fullmatch(text):
                raise ValueError(f"{text} is no origin such as https://app.example; * is never one")
        return origins

    @field_validator("trusted_proxies", mode="after")
    @classmethod
    def _are_networks(cls, proxies: frozenset[str]) -> frozenset[str]:
        for text in proxies:
            ipaddress.ip_network(text, strict=False)
        return proxies

    @field_validator("plugins_off", "sspl_authorities", "trusted_proxies", "cors_origins", mode="before")
    @classmethod
    def _split(cls, names: object) -> object:
        if not isinstance(names, str):
            return names
        return frozenset(name.strip() for name in names.split(",") if name.strip())

    @field_validator("memory_retention", mode="before")
    @classmethod
    def _read_retention(cls, given: object) -> object:
        if not isinstance(given, str):
            return given
        rule = _RETENTION.fullmatch(given.strip())
        if rule is None:
            raise ValueError("write all, age:<days>d or newest:<number>, such as age:90d or newest:5")
        days, newest = rule["days"], rule["newest"]
        age = timedelta(days=int(days)) if days else None
        return Retention(age=age, newest=int(newest) if newest else None)

    @property
    def sspl(self) -> SsplSettings:
        """What a signed request must be addressed to, and how old it may be."""
        return SsplSettings(
            authorities=self.sspl_authorities or _own_authorities(self.host, self.port),
            max_age_s=self.sspl_allow_drift_seconds,
            opaque_errors=self.sspl_opaque_errors,
        )

    @property
    def video(self) -> BridgeSettings:
        """How to reach the text-to-video service."""
        return BridgeSettings(base_url=self.video_service_url)

    @property
    def creatorcore(self) -> BridgeSettings:
        """How to reach CreatorCore."""
        return BridgeSettings(base_url=self.creatorcore_base_url)

    @property
    def mongo(self) -> MongoSettings | None:
        """How to reach MongoDB; none when it is not used.

        Raises:
            SettingsError: It is to be used, and nothing says where it is.
        """
        if not self.use_mongodb:
            return None
        given = self.mongodb_connection_string or _secret_in(self.mongodb_connection_string_file)
        if given is None:
            raise SettingsError("USE_MONGODB is on: set MONGODB_CONNECTION_STRING, or ..._FILE")
        return MongoSettings(
            connection_string=given,
            database=self.mongodb_database_name,
            driver=self.mongodb_driver,
            deadline_s=self.mongodb_deadline_s,
        )

    @property
    def noopur(self) -> NoopurSettings | None:
        """How to reach Noopur; none when it is not used.

        Raises:
            SettingsError: It is to be used, and nothing says where it is; or no header can carry its key.
        """
        if not self.use_noopur:
            return None
        if self.noopur_base_url is None:
            raise SettingsError("INTEGRATOR_USE_NOOPUR is on: set NOOPUR_BASE_URL")
        key = self.noopur_api_key or _secret_in(self.noopur_api_key_file)
        if key is not None and not re.fullmatch(r"[!-~]*", key.get_secret_value()):
            raise SettingsError("NOOPUR_API_KEY holds characters that no HTTP header takes")
        return NoopurSettings(
            base_url=self.noopur_base_url,
            api_key=key,
            is_told=not _is_one_service(self.noopur_base_url, self.creatorcore_base_url),
        )

    @property
    def limits(self) -> LimitSettings:
        """How many requests a minute are granted; unless set, none are refused in open mode on loopback.

        Raises:
            SettingsError: Redis is to be used, and nothing says where it is.
        """
        unlimited = self.auth == "open" and is_loopback(self.host)
        per_address, per_user = (0, 0) if unlimited else (RATE_PER_ADDRESS, RATE_PER_USER)
        url = None
        if self.rate_store == "redis":
            url = self.redis_url or _secret_in(self.redis_url_file)
            if url is None:
                raise SettingsError("INTEGRATOR_RATE_STORE=redis: set INTEGRATOR_REDIS_URL, or ..._FILE")
        return LimitSettings(
            per_address=per_address if self.rate_per_address is None else self.rate_per_address,
            per_user=per_user if self.rate_per_user is None else self.rate_per_user,
            redis_url=url,
            trusted_proxies=self.trusted_proxies,
        )

    @property
    def nonces(self) -> NonceSettings:
        """Where spent nonces are kept.

        Raises:
            SettingsError: Redis is to be used, and nothing says where it is; or workers would not share them.
        """
        if self.nonce_store == "memory" and self.workers > 1:
            raise SettingsError("INTEGRATOR_NONCE_STORE=memory is for one worker; use sqlite for several")
        if self.nonce_store != "redis":
            return NonceSettings(store=self.nonce_store)
        url = self.redis_url or _secret_in(self.redis_url_file)
        if url is None:
            raise SettingsError("INTEGRATOR_NONCE_STORE=redis: set INTEGRATOR_REDIS_URL, or ..._FILE")
        return NonceSettings(store="redis", redis_url=url)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Read what is handed over first, then the environment; no other place."""
        return init_settings, env_settings


def _is_one_service(one: HttpUrl, other: HttpUrl) -> bool:
    """Tell whether two addresses have the same origin; every name of this machine is the same host."""
    origins = [
        (url.scheme, "" if is_loopback((url.host or "").strip("[]")) else url.host, url.port)
        for url in (one, other)
    ]
    return origins[0] == origins[1]


def _secret_in(path: Path | None) -> SecretStr | None:
    if path is None:
        return None
    try:
        return SecretStr(path.read_text().strip())
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"a secret cannot be read from {path}") from error


def load_settings(**overrides: Any) -> Settings:
    """Read the environment once, with ``overrides`` (by field name) on top.

    Raises:
        SettingsError: A name is unknown, a value is wrong, or the start would be unsafe.
    """
    _refuse_unknown_names(os.environ)
    try:
        settings = Settings(**{name: value for name, value in overrides.items() if value is not None})
    except ValidationError as error:
        raise SettingsError(_in_words(error)) from error
    _refuse_unsafe_start(settings)
    return settings


def export_settings(settings: Settings) -> None:
    """Write the settings into the environment, so that worker processes read the same ones."""
    for field, name in setting_names().items():
        value = getattr(settings, field)
        if value is None:
            os.environ.pop(name, None)
        elif isinstance(value, SecretStr):
            os.environ[name] = value.get_secret_value()
        elif isinstance(value, bool):
            os.environ[name] = str(int(value))
        elif isinstance(value, frozenset):
            os.environ[name] = ",".join(sorted(value))
        else:
            os.environ[name] = str(value)


def setting_names() -> dict[str, str]:
    """Return the environment name of each field."""
    return {field: str(info.validation_alias) for field, info in Settings.model_fields.items()}


def _refuse_unknown_names(environment: Mapping[str, str]) -> None:
    known = set(setting_names().values())
    for name in sorted(environment):
        if name.startswith(PREFIX) and name not in known:
            near = difflib.get_close_matches(name, known, n=1, cutoff=0.0)
            raise SettingsError(f"{name} is not a setting; the nearest known name is {near[0]}")


def _in_words(error: ValidationError) -> str:
    names = setting_names()
    lines = []
    for fault in error.errors(include_url=False, include_input=False):
        place = str(fault["loc"][0]) if fault["loc"] else ""
        lines.append(f"{names.get(place, place)}: {fault['msg']}")
    return "; ".join(lines)


def is_loopback(host: str) -> bool:
    """Tell whether a host name or address is reachable from this machine only."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _own_authorities(host: str, port: int) -> frozenset[str]:
    named = f"[{host}]" if ":" in host else host.lower()
    names = {named, "localhost"} if is_loopback(host) else {named}
    return frozenset(f"{name}:{port}" for name in names)


def _refuse_unsafe_start(settings: Settings) -> None:
    absent = {
        "INTEGRATOR_AUTH=required": settings.auth == "required",
        "SSPL_ENABLED": settings.sspl_enabled,
    }
    asked = [name for name, wanted in absent.items() if wanted]
    if asked:
        # Starting without what was asked for would be a promise broken in silence.
        raise SettingsError(f"{asked[0]} is not in this release; unset it to start without")
    _ = settings.mongo, settings.noopur, settings.nonces, settings.limits
    if not is_loopback(settings.host):
        raise SettingsError(
            f"INTEGRATOR_HOST={settings.host} is reachable from other machines, and this release cannot "
            "authenticate callers; use 127.0.0.1, or put an authenticating proxy in front"
        )
