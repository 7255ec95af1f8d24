"""Which requests have to be signed, and what the signing key must be allowed for them."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

# What only a key that may do anything holds.
EVERYTHING = "*"

UserIdIn = Literal["body", "query", "path"]


@dataclass(frozen=True, slots=True)
class SignedRoute:
    """One kind of request.

    Attributes:
        path: ``/users/{user_id}/memory``: each ``{…}`` stands for one segment.
        methods: What it is asked with; GET means HEAD too.
        permissions: One of them is enough.
        body_limit_bytes: The longest body taken.
        user_id: Where the user stands whom the request is about; none where it is about nobody.
        part: A member of the body that narrows the permission: with ``module``, a key for
            ``core:write:video`` reaches that module alone.
    """

    path: str
    methods: frozenset[str]
    permissions: tuple[str, ...]
    body_limit_bytes: int = 0
    user_id: UserIdIn | None = None
    part: str = ""


@dataclass(frozen=True, slots=True)
class Reached:
    """The route a request reaches, and what stands in its path's places."""

    route: SignedRoute
    places: Mapping[str, str]


class SignedRoutes:
    """The table: what is listed as signed, then what is open; all else takes a key that may do anything.

    ``open_paths`` are written as routes' paths, or end in ``/*`` for whatever follows.
    """

    def __init__(
        self, signed: Iterable[SignedRoute], *, open_paths: Iterable[str], body_limit_bytes: int
    ) -> None:
        self._signed = [(_pattern(route.path), _methods(route), route) for route in signed]
        # Most requests reach the same few routes, and these have no places.
        self._exact = {
            (method, route.path): Reached(route, {})
            for _, methods, route in reversed(self._signed)
            for method in methods
            if "{" not in route.path and "*" not in route.path
        }
        self._open = [_pattern(path) for path in open_paths]
        self._unlisted = SignedRoute("", frozenset(), (EVERYTHING,), body_limit_bytes)

    def reached(self, method: str, path: str) -> Reached | None:
        """Return the route of a request; none if it goes without a signature."""
        exact = self._exact.get((method, path))
        if exact is not None:
            return exact
        for pattern, methods, route in self._signed:
            match = pattern.fullmatch(path)
            if match and method in methods:
                return Reached(route, match.groupdict())
        if any(pattern.fullmatch(path) for pattern in self._open):
            return None
        return Reached(self._unlisted, {})


def _methods(route: SignedRoute) -> frozenset[str]:
    return route.methods | {"HEAD"} if "GET" in route.methods else route.methods


def _pattern(path: str) -> re.Pattern[str]:
    if path.endswith("/*"):
        return re.compile(re.escape(path[:-1]) + ".*", re.DOTALL)
    parts = re.split(r"\{(\w+)\}", path)
    written = [f"(?P<{part}>[^/]+)" if odd % 2 else re.escape(part) for odd, part in enumerate(parts)]
    return re.compile("".join(written))
