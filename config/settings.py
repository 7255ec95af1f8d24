"""Every setting, its default and its meaning."""

import ipaddress
import re
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, HttpUrl, SecretStr, field_validator
from pydantic_settings import BaseSettings, NoDecode, PydanticBaseSettingsSource, SettingsConfigDict

from config.addresses import is_loopback, is_one_service, own_authorities
from config.parts import (
    KEEP_ALL,
    Authority,
    BridgeSettings,
    IdentitySettings,
    LimitSettings,
    MongoSettings,
    NonceSettings,
    NoopurSettings,
    Retention,
    SsplSettings,
)

# A minute, unless set; none in open mode on loopback.
RATE_PER_ADDRESS = 600
RATE_PER_USER = 300
SHORTEST_SECRET = 32

_ORIGIN = re.compile(r"https?://(?:[a-z0-9.-]+|\[[0-9a-f:.]+\])(?::\d{1,5})?")


class SettingsError(Exception):
    """The hub must not start with these settings; the message says what to change."""


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
        description="Require signed requests.",
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
        return Retention.read(given)

    @property
    def sspl(self) -> SsplSettings:
        """What a signed request must be addressed to, and how old it may be."""
        return SsplSettings(
            authorities=self.sspl_authorities or own_authorities(self.host, self.port),
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
            is_told=not is_one_service(self.noopur_base_url, self.creatorcore_base_url),
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
