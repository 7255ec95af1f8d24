"""Every setting, its default and its meaning."""

import difflib
import ipaddress
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, HttpUrl, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, PydanticBaseSettingsSource, SettingsConfigDict

PREFIX = "INTEGRATOR_"
SHORTEST_SECRET = 32


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


class MongoSettings(BaseModel, frozen=True):
    """How to reach the primary store, and how long to wait for it."""

    connection_string: SecretStr = Field(default=..., description="As MongoDB's drivers take it.")
    database: str = Field(default="core_integrator", min_length=1, description="Name of the database.")
    driver: Literal["pymongo", "motor"] = Field(default="pymongo", description="Which client speaks to it.")
    deadline_s: float = Field(
        default=1.0, gt=0, description="Limit on one operation; then the journal answers."
    )


class IdentitySettings(BaseModel, frozen=True):
    """How identities are proved."""

    token_key_file: Path | None = Field(default=None, description="Ed25519 key in PEM that signs tokens.")
    pepper: SecretStr | None = Field(default=None, description="What digests of API keys are made with.")
    verify_email: bool = Field(default=False, description="Whether addresses are verified before a sign-in.")


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
        description="Read and tell Noopur. Not in this release.",
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
    sspl_enabled: bool = Field(
        default=False,
        validation_alias="SSPL_ENABLED",
        description="Require signed requests. Not in this release.",
    )

    token_key_file: Path | None = Field(
        default=None,
        validation_alias="INTEGRATOR_TOKEN_KEY_FILE",
        description="Ed25519 key (PEM) that signs access tokens; made in the data folder if not set.",
    )
    pepper: SecretStr | None = Field(
        default=None,
        min_length=SHORTEST_SECRET,
        validation_alias="INTEGRATOR_PEPPER",
        description="Secret of 32 characters or more for the digests of API keys; made if not set.",
    )
    pepper_file: Path | None = Field(
        default=None,
        validation_alias="INTEGRATOR_PEPPER_FILE",
        description="A file that holds that secret.",
    )
    verify_email: bool = Field(
        default=False,
        validation_alias="INTEGRATOR_VERIFY_EMAIL",
        description="Let nobody sign in before the e-mail address is verified.",
    )

    @field_validator("plugins_off", mode="before")
    @classmethod
    def _split(cls, names: object) -> object:
        if not isinstance(names, str):
            return names
        return frozenset(name.strip() for name in names.split(",") if name.strip())

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
    def identities(self) -> IdentitySettings:
        """How identities are proved.

        Raises:
            SettingsError: The pepper cannot be read, or is short.
        """
        pepper = self.pepper or _secret_in(self.pepper_file)
        if pepper is not None and len(pepper.get_secret_value()) < SHORTEST_SECRET:
            raise SettingsError(f"INTEGRATOR_PEPPER_FILE holds fewer than {SHORTEST_SECRET} characters")
        return IdentitySettings(
            token_key_file=self.token_key_file, pepper=pepper, verify_email=self.verify_email
        )

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


def _refuse_unsafe_start(settings: Settings) -> None:
    absent = {
        "INTEGRATOR_AUTH=required": settings.auth == "required",
        "SSPL_ENABLED": settings.sspl_enabled,
        "INTEGRATOR_USE_NOOPUR": settings.use_noopur,
    }
    asked = [name for name, wanted in absent.items() if wanted]
    if asked:
        # Starting without what was asked for would be a promise broken in silence.
        raise SettingsError(f"{asked[0]} is not in this release; unset it to start without")
    _ = settings.mongo, settings.identities
    if not is_loopback(settings.host):
        raise SettingsError(
            f"INTEGRATOR_HOST={settings.host} is reachable from other machines, and this release cannot "
            "authenticate callers; use 127.0.0.1, or put an authenticating proxy in front"
        )
