"""What the routes of accounts take and answer."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue, SecretStr

from core_integrator.contracts.accounts import ApiKey, User, ValueType
from core_integrator.contracts.clock import rfc3339
from core_integrator.contracts.principals import Role
from security.identities.enrolment import FullName, Username
from security.passwords import LONGEST, NewPassword

# Whatever was typed: whether it is right is not for its shape to tell.
Typed = Annotated[SecretStr, Field(max_length=LONGEST)]
Login = Annotated[str, Field(min_length=1, max_length=254)]
Ticket = Annotated[SecretStr, Field(max_length=200)]
Name = Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[^\x00-\x1f\x7f-\x9f]*$")]
SettingKey = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_.]{0,63}$")]


class Body(BaseModel):
    """A body: nothing unknown in it, and everything of the type that is documented."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class SignIn(Body):
    """Somebody who has an account."""

    email: Login = Field(default=..., description="E-mail address, or user name.")
    password: Typed = Field(default=..., description="The password.")


class Refresh(Body):
    """A session to go on with."""

    refresh_token: Ticket = Field(default=..., description="The newest of the session; good once.")


class LostPassword(Body):
    """Somebody who forgot."""

    email: Login = Field(default=..., description="The account's e-mail address.")


class ResetPassword(Body):
    """A new password by ticket."""

    token: Ticket = Field(default=..., description="The ticket from the mail; good once, for two hours.")
    new_password: NewPassword = Field(default=..., description="As for registering.")


class VerifyEmail(Body):
    """A verified address by ticket."""

    token: Ticket = Field(default=..., description="The ticket from the mail; good once, for two hours.")


class ChangePassword(Body):
    """Another password."""

    current_password: Typed = Field(default=..., description="The one until now.")
    new_password: NewPassword = Field(default=..., description="As for registering.")


class ProfileChange(Body):
    """Other names; what is left out stays."""

    username: Username | None = Field(default=None, description="3 to 64 letters, digits and underscores.")
    full_name: FullName | None = Field(default=None, description="What they are called.")


class Setting(Body):
    """A setting, with its type."""

    key: SettingKey = Field(default=..., description="Its name.")
    value: JsonValue = Field(default=..., description="Of the type beside it.")
    value_type: ValueType = Field(default="string", description="What the value is.")


class KeyWish(Body):
    """An API key to be made."""

    service_name: Name = Field(default=..., description="What it is for.")
    key_name: Name = Field(default=..., description="What it is called.")
    scopes: list[str] = Field(
        default_factory=list, max_length=50, description="What it may do; all that its owner may if empty."
    )
    expires_in_days: int | None = Field(default=None, ge=1, le=3650, description="Never if left out.")


class Roles(Body):
    """What a user may do."""

    roles: list[Role] = Field(default=..., min_length=1, max_length=10, description="All of them.")


class Active(Body):
    """Whether an account is open."""

    active: bool = Field(default=..., description="False shuts it and ends its sessions.")


class Message(BaseModel):
    """What happened, for a person."""

    message: str = Field(default=..., description="What happened.")


class TokenAnswer(BaseModel):
    """What somebody who signed in gets."""

    access_token: str = Field(default=..., description="For the header Authorization: Bearer …")
    token_type: Literal["bearer"] = Field(default="bearer", description="Always ``bearer``.")
    expires_in: int = Field(default=..., description="Seconds until it ends.")
    user_id: str = Field(default=..., description="Whose it is; the ``user_id`` of requests.")
    refresh_token: str = Field(default=..., description="Buys the next access token, once.")


class Registered(BaseModel):
    """An account whose address must be verified before anybody can sign in."""

    user_id: str = Field(default=..., description="The account's id.")
    message: str = Field(default=..., description="What to do next.")


class Profile(BaseModel):
    """A user."""

    user_id: str = Field(default=..., description="The ``user_id`` of requests.")
    email: str = Field(default=..., description="Where mail reaches them.")
    username: str = Field(default=..., description="Unique.")
    full_name: str = Field(default=..., description="What they are called.")
    roles: list[Role] = Field(default=..., description="What they may do.")
    is_active: bool = Field(default=..., description="Whether the account is open.")
    is_verified: bool = Field(default=..., description="Whether they read the address's mail.")
    created_at: str = Field(default=..., description="RFC 3339.")


class KeyShown(BaseModel):
    """An API key, without what proves it."""

    id: str = Field(default=..., description="Its name in logs.")
    service_name: str = Field(default=..., description="What it is for.")
    key_name: str = Field(default=..., description="What it is called.")
    is_active: bool = Field(default=..., description="Whether it proves anything.")
    scopes: list[str] = Field(default=..., description="What it may do; all that its owner may if empty.")
    created_at: str = Field(default=..., description="RFC 3339.")
    expires_at: str | None = Field(default=..., description="RFC 3339; none for never.")
    last_used: str | None = Field(default=..., description="RFC 3339; some seconds late.")
    usage_count: int = Field(default=..., description="Requests that showed it.")


class KeyMade(KeyShown):
    """A new API key, with what proves it, this once."""

    api_key: str = Field(default=..., description="For the header X-API-Key; never shown again.")


class DayUsage(BaseModel):
    """One day (UTC)."""

    date: str = Field(default=..., description="YYYY-MM-DD.")
    calls: int = Field(default=..., description="Calls of modules.")


class Usage(BaseModel):
    """How much a user calls."""

    user_id: str = Field(default=..., description="Who.")
    calls_today: int = Field(default=..., description="Calls of modules today (UTC).")
    calls_this_month: int = Field(default=..., description="Calls of modules this month (UTC).")
    calls_total: int = Field(default=..., description="Calls of modules ever.")
    limits: dict[str, JsonValue] = Field(default=..., description="``calls_per_day``, ``storage_mb``.")
    days: list[DayUsage] = Field(default=..., description="The newest thirty days with calls.")


class Users(BaseModel):
    """A page of users."""

    users: list[Profile] = Field(default=..., description="Oldest first.")
    next_cursor: str | None = Field(default=..., description="For the next page; none on the last.")


def profile_of(user: User) -> Profile:
    """Show a user."""
    return Profile(
        user_id=user.id,
        email=user.email,
        username=user.username,
        full_name=user.full_name,
        roles=sorted(user.roles),
        is_active=user.active,
        is_verified=user.verified,
        created_at=rfc3339(user.created_at),
    )


def key_shown(key: ApiKey) -> KeyShown:
    """Show a key."""
    return KeyShown(
        id=key.id,
        service_name=key.service_name,
        key_name=key.key_name,
        is_active=key.active,
        scopes=sorted(key.scopes),
        created_at=rfc3339(key.created_at),
        expires_at=None if key.expires_at is None else rfc3339(key.expires_at),
        last_used=None if key.last_used is None else rfc3339(key.last_used),
        usage_count=key.usage_count,
    )
