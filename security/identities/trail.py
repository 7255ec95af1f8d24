"""What the audit log hears of accounts: who did what to whom, from where."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from pydantic import JsonValue

from core_integrator.contracts.audit import AuditEntry, AuditLog
from core_integrator.contracts.principals import Principal

Kind = Literal["anonymous", "user", "service", "system"]


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a request came from; a command line's has no address."""

    address: str = ""
    request_id: str = ""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does something, as far as is known."""

    id: str
    kind: Kind


NOBODY = Actor("anonymous", "anonymous")


def actor_of(principal: Principal) -> Actor:
    """Return the actor that a principal is."""
    return Actor(principal.id, principal.kind)


def user_actor(user_id: str) -> Actor:
    """Return the actor that a user is."""
    return Actor(user_id, "user")


def pseudonym(login: str) -> str:
    """Return a stand-in for an e-mail address or name that is nobody's here; the same for the same one."""
    return f"login:{hashlib.sha256(login.casefold().encode()).hexdigest()[:16]}"


class Trail:
    """Writes entries to the audit log."""

    def __init__(self, audit: AuditLog) -> None:
        self._audit = audit

    async def record(
        self,
        action: str,
        actor: Actor,
        target: str,
        origin: Origin,
        detail: Mapping[str, JsonValue] | None = None,
    ) -> None:
        """Write a success down durably, before it happens: what cannot be recorded is not done.

        Raises:
            StorageUnavailable: It is not written.
        """
        await self._audit.append(_entry(action, actor, target, origin, "success", detail))

    def note(
        self,
        action: str,
        actor: Actor,
        target: str,
        origin: Origin,
        result: str,
        detail: Mapping[str, JsonValue] | None = None,
    ) -> None:
        """Write down soon how something ended."""
        self._audit.note(_entry(action, actor, target, origin, result, detail))


def _entry(
    action: str,
    actor: Actor,
    target: str,
    origin: Origin,
    result: str,
    detail: Mapping[str, JsonValue] | None,
) -> AuditEntry:
    return AuditEntry(
        actor=actor.id,
        action=action,
        object=target,
        result=result,
        kind=actor.kind,
        request_id=origin.request_id,
        address=origin.address,
        detail=detail or {},
    )


class NoAudit:
    """An audit log that keeps nothing."""

    async def append(self, entry: AuditEntry) -> None:
        """Do nothing."""

    def note(self, entry: AuditEntry) -> None:
        """Do nothing."""
