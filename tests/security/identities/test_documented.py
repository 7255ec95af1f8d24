"""The page on accounts is held to account."""

import re
from pathlib import Path

from core_integrator.api import auth
from security.identities.preferences import DEFAULTS

PAGE = (Path(__file__).parents[3] / "docs" / "accounts.md").read_text()


def test_every_route_is_documented() -> None:
    """And no other."""
    rows = set(re.findall(r"^\| `([A-Z]+) (/[^`]*)` \|", PAGE, re.MULTILINE))
    prefix = "/api/v1/auth"
    routes = [route for part in auth.PARTS for route in part.router.routes]

    assert rows == {(method, route.path.removeprefix(prefix)) for route in routes for method in route.methods}


def test_every_default_is_documented() -> None:
    """By name."""
    for setting in DEFAULTS:
        assert f"`{setting.key}`" in PAGE
