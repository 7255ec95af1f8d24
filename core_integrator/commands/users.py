"""``integrator users``: who has an account.  Works on the data folder, also while the hub runs."""

import asyncio
import getpass
import json
import re
import sys
from collections.abc import Awaitable, Callable, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated, TypeVar

import structlog
import typer
from pydantic import ValidationError

from core_integrator.accounts import open_identities
from core_integrator.auditing import open_audit
from core_integrator.commands.terminal import console, fail, settings_or_fail
from core_integrator.contracts.accounts import User
from core_integrator.contracts.clock import Clock, SystemClock, rfc3339
from core_integrator.contracts.errors import IntegratorError
from core_integrator.contracts.principals import Role
from core_integrator.hub import test_controls
from core_integrator.validation import invalid_payload
from security.identities import Identities
from security.identities.enrolment import Registration
from security.identities.trail import Actor, Origin

T = TypeVar("T")


class RoleName(StrEnum):
    """The roles there are."""

    VIEWER = "viewer"
    USER = "user"
    EDITOR = "editor"
    OPERATOR = "operator"
    ADMIN = "admin"
    SERVICE = "service"


commands = typer.Typer(no_args_is_help=True, help="Say who has an account, and what they may do.")

DataDir = Annotated[Path | None, typer.Option(help="Folder of everything kept (INTEGRATOR_DATA_DIR).")]
PasswordFile = Annotated[
    Path | None, typer.Option(help="A file whose first line is the password; asked for if left out.")
]
_PAGE = 500


@commands.command("add")
def add(
    email: Annotated[str, typer.Option(help="E-mail address.")],
    role: Annotated[
        list[RoleName] | None, typer.Option(help="What they may do; repeatable; user if left out.")
    ] = None,
    username: Annotated[
        str | None, typer.Option(help="User name; what stands before the @ if left out.")
    ] = None,
    full_name: Annotated[str, typer.Option(help="What they are called.")] = "",
    password_file: PasswordFile = None,
    data_dir: DataDir = None,
) -> None:
    """Add an account; the password is asked for, or read from the standard input or a file."""
    name = username or re.sub(r"\W", "_", email.partition("@")[0], flags=re.ASCII).ljust(3, "_")
    wish = {"email": email, "username": name, "full_name": full_name, "password": _password(password_file)}
    try:
        registration = Registration.model_validate(wish)
    except ValidationError as error:
        fail(invalid_payload(error).message)

    async def enrol(identities: Identities) -> User:
        roles = _roles(role or [RoleName.USER])
        found = await identities.enrolment.enrol(registration, Origin(), roles=roles, by=_operator())
        return found.user

    _tell(_run(enrol, data_dir))


@commands.command("list")
def list_users(
    as_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False, data_dir: DataDir = None
) -> None:
    """Show every account, oldest first."""
    users = _run(_all, data_dir)
    if as_json:
        console.print_json(json.dumps([_facts(user) for user in users]))
        return
    for user in users:
        _tell(user)
    if not users:
        console.print("no users; type: integrator users add --help", highlight=False)


@commands.command("role")
def set_role(
    user: Annotated[str, typer.Argument(help="Id, e-mail address or user name.")],
    role: Annotated[list[RoleName], typer.Argument(help="All their roles from now on.")],
    data_dir: DataDir = None,
) -> None:
    """Say what somebody may do from now on."""

    async def change(identities: Identities) -> User:
        found = await identities.administration.find(user)
        roles = _roles(role)
        return await identities.administration.set_roles(_operator(), found.id, roles, Origin())

    _tell(_run(change, data_dir))


def _roles(names: Sequence[RoleName]) -> frozenset[Role]:
    return frozenset(name.value for name in names)


async def _all(identities: Identities) -> list[User]:
    found: list[User] = []
    while True:
        page = await identities.administration.listed(after=found[-1].id if found else None, limit=_PAGE)
        found += page
        if len(page) < _PAGE:
            return found


def _password(file: Path | None) -> str:
    if file is not None:
        try:
            return _first_line(file.read_text("utf-8"))
        except (OSError, UnicodeDecodeError):
            fail(f"{file} cannot be read")
    if not sys.stdin.isatty():
        return _first_line(sys.stdin.read())
    password = getpass.getpass("password: ")
    if getpass.getpass("again: ") != password:
        fail("these are two passwords")
    return password


def _first_line(text: str) -> str:
    return text.splitlines()[0] if text else ""


def _run(work: Callable[[Identities], Awaitable[T]], data_dir: Path | None) -> T:
    settings = settings_or_fail(data_dir=data_dir)
    # The log of a command is what it prints.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger("critical"))
    controls = test_controls(settings)
    clock: Clock = controls.clock if controls else SystemClock()

    async def opened() -> T:
        async with open_audit(settings.data_dir, key_file=settings.audit_key_file, clock=clock) as audit:
            opening = open_identities(settings.identities, settings.data_dir, clock, audit)
            async with opening as identities:
                return await work(identities)

    try:
        return asyncio.run(opened())
    except IntegratorError as problem:
        fail(problem.message)


def _operator() -> Actor:
    try:
        return Actor(f"cli:{getpass.getuser()}", "system")
    except (KeyError, OSError):
        return Actor("cli", "system")


def _facts(user: User) -> dict[str, str | bool | list[str]]:
    return {
        "user_id": user.id,
        "email": user.email,
        "username": user.username,
        "full_name": user.full_name,
        "roles": [*sorted(user.roles)],
        "is_active": user.active,
        "is_verified": user.verified,
        "created_at": rfc3339(user.created_at),
    }


def _tell(user: User) -> None:
    shut = "" if user.active else "  shut"
    line = f"{user.id}  {user.email}  {user.username}  {','.join(sorted(user.roles))}{shut}"
    console.print(line, highlight=False, soft_wrap=True, markup=False)
