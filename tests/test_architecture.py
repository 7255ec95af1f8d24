"""What a newcomer may rely on when reading."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SOURCES = [
    path
    for folder in (
        "adapters",
        "agents",
        "bridges",
        "config",
        "core_integrator",
        "security",
        "services",
        "telemetry",
    )
    for path in (ROOT / folder).rglob("*.py")
]


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_stand_at_the_top(path: Path) -> None:
    """An import inside a function hides a cycle."""
    tree = ast.parse(path.read_text())
    hidden = [
        node.lineno
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]

    assert hidden == []


def test_only_the_settings_read_the_environment() -> None:
    """One place tells what can be set."""
    readers = {
        str(path.relative_to(ROOT))
        for path in SOURCES
        if "os.environ" in path.read_text() or "getenv" in path.read_text()
    }

    assert {reader for reader in readers if not reader.startswith("services/")} == {"config/loading.py"}
