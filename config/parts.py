"""What each part of the hub is told: the narrow values that are handed down."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, Field, HttpUrl, SecretStr

# What a Host header says: a name or an address, and a port unless it is the scheme's own; never a scheme.
Authority = Annotated[str, Field(pattern=r"^(?:[a-z0-9._-]+|\[[0-9a-f:.]+\])(?::[0-9]{1,5})?$")]


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

    @classmethod
    def read(cls, text: str) -> "Retention":
        """Read what the setting says.

        Raises:
            ValueError: It says nothing that is known.
        """
        rule = _RULE.fullmatch(text.strip())
        if rule is None:
            raise ValueError("write all, age:<days>d or newest:<number>, such as age:90d or newest:5")
        days, newest = rule["days"], rule["newest"]
        age = timedelta(days=int(days)) if days else None
        return cls(age=age, newest=int(newest) if newest else None)


KEEP_ALL = Retention()
_RULE = re.compile(r"all|age:(?P<days>[1-9][0-9]{0,4})d|newest:(?P<newest>[1-9][0-9]{0,6})")


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


class IdentitySettings(BaseModel, frozen=True):
    """How identities are proved."""

    token_key_file: Path | None = Field(default=None, description="Ed25519 key in PEM that signs tokens.")
    pepper: SecretStr | None = Field(default=None, description="What digests of API keys are made with.")
    verify_email: bool = Field(default=False, description="Whether addresses are verified before a sign-in.")
