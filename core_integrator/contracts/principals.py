"""Who asks, how that was proved, and what it allows."""

from dataclasses import dataclass
from typing import Literal

Role = Literal["viewer", "user", "editor", "operator", "admin", "service"]
Proof = Literal["none", "token", "api_key", "signature"]

ANYBODY = "*"


@dataclass(frozen=True, slots=True)
class Principal:
    """The one who asks.

    Attributes:
        id: The user's id, or the owner of a signing key.
        kind: A person, a program that speaks for others, or nobody in particular (open mode).
        proof: How the hub knows.
        permissions: What it may do, ``resource:action``; ``resource:*`` and ``*`` hold for all below.
        subjects: The user ids it may speak for; ``*`` for any.
        credential: Id of the token or key that proved it, for the audit log; never a secret.
    """

    id: str
    kind: Literal["anonymous", "user", "service"]
    proof: Proof
    permissions: frozenset[str]
    subjects: frozenset[str]
    roles: frozenset[Role] = frozenset()
    credential: str = ""

    def may(self, permission: str) -> bool:
        """Tell whether a permission (``resource:action``, or ``resource:action:part``) is held."""
        if "*" in self.permissions or permission in self.permissions:
            return True
        resource, _, rest = permission.partition(":")
        action = rest.partition(":")[0]
        return f"{resource}:*" in self.permissions or f"{resource}:{action}" in self.permissions

    def may_speak_for(self, user_id: str) -> bool:
        """Tell whether requests about this user are its to make."""
        return user_id in self.subjects or ANYBODY in self.subjects


# Nobody in particular, where everybody on this machine may do everything.
OPEN = Principal(
    id="anonymous",
    kind="anonymous",
    proof="none",
    permissions=frozenset({"*"}),
    subjects=frozenset({ANYBODY}),
)
