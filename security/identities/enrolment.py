"""New accounts: what they are made of, and how they are added."""

from typing import Annotated

from email_validator import EmailNotValidError, validate_email
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from core_integrator.contracts.accounts import Credentials, Taken, User, UserStore
from core_integrator.contracts.clock import Clock, new_id
from core_integrator.contracts.errors import WrongState
from core_integrator.contracts.principals import Role
from security.identities.trail import Actor, Origin, Trail, user_actor
from security.passwords import NewPassword, Passwords

NEWCOMER: frozenset[Role] = frozenset({"user"})


def _address(text: str) -> str:
    try:
        # Whether mail arrives there shows when it is sent; ``.test`` is for tests of those who use the hub.
        return validate_email(text, check_deliverability=False, test_environment=True).normalized
    except EmailNotValidError as error:
        raise ValueError("this is no e-mail address") from error


EmailAddress = Annotated[
    str, Field(max_length=254, json_schema_extra={"format": "email"}), AfterValidator(_address)
]
Username = Annotated[str, Field(pattern=r"^[A-Za-z0-9_]{3,64}$")]
FullName = Annotated[str, Field(max_length=200, pattern=r"^[^\x00-\x1f\x7f-\x9f]*$")]


class Registration(BaseModel):
    """Somebody who wants an account."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    email: EmailAddress = Field(default=..., description="Where mail reaches them.")
    password: NewPassword = Field(
        default=...,
        description="8 to 256 characters, with an upper-case letter, a lower-case one and a digit.",
    )
    username: Username = Field(default=..., description="3 to 64 letters, digits and underscores.")
    full_name: FullName = Field(default="", description="What they are called.")


class Enrolment:
    """Adds accounts."""

    def __init__(self, users: UserStore, passwords: Passwords, trail: Trail, clock: Clock) -> None:
        self._users = users
        self._passwords = passwords
        self._trail = trail
        self._clock = clock

    async def enrol(
        self,
        wish: Registration,
        origin: Origin,
        *,
        roles: frozenset[Role] = NEWCOMER,
        by: Actor | None = None,
    ) -> Credentials:
        """Add an account; ``by`` is who does it, the user unless told otherwise.

        Raises:
            WrongState: The e-mail address or the user name is another's.
        """
        await self._refuse_taken(wish)
        user = User(
            id=new_id("usr"),
            email=wish.email,
            username=wish.username,
            full_name=wish.full_name,
            roles=roles,
            created_at=self._clock.now(),
            # Who adds others vouches for their address.
            verified=by is not None,
        )
        kept = await self._passwords.hash(wish.password.get_secret_value())
        actor = by or user_actor(user.id)
        await self._trail.record("auth.register", actor, user.id, origin, {"roles": [*sorted(roles)]})
        try:
            return await self._users.add(user, kept)
        except Taken as error:
            # Somebody else was quicker.
            self._trail.note("auth.register", actor, user.id, origin, WrongState.code)
            raise taken(error) from error

    async def _refuse_taken(self, wish: Registration) -> None:
        if await self._users.credentials(wish.email) is not None:
            raise taken(Taken("email"))
        if await self._users.credentials(wish.username) is not None:
            raise taken(Taken("username"))


def taken(error: Taken) -> WrongState:
    """Return what a caller is told who wants what is another's."""
    what = {"email": "e-mail address", "username": "user name"}[error.field]
    return WrongState(f"this {what} is registered already", details={"field": error.field})
