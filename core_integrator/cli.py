"""``integrator``: serve, up, demo, doctor, plugin, keys, users, audit, backup, restore, export."""

import asyncio
import signal
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import structlog
import typer
import uvicorn

from adapters.memory.backup import back_up
from adapters.memory.copies import CopyProblem, megabytes
from adapters.memory.restore import restore as put_back
from config import Settings, export_settings
from core_integrator.app import app_for_process
from core_integrator.commands import audit as audit_log
from core_integrator.commands import demo as demo_story
from core_integrator.commands import doctor as diagnosis
from core_integrator.commands import keys, scaffold, stack, users
from core_integrator.commands.export import export_feedback
from core_integrator.commands.terminal import console, problems
from core_integrator.commands.terminal import fail as _fail
from core_integrator.commands.terminal import settings_or_fail as _settings
from core_integrator.contracts.errors import NotFound, StorageUnavailable
from core_integrator.hub import prove_stores
from telemetry.logging import configure_logging

# Graceful shutdown waits this long for requests in flight.
GRACE_S = 20

SINCE_FORMATS = ["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M:%S%z"]

log = structlog.get_logger("core_integrator.cli")

app = typer.Typer(no_args_is_help=True, add_completion=False, help="One door for many generators.")
plugins = typer.Typer(no_args_is_help=True, help="Write modules of your own.")
app.add_typer(plugins, name="plugin")
exports = typer.Typer(no_args_is_help=True, help="Write what is remembered for other programs.")
app.add_typer(exports, name="export")
app.add_typer(keys.commands, name="keys")
audits = typer.Typer(no_args_is_help=True, help="What was written down about who did what.")
app.add_typer(audits, name="audit")
app.add_typer(users.commands, name="users")

Host = Annotated[str | None, typer.Option(help="Address to listen on (INTEGRATOR_HOST).")]
HubPort = Annotated[int | None, typer.Option(help="Port of the hub (INTEGRATOR_PORT).")]
DataDir = Annotated[Path | None, typer.Option(help="Folder of everything kept (INTEGRATOR_DATA_DIR).")]
Workers = Annotated[int | None, typer.Option(help="Worker processes (INTEGRATOR_WORKERS).")]
Force = Annotated[bool, typer.Option("--force", help="Replace what is there already.")]
TestMode = Annotated[bool | None, typer.Option("--test/--no-test", help="Test mode (INTEGRATOR_TEST_MODE).")]


@app.command()
def serve(
    host: Host = None,
    port: HubPort = None,
    data_dir: DataDir = None,
    workers: Workers = None,
    test_mode: TestMode = None,
) -> None:
    """Run the hub alone."""
    settings = _settings(host=host, port=port, data_dir=data_dir, workers=workers, test_mode=test_mode)
    configure_logging(settings.log_level)
    try:
        asyncio.run(prove_stores(settings))
    except StorageUnavailable as problem:
        _fail(f"{problem.message} (INTEGRATOR_DATA_DIR={settings.data_dir})")
    _tell_who_may_call(settings)
    # uvicorn drains on these signals and then raises them again; an end that was asked for is no failure.
    for asked in (signal.SIGTERM, signal.SIGINT):
        signal.signal(asked, lambda *_: None)
    common = {
        "host": settings.host,
        "port": settings.port,
        "log_config": None,
        "access_log": False,
        "timeout_graceful_shutdown": GRACE_S,
        "server_header": False,
        "proxy_headers": False,
    }
    if settings.workers > 1:
        export_settings(settings)
        uvicorn.run(
            "core_integrator.app:app_from_environment",
            factory=True,
            workers=settings.workers,
            **common,  # type: ignore[arg-type]  # one dictionary for both ways of starting
        )
        return
    uvicorn.run(app_for_process(settings), **common)  # type: ignore[arg-type]  # as above


def _tell_who_may_call(settings: Settings) -> None:
    url = f"http://{settings.host}:{settings.port}"
    if settings.auth == "open":
        notice = "no authentication: everybody on this machine may call this hub as any user"
        log.warning("auth.open", notice=notice, url=url, signatures=settings.sspl_enabled)
    else:
        log.info("auth.required", url=url, signatures=settings.sspl_enabled)


@app.command()
def up(
    hub_port: Annotated[int | None, typer.Option(help="Port of the hub.")] = None,
    video_port: Annotated[int, typer.Option(help="Port of the text-to-video service.")] = 5002,
    creator_port: Annotated[int, typer.Option(help="Port of CreatorCore.")] = 5001,
    data_dir: DataDir = None,
    workers: Workers = None,
    test_mode: TestMode = None,
) -> None:
    """Run the hub and the reference generators until Ctrl-C."""
    settings = _settings(
        port=hub_port,
        data_dir=data_dir,
        workers=workers,
        test_mode=test_mode,
        video_service_url=f"http://127.0.0.1:{video_port}",
        creatorcore_base_url=f"http://127.0.0.1:{creator_port}",
    )
    try:
        generators = stack.Generators(video_port, creator_port)
        stack.run_until_interrupted(settings, generators, console=console)
    except stack.StackProblem as problem:
        _fail(str(problem))


