"""``integrator keys``: who may sign requests.  Works on the data folder, also while the hub runs."""

import asyncio
import base64
import getpass
import json
import secrets
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated, TypeVar

import structlog
import typer
from nacl.signing import SigningKey as PrivateKey

from adapters.keys import open_keys
from core_integrator.auditing import open_audit
from core_integrator.commands.terminal import console, fail, problems, settings_or_fail
from core_integrator.contracts.clock import Clock, SystemClock
from core_integrator.contracts.errors import IntegratorError
from core_integrator.contracts.signing import KeyRegistry, LegacyForm, SigningKey
from core_integrator.hub import test_controls
from security import key_view as view
from security import keyfiles
from security.identities.trail import Actor, Trail
from security.key_orders import KeyOrder, default_key_id
from security.keyfiles import KeyFileProblem
from security.keys import GRACE, KeyDesk
from security.possession import Challenges, prove

T = TypeVar("T")


class OldForm(StrEnum):
    """The published forms that a key may still use for a while."""

    L1 = "L1"
    L2 = "L2"


commands = typer.Typer(no_args_is_help=True, help="Say who may sign requests.")

DataDir = Annotated[Path | None, typer.Option(help="Folder of everything kept (INTEGRATOR_DATA_DIR).")]
Owner = Annotated[str, typer.Option(help="Whose key it is.")]
Scopes = Annotated[list[str], typer.Option("--scope", help="What it may do, e.g. core:write; repeatable.")]
Subjects = Annotated[
    list[str], typer.Option("--subject", help="A user id it may speak for, or '*' for any; repeatable.")
]
KeyId = Annotated[str | None, typer.Option(help="Its name; its RFC 7638 thumbprint if left out.")]
NotAfter = Annotated[str | None, typer.Option(help="Last moment, e.g. 2027-06-30 or 2027-06-30T12:00Z.")]
Legacy = Annotated[
    list[OldForm] | None, typer.Option("--legacy", help="An old form it may still use; repeatable.")
]
LegacyUntil = Annotated[str | None, typer.Option(help="Last moment of the old forms; needed with --legacy.")]
KeyArgument = Annotated[str, typer.Argument(help="Id of the key.")]
PrivateOut = Annotated[
    Path | None,
    typer.Option("--private-key", help="New file for the private key; <key id>.pem here if left out."),
]
PrivateIn = Annotated[
    Path | None,
    typer.Option("--private-key", help="File of the private key, to prove it right here."),
]
PrintPrivate = Annotated[
    bool,
    typer.Option("--print-private-key", help="Show the private key, which else is in its file alone."),
]


@commands.command("new")
def new(
    owner: Owner,
    scope: Scopes,
    subject: Subjects,
    key_id: KeyId = None,
    not_after: NotAfter = None,
    legacy: Legacy = None,
    legacy_until: LegacyUntil = None,
    private_key: PrivateOut = None,
    print_private_key: PrintPrivate = False,
    data_dir: DataDir = None,
) -> None:
    """Make a key pair, keep the private key in a file, and register the public one."""
    pair = keyfiles.new_private_key()
    order = _order(
        keyfiles.public_bytes(pair), owner, scope, subject, key_id, not_after, legacy, legacy_until
    )

    async def register(desk: KeyDesk, _: KeyRegistry) -> SigningKey:
        return await desk.register(order, _operator())

    _make(pair, private_key, order.key_id, register, data_dir, shown=print_private_key)


@commands.command("add")
def add(
    owner: Owner,
    scope: Scopes,
    subject: Subjects,
    public_key: Annotated[
        str | None,
        typer.Option(help="Base64, or a file in PEM; needless with --private-key."),
    ] = None,
    private_key: PrivateIn = None,
    key_id: KeyId = None,
    not_after: NotAfter = None,
    legacy: Legacy = None,
    legacy_until: LegacyUntil = None,
    data_dir: DataDir = None,
) -> None:
    """Register a public key made elsewhere, once its possession is proved.

    With --private-key the proof is made right here.  Without, sign the challenge with `integrator keys prove`
    where the private key is, and enter the proof.
    """
    public = _proved(public_key, private_key)
    order = _order(public, owner, scope, subject, key_id, not_after, legacy, legacy_until)

    async def register(desk: KeyDesk, _: KeyRegistry) -> SigningKey:
        return await desk.register(order, _operator())

    _tell(_run(register, data_dir))


@commands.command("prove")
def prove_possession(
    challenge: Annotated[str, typer.Argument(help="What `integrator keys add` asked.")],
    private_key: Annotated[Path, typer.Option(help="File of the private key.")],
) -> None:
    """Print the proof that `integrator keys add` waits for."""
    console.print(view.base64_text(prove(challenge, _private(private_key))), highlight=False, soft_wrap=True)


@commands.command("list")
def list_keys(
    as_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False, data_dir: DataDir = None
) -> None:
    """Show every key, oldest first."""

    async def listed(_: KeyDesk, registry: KeyRegistry) -> Sequence[SigningKey]:
        return await registry.listed()

    keys = _run(listed, data_dir)
    if as_json:
        console.print_json(json.dumps([view.facts(key) for key in keys]))
        return
    for key in keys:
        console.print(view.line(key), highlight=False, soft_wrap=True, markup=False)
    if not keys:
        console.print("no keys; type: integrator keys new --help", highlight=False)


