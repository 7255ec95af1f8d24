"""Rows of the tables as values, and back."""

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from core_integrator.contracts.accounts import ApiKey, User
from core_integrator.contracts.clock import microseconds, moment

USER_COLUMNS = "id, email, username, full_name, roles, created_us, active, verified"
KEY_COLUMNS = (
    "id, user_id, service_name, key_name, scopes, created_us, expires_us, active, last_used_us, usage_count"
)
USER_WIDTH = USER_COLUMNS.count(",") + 1
KEY_WIDTH = KEY_COLUMNS.count(",") + 1

Row = tuple[Any, ...]


def of_table(table: str, columns: str) -> str:
    """Return the columns with their table's name before them, for joins."""
    return ", ".join(f"{table}.{column}" for column in columns.split(", "))


def user_of(row: Row) -> User:
    """Read the columns of a user."""
    user_id, email, username, full_name, roles, created_us, active, verified = row
    return User(
        id=user_id,
        email=email,
        username=username,
        full_name=full_name,
        roles=frozenset(json.loads(roles)),
        created_at=moment(created_us),
        active=bool(active),
        verified=bool(verified),
    )


def key_of(row: Row) -> ApiKey:
    """Read the columns of an API key."""
    key_id, user_id, service_name, key_name, scopes, created, expires, active, last_used, usage_count = row
    return ApiKey(
        id=key_id,
        user_id=user_id,
        service_name=service_name,
        key_name=key_name,
        scopes=frozenset(json.loads(scopes)),
        created_at=moment(created),
        expires_at=_moment(expires),
        active=bool(active),
        last_used=_moment(last_used),
        usage_count=usage_count,
    )


def names_json(names: Iterable[str]) -> str:
    """Write a set of names as JSON that is always the same."""
    return json.dumps(sorted(names))


def email_key(email: str) -> str:
    """Return what two addresses share that differ in letter case only."""
    return email.casefold()


def microseconds_or_none(at: datetime | None) -> int | None:
    """Return the microseconds from the epoch; none for never."""
    return None if at is None else microseconds(at)


def _moment(us: int | None) -> datetime | None:
    return None if us is None else moment(us)