@app.command()
def demo(
    text: Annotated[str, typer.Option(help="What the film shall tell.")] = "A robot dancing in a disco",
    duration: Annotated[float, typer.Option(help="Its length in seconds.")] = 8,
    data_dir: DataDir = None,
) -> None:
    """Make a film through POST /core on a stack of its own, then stop everything."""
    settings = _settings(data_dir=data_dir or Path("var/demo"))
    try:
        demo_story.play(settings, text=text, duration=duration, console=console)
    except (stack.StackProblem, demo_story.DemoProblem) as problem:
        _fail(str(problem))


@app.command()
def doctor() -> None:
    """Say what is missing here, and what to type."""
    if not diagnosis.report(_settings(), console):
        raise typer.Exit(1)


@plugins.command("new")
def plugin_new(
    name: Annotated[str, typer.Argument(help="Name of the module: a-z, 0-9 and _.")],
    folder: Annotated[Path, typer.Option(help="Where to put the package.")] = Path(),
) -> None:
    """Write a working package with one module and a passing test."""
    try:
        written = scaffold.write_plugin(name, folder)
    except scaffold.ScaffoldProblem as problem:
        _fail(str(problem))
    console.print(f"Wrote {written}.  Now: cd {written} && pip install -e . && pytest")


@app.command()
def backup(
    path: Annotated[Path, typer.Argument(help="The file to write, outside the data folder.")],
    data_dir: DataDir = None,
    force: Force = False,
) -> None:
    """Copy the memory to a file while the hub goes on."""
    started = time.perf_counter()
    try:
        made = back_up(_settings(data_dir=data_dir).data_dir, path, force=force)
    except CopyProblem as problem:
        _fail(str(problem))
    took_s = time.perf_counter() - started
    _tell(f"Backed up {made.rows} rows, {made.size} bytes, to {path} in {took_s:.1f} s.")


@app.command()
def restore(
    path: Annotated[Path, typer.Argument(help="A file that backup wrote.")],
    data_dir: DataDir = None,
    force: Force = False,
) -> None:
    """Put a backup in the memory's place while no hub runs; what was there is kept beside it."""
    settings = _settings(data_dir=data_dir)
    try:
        done = put_back(settings.data_dir, path, now=datetime.now(UTC), force=force)
    except CopyProblem as problem:
        _fail(str(problem))
    _tell(f"Restored {done.contents.rows} rows, {megabytes(done.contents.size)}, to {settings.data_dir}.")
    lacking = f"Changes that MongoDB may not have are in the kept one only: {done.undelivered}."
    for said, applies in (
        (f"The memory that was there is kept as {done.kept}.", done.kept),
        ("No checksum lay beside the backup: its structure was checked, not every byte.", not done.proven),
        (f"Users erased since the backup, and erased again: {done.erased}.", done.erased),
        ("The memory that was there cannot be read: erase again who was erased since.", not done.readable),
        (lacking, done.undelivered),
    ):
        if applies:
            _tell(said)


@exports.command("feedback")
def feedback(
    out: Annotated[Path, typer.Option(help="The file to write; - is the standard output.")] = Path("-"),
    module: Annotated[str | None, typer.Option(help="Only verdicts on what this module made.")] = None,
    since: Annotated[
        datetime | None, typer.Option(formats=SINCE_FORMATS, help="Only verdicts given since; UTC.")
    ] = None,
    journal_only: Annotated[
        bool, typer.Option("--journal-only", help="Take what is on this host; do not ask MongoDB.")
    ] = False,
    data_dir: DataDir = None,
    force: Force = False,
) -> None:
    """Write verdicts with what they judge as JSON lines; no user is named."""
    settings = _settings(data_dir=data_dir)
    writing = export_feedback(
        settings,
        None if out == Path("-") else out,
        module=module,
        since=since if since is None or since.tzinfo else since.replace(tzinfo=UTC),
        journal_only=journal_only,
        force=force,
    )
    try:
        count = asyncio.run(writing)
    except CopyProblem as problem:
        _fail(str(problem))
    except StorageUnavailable as problem:
        _fail(problem.message)
    except ImportError:
        _fail("MONGODB_DRIVER=motor: type: pip install 'core-integrator[motor]'")
    problems.print(f"Exported {count} verdicts.", highlight=False, soft_wrap=True)


@audits.command("verify")
def audit_verify(data_dir: DataDir = None) -> None:
    """Say whether the audit log is whole and as the hub wrote it, and if not, where it is not."""
    settings = _settings(data_dir=data_dir)
    try:
        if not audit_log.verify(settings, console):
            raise typer.Exit(1)
    except (NotFound, StorageUnavailable) as problem:
        _fail(f"{problem.message} (INTEGRATOR_DATA_DIR={settings.data_dir})")


@audits.command("export")
def audit_export(data_dir: DataDir = None) -> None:
    """Write every record of the audit log to standard output, a line of JSON each, oldest first."""
    settings = _settings(data_dir=data_dir)
    try:
        audit_log.export(settings, sys.stdout)
    except (NotFound, StorageUnavailable) as problem:
        _fail(f"{problem.message} (INTEGRATOR_DATA_DIR={settings.data_dir})")


def main() -> None:
    """Run the command line; a problem is one sentence and exit code 1, never a trace."""
    app()


def _tell(said: str) -> None:
    console.print(said, highlight=False, soft_wrap=True, markup=False)
