"""Nobody gets in where they do not belong: every path has a rule, and the rules hold over HTTP."""

from pathlib import Path

import pytest
from fastapi import FastAPI
from starlette.routing import Route

from config import Settings
from core_integrator.api.access import TABLE, AccessTable
from core_integrator.app import add_routes
from core_integrator.contracts.principals import OPEN, Principal
from core_integrator.hub import test_controls as controls_of
from security.roles import PERMISSIONS, permissions_of


def served(tmp_path: Path) -> set[tuple[str, str]]:
    """Return every method and path the hub serves, test mode included."""
    app = FastAPI(openapi_url="/openapi.json", docs_url=None, redoc_url=None)
    add_routes(app, controls_of(Settings(data_dir=tmp_path, test_mode=True)))
    # What was included keeps its routes behind a face of its own.
    routes = [
        inner
        for outer in app.routes
        for inner in (outer.effective_route_contexts() if not isinstance(outer, Route) else [outer])
    ]
    return {
        (method, route.path)
        for route in routes
        for method in route.methods or ()
        if method not in {"HEAD", "OPTIONS"}
    }


def test_every_path_that_is_served_has_a_rule_and_every_rule_a_path(tmp_path: Path) -> None:
    """A new route without a rule is served to nobody, and this test says so first."""
    table = AccessTable()

    def sample(path: str) -> str:
        return path.replace("{suffix}", "mp4").replace("{name}", "start.js").replace("{", "").replace("}", "")

    routes = served(tmp_path)
    assert len(routes) > 40
    assert [route for route in routes if table.find(route[0], sample(route[1])) is None] == []
    known = {(method, sample(path)) for method, path in routes}
    ruled = {(method, sample(path.replace("{account_id}", "{user_id}"))) for method, path in TABLE}
    assert ruled - known == {("GET", "/docs/start.js")} - known


def test_a_path_without_a_rule_is_nowhere() -> None:
    """Whatever the framework would do with it."""
    table = AccessTable()

    assert table.find("GET", "/private") is None
    assert not table.knows("/private")
    assert table.knows("/core")
    assert table.find("GET", "/core") is None
    assert table.find("HEAD", "/modules") is not None


@pytest.mark.parametrize(
    ("held", "asked", "granted"),
    [
        ({"core:write"}, "core:write:video", True),
        ({"core:write:video"}, "core:write:video", True),
        ({"core:write:video"}, "core:write:finance", False),
        ({"core:*"}, "core:write:video", True),
        ({"core:read"}, "core:write:video", False),
        ({"*"}, "keys:manage", True),
        (set(), "core:read:video", False),
        ({"core"}, "core:read:video", False),
    ],
)
def test_a_permission_covers_what_lies_below_it(held: set[str], asked: str, granted: bool) -> None:
    """And never what lies beside."""
    principal = Principal("p", "user", "token", frozenset(held), frozenset({"p"}))

    assert principal.may(asked) is granted


def test_roles_grow_and_none_but_admin_may_everything() -> None:
    """A viewer reads, a user calls, an operator looks, an admin manages."""
    assert permissions_of(["viewer"]) < permissions_of(["user"]) < permissions_of(["editor"])
    assert "core:write" not in PERMISSIONS["operator"]
    assert [role for role, held in PERMISSIONS.items() if "*" in held] == ["admin"]
    assert permissions_of([]) == frozenset()
    assert OPEN.may("anything:at-all")
