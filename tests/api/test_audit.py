"""``GET /api/v1/audit``: administrators read who did what, and nobody else does."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from types import SimpleNamespace

import httpx
import pytest
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError

from core_integrator.api.audit import router
from core_integrator.api.edge import Edge
from core_integrator.api.errors import on_integrator_error, on_invalid_query
from core_integrator.auditing import open_audit
from core_integrator.contracts.audit import AuditEntry
from core_integrator.contracts.errors import IntegratorError
from core_integrator.contracts.principals import Principal
from tests.adapters.memory.conftest import FixedClock
from tests.security.served import served

PERMISSIONS = {"admin": {"audit:read", "users:manage"}, "user": {"core:write"}}


def application(folder: Path):
    """Return an application with five entries that takes the caller's word for a role."""
    clock = FixedClock()

    @asynccontextmanager
    async def live(app: FastAPI) -> AsyncIterator[None]:
        async with open_audit(folder, key_file=None, clock=clock) as log:
            for number in range(5):
                actor = "ada" if number % 2 else "bob"
                await log.append(
                    AuditEntry(actor, "auth.login", actor, "success", kind="user", address="192.0.2.1")
                )
                clock.advance(60)
            app.state.hub = SimpleNamespace(audit=log)
            yield

    app = FastAPI(lifespan=live)
    app.include_router(router)
    app.add_exception_handler(IntegratorError, on_integrator_error)
    app.add_exception_handler(RequestValidationError, on_invalid_query)

    async def recognise(scope, receive, send) -> None:
        role = dict(scope.get("headers", ())).get(b"x-role", b"").decode()
        if role:
            scope["state"]["principal"] = Principal(
                role, "user", "token", frozenset(PERMISSIONS[role]), frozenset({role})
            )
        await app(scope, receive, send)

    return Edge(recognise, track=lambda event: None)


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """An administrator's client."""
    with served(application(tmp_path_factory.mktemp("audit"))) as url:
        with httpx.Client(base_url=url, headers={"X-Role": "admin"}) as opened:
            yield opened


def test_an_administrator_reads_who_did_what_when(client: httpx.Client) -> None:
    """Newest first, with every fact and no address."""
    entries = client.get("/api/v1/audit").json()

    assert [entry["seq"] for entry in entries] == [5, 4, 3, 2, 1]
    newest = entries[0]
    assert (newest["actor"], newest["kind"], newest["action"]) == ("bob", "user", "auth.login")
    assert (newest["object"], newest["result"]) == ("bob", "success")
    assert newest["timestamp"].endswith("Z")
    assert newest["ip_hash"] not in ("", "192.0.2.1")


def test_filters_narrow_and_pages_lead_on(client: httpx.Client) -> None:
    """The Link header leads through all of what was asked for, and no further."""
    seen, url = [], "/api/v1/audit?actor=bob&limit=2"
    while url:
        page = client.get(url)
        seen.append([entry["seq"] for entry in page.json()])
        url = page.links.get("next", {}).get("url")
    assert seen in ([[5, 3], [1]], [[5, 3], [1], []])

    third = client.get("/api/v1/audit").json()[2]["timestamp"]
    assert [entry["seq"] for entry in client.get("/api/v1/audit", params={"since": third}).json()] == [
        5,
        4,
        3,
    ]


@pytest.mark.parametrize(
    ("role", "status", "code"), [("", 401, "unauthenticated"), ("user", 403, "forbidden")]
)
def test_nobody_else_reads_it(client: httpx.Client, role: str, status: int, code: str) -> None:
    """A user sees neither entries nor how many there are."""
    refused = client.get("/api/v1/audit", headers={"X-Role": role})

    assert (refused.status_code, refused.json()["result"]["error"]["code"]) == (status, code)


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_nobody_changes_it(client: httpx.Client, method: str) -> None:
    """Not even an administrator."""
    assert client.request(method, "/api/v1/audit").status_code == 405


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=201", "before=x", "since=yesterday", "since=2026-01-01", "who=ada"]
)
def test_what_cannot_be_asked_is_refused(client: httpx.Client, query: str) -> None:
    """A misspelt filter must not look like an answer to it."""
    assert client.get(f"/api/v1/audit?{query}").status_code == 422
