"""The running hub against its own OpenAPI document: whatever is sent, the answer is one that it documents."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from nacl.signing import SigningKey

from config import load_settings
from core_integrator.api.access import TABLE, AccessTable
from tests.fuzz.fuzzing import Fuzzing, Proofs
from tests.fuzz.known import HOST, KEY_ID, Knowledge
from tests.journeys.callers import admin_of, close_clients
from tests.servers import free_port, hub_in_thread

# Here no film is made, and no mail is read.
NEVER_SERVED = {
    "GET /videos/{generation_id}.{suffix}",
    "POST /api/v1/auth/reset-password",
    "POST /api/v1/auth/verify-email",
}
# Where somebody proves who they are by what is sent.
ENTRANCES = {"POST /api/v1/auth/login", "POST /api/v1/auth/refresh"}


@pytest.fixture(scope="module")
def fuzzing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fuzzing]:
    """A hub that wants signatures and tokens, without limits, and without generators."""
    settings = load_settings(
        data_dir=tmp_path_factory.mktemp("fuzz"),
        auth="required",
        sspl_enabled=True,
        sspl_authorities=frozenset({HOST}),
        rate_per_address=0,
        rate_per_user=0,
        log_level="WARNING",
        video_service_url=f"http://127.0.0.1:{free_port()}",
        creatorcore_base_url=f"http://127.0.0.1:{free_port()}",
    )
    with hub_in_thread(settings) as url, httpx.Client(base_url=url, timeout=60) as admin:
        admin.headers.update(admin_of(settings, url).headers)
        close_clients()
        pair = SigningKey.generate()
        knowledge = Knowledge(admin, pair)
        knowledge.register(pair, KEY_ID)
        token = admin.headers["Authorization"].removeprefix("Bearer ")

        def shown(path: str) -> str:
            # Whoever signs out does so from a session of their own.
            return knowledge.signed_in()["access_token"] if path.endswith("/logout") else token

        yield Fuzzing(url, Proofs(HOST, KEY_ID, pair, shown), knowledge.by_operation())


@pytest.mark.parametrize(
    ("number", "examples"),
    [(1, 6), *(pytest.param(number, 300, marks=pytest.mark.long) for number in (1, 2, 3))],
)
def test_every_answer_is_documented(
    fuzzing: Fuzzing, number: int, examples: int, subtests: pytest.Subtests
) -> None:
    """Its status, its type, its shape; and what does not fit the schema is refused."""
    fuzzing.answers.clear()
    for operation in fuzzing.operations():
        with subtests.test(operation.label):
            fuzzing.fuzz(operation, examples=examples, number=number)

    unproved = {name for name, answers in fuzzing.answers.items() if 401 in answers}
    assert unproved <= ENTRANCES, "the proofs must hold, or nothing behind the door was tested"
    served = {name for name, answers in fuzzing.answers.items() if any(status < 300 for status in answers)}
    # A few examples of so many intents may all meet a generator that is away here.
    spared = {"POST /core"} if examples < 100 else set()
    assert set(fuzzing.answers) - served - spared == NEVER_SERVED
    print(_report(fuzzing.answers))  # noqa: T201 - seen with -rP


def _report(answers: dict[str, Counter[int]]) -> str:
    lines = [f"{name:<50} {dict(sorted(counter.items()))}" for name, counter in answers.items()]
    total = sum(sum(counter.values()) for counter in answers.values())
    return "\n".join([*lines, f"{total} requests to {len(answers)} operations"])


def test_test_mode_is_documented_too(tmp_path: Path, subtests: pytest.Subtests) -> None:
    """Its paths exist only there, and a clock can be set to anything."""
    with hub_in_thread(load_settings(data_dir=tmp_path, test_mode=True, log_level="WARNING")) as url:
        fuzzing = Fuzzing(url)
        operations = fuzzing.operations("/test")
        assert len(operations) == 3
        for operation in operations:
            with subtests.test(operation.label):
                fuzzing.fuzz(operation, examples=25, number=1)


def test_every_operation_says_how_to_get_in_and_how_it_fails(fuzzing: Fuzzing) -> None:
    """Client generators read it; a path that the document forgets is a path nobody finds."""
    document = httpx.get(f"{fuzzing.url}/openapi.json").json()
    schemes = document["components"]["securitySchemes"]
    assert {name: scheme["type"] for name, scheme in schemes.items()} == {
        "token": "http",
        "api_key": "apiKey",
        "signature": "apiKey",
        "link": "apiKey",
    }
    table = AccessTable()
    seen = set()
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            access = table.find(method.upper(), path).access
            seen.add((method, path))
            assert {"401", "429", "500"} <= set(operation["responses"]), path
            assert ("403" in operation["responses"]) or access.permission is None, path
            ways = [set(way) for way in operation["security"]]
            if access.permission is None:
                assert ways == []
            elif access.signed:
                assert ways == [{"signature"}, {"signature", "token"}, {"signature", "api_key"}]
                assert "409" in operation["responses"]
            else:
                assert ways == [{"token"}, {"api_key"}, *([{"link"}] if access.link else [])]
    hidden = {path for _, path in TABLE if path.startswith(("/docs", "/openapi", "/test/"))}
    assert len(seen) == len([path for _, path in TABLE if path not in hidden])


def test_an_open_hub_says_that_nothing_has_to_be_shown(tmp_path: Path) -> None:
    """Except where the request is about whoever shows it."""
    with hub_in_thread(load_settings(data_dir=tmp_path, log_level="WARNING")) as url:
        paths = httpx.get(f"{url}/openapi.json").json()["paths"]

    assert {} in paths["/core"]["post"]["security"]
    assert {} not in paths["/api/v1/auth/profile"]["get"]["security"]
