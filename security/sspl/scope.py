"""Whether a genuine key reaches this route, and this user."""

from typing import Any
from urllib.parse import parse_qsl

import pydantic_core

from core_integrator.contracts.errors import MalformedRequest, OutOfScope
from core_integrator.contracts.principals import ANYBODY, Principal
from core_integrator.contracts.signing import SigningKey
from security.sspl.attempt import Attempt
from security.sspl.routes import Reached


def principal_of(key: SigningKey) -> Principal:
    """Return the one who asks: the key's owner, a program with the key's scopes and subjects."""
    return Principal(
        id=key.owner,
        kind="service",
        proof="signature",
        permissions=key.scopes,
        subjects=key.subjects,
        credential=key.key_id,
    )


async def check_scope(principal: Principal, reached: Reached, attempt: Attempt) -> None:
    """Let a request pass that the key's scopes and subjects reach.

    Raises:
        OutOfScope: They do not.
        MalformedRequest: The answer stands in the body, and that is no JSON.
    """
    route = reached.route
    if not any(principal.may(permission) for permission in route.permissions):
        part = await _member(attempt, route.part) if route.part else None
        narrowed = [f"{permission}:{part}" for permission in route.permissions if isinstance(part, str)]
        if not any(principal.may(permission) for permission in narrowed):
            raise OutOfScope("the key's scopes do not reach this route")
    if route.user_id is None or ANYBODY in principal.subjects:
        return
    users = await _users(reached, attempt)
    if not users or not all(isinstance(user, str) and principal.may_speak_for(user) for user in users):
        raise OutOfScope("the key does not speak for this user")


async def _users(reached: Reached, attempt: Attempt) -> list[Any]:
    if reached.route.user_id == "path":
        return [reached.places.get("user_id")]
    if reached.route.user_id == "query":
        # All of them: whichever the application takes, it is one that was checked.
        pairs = parse_qsl(attempt.request.query, keep_blank_values=True)
        return [value for name, value in pairs if name == "user_id"]
    return [await _member(attempt, "user_id")]


async def _member(attempt: Attempt, name: str) -> Any:
    """Return a member of the body, read as the hub reads it: where a key occurs twice, the last wins."""
    try:
        document = pydantic_core.from_json(await attempt.body.content(), allow_inf_nan=False)
    except ValueError:
        raise MalformedRequest("the body is not valid JSON in UTF-8") from None
    return document.get(name) if isinstance(document, dict) else None
