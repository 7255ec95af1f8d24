"""What browsers are told: by every answer, and to pages of other origins."""

from collections.abc import Iterator

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse

from core_integrator.api.cors import with_cors
from security.headers import API_POLICY, SecurityHeaders
from tests.security.served import served

PAGE = "https://app.example"


async def app(scope, receive, send) -> None:
    """Answer; the film brings its own headers."""
    own = {"Cache-Control": "private, max-age=60", "Content-Security-Policy": "sandbox"}
    headers = own if Request(scope).url.path == "/film" else {}
    await PlainTextResponse("hello", headers=headers)(scope, receive, send)


@pytest.fixture(scope="module")
def client() -> Iterator[httpx.Client]:
    """A client of an application that stands behind TLS, has one page and knows one other origin."""
    outer = SecurityHeaders(with_cors(app, {PAGE}), policies={"/docs": "default-src 'self'"}, behind_tls=True)
    with served(outer) as url, httpx.Client(base_url=url) as opened:
        yield opened


def test_every_answer_forbids_what_an_api_never_needs(client: httpx.Client) -> None:
    """Preflights too."""
    preflight = {"Origin": PAGE, "Access-Control-Request-Method": "POST"}
    for answer in (client.get("/"), client.options("/core", headers=preflight)):
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["Content-Security-Policy"] == API_POLICY.decode()
        assert answer.headers["Strict-Transport-Security"].startswith("max-age=")


def test_hsts_is_for_hubs_behind_tls_only() -> None:
    """A hub on plain HTTP would lock its own page out."""
    with served(SecurityHeaders(app)) as url:
        assert "Strict-Transport-Security" not in httpx.get(url).headers


def test_what_an_answer_says_itself_stays(client: httpx.Client) -> None:
    """A film has its own policy and may be kept; a page has the one of its path."""
    film = client.get("/film", headers={"Authorization": "Bearer x"})

    assert film.headers.get_list("Content-Security-Policy") == ["sandbox"]
    assert film.headers.get_list("Cache-Control") == ["private, max-age=60"]
    assert client.get("/docs").headers["Content-Security-Policy"] == "default-src 'self'"


@pytest.mark.parametrize("name", ["Authorization", "X-API-Key", "Signature", "X-SSPL-Signature"])
def test_what_is_somebodys_is_not_kept_by_caches(client: httpx.Client, name: str) -> None:
    """Whatever proved who asks."""
    assert client.get("/", headers={name: "x"}).headers["Cache-Control"] == "no-store"
    assert "Cache-Control" not in client.get("/").headers


def test_named_origins_may_call_and_read(client: httpx.Client) -> None:
    """A signed, idempotent call from a page, and the headers it needs to see."""
    asked = [
        "Content-Digest",
        "Signature",
        "Signature-Input",
        "Idempotency-Key",
        "X-SSPL-Nonce",
        "X-SSPL-Key-Id",
    ]
    preflight = client.options(
        "/core",
        headers={
            "Origin": PAGE,
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": ",".join(asked),
        },
    )
    answer = client.get("/", headers={"Origin": PAGE})

    assert preflight.status_code == 200
    assert answer.headers["Access-Control-Allow-Origin"] == PAGE
    assert "Access-Control-Allow-Credentials" not in answer.headers
    shown = answer.headers["Access-Control-Expose-Headers"].split(", ")
    assert {"Date", "RateLimit", "RateLimit-Policy", "X-Request-ID", "Link", "Idempotency-Replayed"} <= set(
        shown
    )


def test_other_origins_may_not(client: httpx.Client) -> None:
    """Not even a name that begins the same."""
    for origin in ("https://evil.example", PAGE + ".evil.example", "null"):
        preflight = client.options(
            "/core", headers={"Origin": origin, "Access-Control-Request-Method": "POST"}
        )
        assert preflight.status_code == 400
        assert "Access-Control-Allow-Origin" not in client.get("/", headers={"Origin": origin}).headers
