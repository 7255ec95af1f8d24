"""The documentation is held to account: what it names exists, and what it shows runs."""

import ast
import re
import tomllib
from pathlib import Path

import pytest

from config.loading import setting_names
from core_integrator import hookspecs
from core_integrator.api.errors import STATUSES
from core_integrator.contracts import errors, events
from core_integrator.contracts.errors import IntegratorError
from core_integrator.testing import open_test_hub

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"


def pages() -> list[Path]:
    """Return every page for readers."""
    return [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md", *DOCS.rglob("*.md")]


def blocks(page: Path, language: str) -> list[str]:
    """Return a page's code blocks in a language."""
    return re.findall(rf"```{language}\n(.*?)```", page.read_text(), re.DOTALL)


def test_the_readme_opens_with_the_two_commands() -> None:
    """Nobody should have to look for them."""
    opening = (ROOT / "README.md").read_text()[:300]

    assert "make demo" in opening
    assert "make test" in opening


def test_every_setting_is_documented_with_its_default() -> None:
    """A setting that is not in the table does not exist for an operator."""
    page = (DOCS / "configuration.md").read_text()
    rows = set(re.findall(r"^\| `([A-Z_]+)` \|", page, re.MULTILINE))

    assert rows == set(setting_names().values())


def test_every_code_is_documented_with_its_status() -> None:
    """Programs branch on codes; people look them up."""
    rows = dict(re.findall(r"^\| `([a-z_]+)` \| (\d{3}) \|", (DOCS / "errors.md").read_text(), re.MULTILINE))

    assert {code: int(status) for code, status in rows.items()} == STATUSES


def test_every_error_has_a_status_and_the_drawing_is_the_code() -> None:
    """The tree at the head of the file is the tree of the classes."""
    drawn = re.findall(r"^[ │]*[├└]── (\w+)|^    (IntegratorError)$", errors.__doc__ or "", re.MULTILINE)
    classes = [c for c in vars(errors).values() if isinstance(c, type) and issubclass(c, IntegratorError)]

    assert {first or second for first, second in drawn} == {c.__name__ for c in classes}
    assert {c.code for c in classes} <= set(STATUSES)
    depth = {
        line.split("── ")[1].split()[0]: line.index("──")
        for line in (errors.__doc__ or "").splitlines()
        if "── " in line
    }
    for c in classes:
        if c is not IntegratorError and c.__bases__[0] is not IntegratorError:
            assert depth[c.__name__] > depth[c.__bases__[0].__name__]


def test_every_hook_is_documented_with_its_arguments() -> None:
    """The heading is the hook's exact signature."""
    page = (DOCS / "plugins.md").read_text()
    tree = ast.parse(Path(hookspecs.__file__).read_text())
    hooks = [node for node in tree.body if isinstance(node, ast.FunctionDef)]

    assert hooks
    for hook in hooks:
        assert f"### `{hook.name}({', '.join(a.arg for a in hook.args.args)})`" in page


def test_every_event_is_documented() -> None:
    """A sink's author sees what may come."""
    names = [name for name, value in vars(events).items() if hasattr(value, "__dataclass_fields__")]

    assert names
    for name in names:
        assert f"`{name}`" in (DOCS / "plugins.md").read_text()


@pytest.mark.parametrize("page", pages(), ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    """A reader who clicks arrives."""
    for target in re.findall(r"\]\(([^)#]+)\)", page.read_text()):
        if not target.startswith("http"):
            assert (page.parent / target).exists(), target


@pytest.mark.parametrize("page", pages(), ids=lambda page: str(page.relative_to(ROOT)))
async def test_modules_shown_can_be_used(page: Path) -> None:
    """Every Python block that is a whole module loads as a plugin; the others at least parse."""
    for number, block in enumerate(blocks(page, "python")):
        space: dict[str, object] = {"__name__": f"block_{number}"}
        code = compile(block, f"{page.name}:{number}", "exec")
        if "integrator_shout" not in block:
            exec(code, space)  # noqa: S102 - our own documentation
        if "register_agents" in space:
            plugin = type("Block", (), {"register_agents": staticmethod(space["register_agents"])})
            async with open_test_hub(plugin()) as hub:
                assert hub.modules.hosted


def test_commands_shown_exist() -> None:
    """Every make target that a page names is one, and every path of the promise table."""
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    for page in pages():
        assert set(re.findall(r"`?make ([a-z][a-z-]+)`?(?= |`|$|\))", page.read_text())) <= targets
    table = (ROOT / "README.md").read_text().partition("which test proves it")[2]
    for place in re.findall(r"`(tests/[\w/.]+)`", table):
        assert (ROOT / place).exists(), place


def test_decisions_are_numbered_without_a_gap() -> None:
    """Superseded, never removed."""
    numbers = sorted(int(path.name[:4]) for path in (DOCS / "adr").glob("*.md"))

    assert numbers == list(range(1, len(numbers) + 1))


def test_the_newest_change_is_the_packages_version() -> None:
    """A release that tells nobody what changed is none."""
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]

    assert re.findall(r"^## \[([\d.]+)\]", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)[0] == version


def test_no_download_address_is_kept() -> None:
    """Locked by hash, from whichever index the installer uses."""
    for path in (ROOT / "requirements").glob("*.txt"):
        assert "://" not in path.read_text()
        assert "--hash=sha256:" in path.read_text()