@commands.command("rotate")
def rotate(
    key_id: KeyArgument,
    public_key: Annotated[
        str | None, typer.Option(help="The new public key, base64 or a PEM file; a new pair if left out.")
    ] = None,
    private_key: Annotated[
        Path | None,
        typer.Option(help="Where the new private key goes; with --public-key, where it is."),
    ] = None,
    new_key_id: Annotated[str | None, typer.Option(help="Name of the new key.")] = None,
    grace_days: Annotated[
        float, typer.Option(min=0, help="How long the old one may still be used.")
    ] = GRACE.days,
    print_private_key: PrintPrivate = False,
    data_dir: DataDir = None,
) -> None:
    """Put a new key in the place of an old one, which ends after the days of grace."""
    pair = keyfiles.new_private_key() if public_key is None else None
    public = keyfiles.public_bytes(pair) if pair else _proved(public_key, private_key)

    async def replace(desk: KeyDesk, _: KeyRegistry) -> SigningKey:
        grace = timedelta(days=grace_days)
        return await desk.rotate(key_id, public, _operator(), new_id=new_key_id, grace=grace)

    if pair:
        _make(pair, private_key, new_key_id, replace, data_dir, shown=print_private_key)
    else:
        _tell(_run(replace, data_dir))


@commands.command("revoke")
def revoke(key_id: KeyArgument, data_dir: DataDir = None) -> None:
    """Refuse a key from now on, for ever."""

    async def end(desk: KeyDesk, _: KeyRegistry) -> SigningKey:
        return await desk.revoke(key_id, _operator())

    key = _run(end, data_dir)
    console.print(f"revoked {key.key_id}", highlight=False, soft_wrap=True, markup=False)


def _make(
    pair: PrivateKey,
    path: Path | None,
    key_id: str | None,
    register: Callable[[KeyDesk, KeyRegistry], Awaitable[SigningKey]],
    data_dir: Path | None,
    *,
    shown: bool,
) -> None:
    """Keep the private key first: a registered key whose private half is lost would be of no use."""
    name = key_id or default_key_id(keyfiles.public_bytes(pair))
    file = path or Path(f"{name.replace(':', '_')}.pem")
    try:
        keyfiles.write_private_key(file, pair)
    except KeyFileProblem as problem:
        fail(str(problem))
    try:
        key = _run(register, data_dir)
    except BaseException:
        file.unlink(missing_ok=True)
        raise
    _tell(key)
    console.print(f"private key  {file} (keep it; the hub has no copy)", highlight=False, soft_wrap=True)
    if shown:
        console.print(keyfiles.private_pem(pair), end="", highlight=False, soft_wrap=True)


def _order(
    public_key: bytes,
    owner: str,
    scopes: list[str],
    subjects: list[str],
    key_id: str | None,
    not_after: str | None,
    legacy: list[OldForm] | None,
    legacy_until: str | None,
) -> KeyOrder:
    forms: frozenset[LegacyForm] = frozenset(form.value for form in legacy or [])
    return KeyOrder(
        public_key=public_key,
        owner=owner,
        scopes=frozenset(scopes),
        subjects=frozenset(subjects),
        key_id=key_id,
        not_after=_moment(not_after, "--not-after"),
        legacy=forms,
        legacy_until=_moment(legacy_until, "--legacy-until"),
    )


def _proved(public_key: str | None, private_key: Path | None) -> bytes:
    """Return the public key once whoever types has shown to hold the private one."""
    pair = None if private_key is None else _private(private_key)
    public = _public(public_key, pair)
    challenges = Challenges(secrets.token_bytes(32), SystemClock())
    challenge = challenges.issue(public)
    proof = prove(challenge, pair) if pair else _asked_for(challenge)
    if not challenges.answered(challenge, proof, public):
        fail("the proof is not this key's signature of the challenge; nothing was registered")
    return public


def _public(public_key: str | None, pair: PrivateKey | None) -> bytes:
    if public_key is None:
        if pair is None:
            fail("say which key: --public-key, or --private-key")
        return keyfiles.public_bytes(pair)
    try:
        return keyfiles.read_public_key(public_key)
    except KeyFileProblem as problem:
        fail(str(problem))


def _private(path: Path) -> PrivateKey:
    try:
        return keyfiles.read_private_key(path)
    except KeyFileProblem as problem:
        fail(str(problem))


def _asked_for(challenge: str) -> bytes:
    problems.print(
        f"Where the private key is, type: integrator keys prove {challenge} --private-key FILE",
        highlight=False,
        soft_wrap=True,
        markup=False,
    )
    try:
        return base64.b64decode(typer.prompt("proof", err=True), validate=True)
    except ValueError:
        return b""


def _run(work: Callable[[KeyDesk, KeyRegistry], Awaitable[T]], data_dir: Path | None) -> T:
    settings = settings_or_fail(data_dir=data_dir)
    # The log of a command is what it prints.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger("critical"))
    controls = test_controls(settings)
    clock: Clock = controls.clock if controls else SystemClock()

    async def opened() -> T:
        async with (
            open_audit(settings.data_dir, key_file=settings.audit_key_file, clock=clock) as audit,
            open_keys(settings.data_dir) as registry,
        ):
            return await work(KeyDesk(registry, clock, Trail(audit)), registry)

    try:
        return asyncio.run(opened())
    except IntegratorError as problem:
        fail(problem.message)


def _moment(text: str | None, option: str) -> datetime | None:
    if text is None:
        return None
    try:
        given = datetime.fromisoformat(text)
        return given.astimezone(UTC) if given.tzinfo else given.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        fail(f"{option} {text} is no moment; write 2027-06-30 or 2027-06-30T12:00:00Z")


def _operator() -> Actor:
    try:
        return Actor(f"cli:{getpass.getuser()}", "system")
    except (KeyError, OSError):
        return Actor("cli", "system")


def _tell(key: SigningKey) -> None:
    for name, value in view.lines(key).items():
        console.print(f"{name:<12} {value}", highlight=False, soft_wrap=True, markup=False)
