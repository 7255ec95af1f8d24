"""What every command does at its edges: read the settings, tell the reader, end with a reason."""

from typing import NoReturn

import typer
from rich.console import Console

from config import Settings, SettingsError, load_settings

console = Console()
problems = Console(stderr=True)


def settings_or_fail(**overrides: object) -> Settings:
    """Return the settings with what was typed on top; a wrong one ends the command."""
    try:
        return load_settings(**overrides)
    except SettingsError as problem:
        fail(str(problem))


def fail(reason: str) -> NoReturn:
    """End the command with one sentence and exit code 1."""
    problems.print(f"integrator: {reason}", style="red", highlight=False, soft_wrap=True)
    raise typer.Exit(1)
