"""Limits through HTTP: who is refused, what they are told, and who is not touched."""

from collections.abc import Iterator

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import JSONResponse

from core_integrator.api.edge import Edge
from core_integrator.contracts.errors import IntegratorError
from core_integrator.contracts.limits import Quota
from security.addresses import Proxies
from security.limits import InProcessLimits
from security.throttle import AddressThrottle, PrincipalThrottle
from tests.adapters.memory.conftest import FixedClock
from tests.security.served import answer, served


@pytest.fixture
def clock() -> FixedClock:
    """A clock of the test's own."""
    return FixedClock()


def hub(clock: FixedClock, *, per_address: int = 0, per_user: int = 0, proxies: tuple[str, ...] = ()):
    """Return an application behind both limits that believes whoever names himself."""
    store = InProcessLimits(clock)
    users = PrincipalThrottle(store, Quota("user", per_user) if per_user else None)

    async def app(scope, receive, send) -> None:
        request = Request(scope)
        try:
            cost = int(request.query_params.get("cost", "1"))
            await users.charge(request.headers.get("x-user", "ada"), cost=cost, state=scope["state"])
            reply = JSONResponse({"status": "success"})
        except IntegratorError as error:
            await answer(error, scope, receive, send)
            return
        await reply(scope, receive, send)

    quota = Quota("address", per_address) if per_address else None
    throttled = AddressThrottle(app, store, quota, proxies=Proxies(proxies), answer=answer)
    return Edge(throttled, track=lambda event: None)


@pytest.fixture
def sixty(clock: FixedClock) -> Iterator[httpx.Client]:
    """A client of a hub that grants each user 60 a minute."""
    with served(hub(clock, per_user=60)) as url, httpx.Client(base_url=url) as client:
        yield client


def statuses(client: httpx.Client, times: int, **headers: str) -> list[int]:
    """Ask so many times."""
    return [client.get("/core", headers=headers).status_code for _ in range(times)]


def test_the_sixty_first_request_of_a_minute_is_refused(sixty: httpx.Client, clock: FixedClock) -> None:
    """The published case: refused with the time to wait, others unaffected, served again after it."""
    assert statuses(sixty, 60) == [200] * 60

    refused = sixty.get("/core")

    assert refused.status_code == 429
    assert refused.json()["result"]["error"]["code"] == "rate_limited"
    assert refused.headers["Retry-After"] == "1"
    assert statuses(sixty, 1, **{"X-User": "bob"}) == [200]
    clock.advance(60)
    assert statuses(sixty, 61) == [200] * 60 + [429]


def test_a_refused_request_does_not_prolong_the_wait(sixty: httpx.Client, clock: FixedClock) -> None:
    """The published limiter counted refusals: whoever hammered never came in again."""
    statuses(sixty, 60)

    assert statuses(sixty, 20) == [429] * 20
    clock.advance(1)

    assert statuses(sixty, 2) == [200, 429]


def test_dear_requests_cost_more(sixty: httpx.Client, clock: FixedClock) -> None:
    """Three films are a minute's allowance; the wait told is the wait until this very request fits."""
    films = [sixty.get("/core", params={"cost": 20}) for _ in range(4)]

    assert [film.status_code for film in films] == [200, 200, 200, 429]
    assert films[-1].headers["Retry-After"] == "20"
    clock.advance(19.999)
    assert sixty.get("/core", params={"cost": 20}).status_code == 429
    clock.advance(0.001)
    assert sixty.get("/core", params={"cost": 20}).status_code == 200


def test_what_costs_more_than_everything_is_granted_when_everything_is_there(sixty: httpx.Client) -> None:
    """A limit below a film's cost must not forbid films."""
    assert sixty.get("/core", params={"cost": 1000}).status_code == 200
    assert sixty.get("/core").status_code == 429


@pytest.mark.parametrize("path", ["/system/live", "/system/ready", "/system/health", "/metrics"])
def test_what_machines_ask_is_exempt(clock: FixedClock, path: str) -> None:
    """A load balancer that is refused takes the hub for dead."""
    with served(hub(clock, per_address=1)) as url, httpx.Client(base_url=url) as client:
        assert statuses(client, 2) == [200, 429]

        answers = [client.get(path) for _ in range(5)]

        assert [found.status_code for found in answers] == [200] * 5
        assert "ratelimit" not in answers[0].headers


def test_callers_are_told_where_they_stand(clock: FixedClock) -> None:
    """Both allowances in the draft's syntax, the tightest in the older fields, on refusals too."""
    with served(hub(clock, per_address=5, per_user=2)) as url, httpx.Client(base_url=url) as client:
        first, _, refused = [client.get("/core") for _ in range(3)]

    assert first.headers["RateLimit-Policy"] == '"address";q=5;w=60, "user";q=2;w=60'
    assert first.headers["RateLimit"] == '"address";r=4;t=12, "user";r=1;t=30'
    assert first.headers["X-RateLimit-Limit"] == "2"
    assert first.headers["X-RateLimit-Remaining"] == "1"
    assert first.headers["X-RateLimit-Reset"] == "30"
    assert refused.status_code == 429
    assert refused.headers["RateLimit"] == '"address";r=2;t=36, "user";r=0;t=30'
    assert refused.headers["Retry-After"] == "30"
    assert refused.headers["X-Request-ID"]


def test_forwarded_for_is_read_from_known_proxies_only(clock: FixedClock) -> None:
    """Otherwise a header would make anybody somebody else."""
    with served(hub(clock, per_address=1)) as url, httpx.Client(base_url=url) as client:
        answers = [client.get("/", headers={"X-Forwarded-For": f"203.0.113.{n}"}) for n in range(2)]
    assert [found.status_code for found in answers] == [200, 429]

    behind = hub(clock, per_address=1, proxies=("127.0.0.1", "10.0.0.0/8"))
    with served(behind) as url, httpx.Client(base_url=url) as client:
        # What stands left of the first address that is no proxy of ours was made up by the caller.
        said = ["203.0.113.1", "203.0.113.2", "9.9.9.9, 203.0.113.1, 10.1.1.1", "8.8.8.8,203.0.113.2"]
        answers = [client.get("/", headers={"X-Forwarded-For": line}) for line in said]
    assert [found.status_code for found in answers] == [200, 200, 429, 429]


def test_an_ipv6_customer_is_one_caller(clock: FixedClock) -> None:
    """Every customer has 2^64 addresses; the network before them is what counts."""
    behind = hub(clock, per_address=1, proxies=("127.0.0.1",))
    with served(behind) as url, httpx.Client(base_url=url) as client:
        said = ["2001:db8:0:1::1", "2001:db8:0:1:ffff::2", "2001:db8:0:2::1", "::ffff:192.0.2.1", "192.0.2.1"]
        answers = [client.get("/", headers={"X-Forwarded-For": line}) for line in said]

    assert [found.status_code for found in answers] == [200, 429, 200, 200, 429]
