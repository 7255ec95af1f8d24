"""What each role may do.  Deny by default: what is not in the table is not allowed."""

from collections.abc import Iterable, Mapping

from core_integrator.contracts.principals import Role

_READING = frozenset({"core:read", "history:read", "artifact:read", "modules:read", "account:self"})
_USING = _READING | {"core:write", "feedback:write", "memory:erase"}

PERMISSIONS: Mapping[Role, frozenset[str]] = {
    "viewer": _READING,
    "user": _USING,
    # May release what modules make for others to see.
    "editor": _USING | {"content:publish"},
    "operator": frozenset({"modules:read", "account:self", "system:read"}),
    "admin": frozenset({"*"}),
    # A program that calls for its own users; whom it may speak for is said with its key.
    "service": _USING,
}


def permissions_of(roles: Iterable[Role]) -> frozenset[str]:
    """Return what somebody with these roles may do."""
    return frozenset().union(*(PERMISSIONS[role] for role in roles))
