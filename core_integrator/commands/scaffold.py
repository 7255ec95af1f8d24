"""``integrator plugin new``: writes a working package with one module and a passing test."""

import re
from pathlib import Path
from string import Template

_NAME = re.compile(r"[a-z][a-z0-9_]{0,63}")


class ScaffoldProblem(Exception):
    """The package cannot be written; the message says why."""


_PYPROJECT = """\
[build-system]
requires = ["hatchling>=1.27"]
build-backend = "hatchling.build"

[project]
name = "integrator-$dashed"
version = "0.1.0"
description = "The module $name for Core Integrator."
requires-python = ">=3.11"
dependencies = ["core-integrator"]

[project.optional-dependencies]
test = ["pytest>=8", "pytest-asyncio>=1"]

[project.entry-points.core_integrator]
$name = "integrator_$name"

[tool.hatch.build.targets.wheel]
packages = ["integrator_$name"]

[tool.pytest.ini_options]
asyncio_mode = "auto"
"""

_MODULE = '''\
"""The module ``$name``."""

from pydantic import BaseModel, Field

from core_integrator import Call, Intent, RegisterAgent, Reply, hookimpl


class Greeting(BaseModel):
    """Whom to greet."""

    name: str = Field(default=..., min_length=1, description="A name.")


async def greet(payload: Greeting, call: Call) -> Reply:
    """Greet somebody."""
    return Reply("greeted", {"greeting": f"Hello, {payload.name}!"})


class $klass:
    """Greets."""

    intents = {"greet": Intent(Greeting, greet, examples=[{"name": "Ada"}])}


@hookimpl
def register_agents(register: RegisterAgent) -> None:
    """Offer ``$name``."""
    register("$name", $klass)
'''

_TEST = '''\
"""The module answers, and refuses what it cannot serve."""

import pytest
from core_integrator import InvalidPayload
from core_integrator.testing import open_test_hub

import integrator_$name


async def test_it_greets() -> None:
    """What is asked for comes back."""
    async with open_test_hub(integrator_$name) as hub:
        result = await hub.call("$name", "greet", {"name": "Ada"})

    assert result == {"greeting": "Hello, Ada!"}


async def test_a_greeting_needs_a_name() -> None:
    """A wrong payload is refused before the module sees it."""
    async with open_test_hub(integrator_$name) as hub:
        with pytest.raises(InvalidPayload):
            await hub.call("$name", "greet", {})
'''

_README = """\
# integrator-$dashed

The module `$name` for Core Integrator.

    pip install -e '.[test]'
    pytest
    integrator serve
    curl -s localhost:8001/core -H 'content-type: application/json' \\
      -d '{"module": "$name", "intent": "greet", "user_id": "ada", "data": {"name": "Ada"}}'
"""


def write_plugin(name: str, folder: Path) -> Path:
    """Write the package ``integrator-<name>`` into ``folder`` and return its path.

    Raises:
        ScaffoldProblem: The name is no module name, or the package is there already.
    """
    if not _NAME.fullmatch(name):
        raise ScaffoldProblem(f"{name!r} is not a module name; use a-z, 0-9 and _, a letter first")
    dashed = name.replace("_", "-")
    root = folder / f"integrator-{dashed}"
    if root.exists():
        raise ScaffoldProblem(f"{root} is there already")
    words = {"name": name, "dashed": dashed, "klass": "".join(part.title() for part in name.split("_"))}
    files = {
        "pyproject.toml": _PYPROJECT,
        "README.md": _README,
        f"integrator_{name}/__init__.py": _MODULE,
        f"tests/test_{name}.py": _TEST,
    }
    for place, text in files.items():
        path = root / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(Template(text).substitute(words))
    return root
