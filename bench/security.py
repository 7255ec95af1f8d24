"""What it costs to know who asks: signatures, tokens, and bodies of those who prove nothing."""

import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx
from nacl.signing import SigningKey as PrivateKey

from bench.corridor import BODY, CONNECTIONS, bare, hub
from bench.figure import Figure
from bench.flood import flood
from bench.load import Load, Running, distinct_load, post_load
from bench.signed import register, signed_requests

ROUNDS, SECONDS = 5, 3.0
# Of one connection; shorter rounds, because they are compared one by one.
LONE_ROUNDS, LONE_SECONDS = 7, 1.0
# More a second than any hub here answers, so that none is sent twice.
SIGNED_PER_S = 9000
FLOOD_MB = 200

SIGNED = {"SSPL_ENABLED": "1"}
REQUIRED = {
    "INTEGRATOR_AUTH": "required",
    "INTEGRATOR_RATE_PER_ADDRESS": "0",
    "INTEGRATOR_RATE_PER_USER": "0",
}


def figures() -> list[Figure]:
    """Measure in rounds that alternate between those compared, and take the middle of each ratio."""
    return [*_signed(), *_token(), *_floods()]


def _signed() -> list[Figure]:
    key = PrivateKey.generate()
    with _folder() as folder, bare() as limit, hub(folder / "open") as unsigned, ExitStack() as stack:
        register(folder / "signed", key)
        signed = stack.enter_context(hub(folder / "signed", SIGNED))
        sender = _Sender(key, folder)
        rounds = [(sender.plain(limit), sender.signed(signed), sender.signed(limit)) for _ in range(ROUNDS)]
        lone = [(sender.lone_plain(unsigned), sender.lone_signed(signed)) for _ in range(LONE_ROUNDS)]
    rate = statistics.median(ours.requests_per_s / theirs.requests_per_s for theirs, ours, _ in rounds)
    ceiling = statistics.median(there.requests_per_s for _, _, there in rounds)
    added_ms = statistics.median(ours.p50_ms - theirs.p50_ms for theirs, ours in lone)
    failed = sum(load.failed for each in (*rounds, *lone) for load in each)
    seen = f"{_middle(rounds, 1):.0f} of {_middle(rounds, 0):.0f} requests/s"
    own = f"the same requests to bare FastAPI: {ceiling:.0f} requests/s"
    apart = f"{statistics.median(ours.p50_ms for _, ours in lone):.2f} ms"
    return [
        Figure(
            "signed `POST /core` against bare FastAPI", rate, "×", 0.35, at_least=True, note=f"{seen}; {own}"
        ),
        Figure("its p50 at one connection, above the unsigned one's", added_ms, "ms", 1, note=f"of {apart}"),
        Figure("failed requests, signed or not", failed, "", 0),
    ]


def _token() -> list[Figure]:
    with _folder() as folder, hub(folder / "open") as unasked, hub(folder / "required", REQUIRED) as asked:
        user_id, headers = _account(asked)
        body = BODY.replace('"ada"', f'"{user_id}"')

        def load(program: Running, shown: Mapping[str, str]) -> Load:
            return post_load(
                f"{program.url}/core", body, folder, connections=CONNECTIONS, seconds=SECONDS, headers=shown
            )

        rounds = [(load(unasked, {}), load(asked, headers)) for _ in range(ROUNDS)]
    rate = statistics.median(ours.requests_per_s / theirs.requests_per_s for theirs, ours in rounds)
    seen = f"{_middle(rounds, 1):.0f} of {_middle(rounds, 0):.0f} requests/s"
    failed = sum(load.failed for each in rounds for load in each)
    return [
        Figure("`POST /core` with a token, against the open hub", rate, "×", 0.8, at_least=True, note=seen),
        Figure("failed requests, with a token or without", failed, "", 0),
    ]


def _floods() -> list[Figure]:
    return [
        _flood("SSPL_ENABLED", SIGNED, chunked=False),
        _flood("SSPL_ENABLED, chunked", SIGNED, chunked=True),
        _flood("INTEGRATOR_AUTH=required", REQUIRED, chunked=False),
        _flood("INTEGRATOR_AUTH=required, chunked", REQUIRED, chunked=True),
    ]


def _flood(name: str, environment: Mapping[str, str], *, chunked: bool) -> Figure:
    with _folder() as folder, hub(folder, environment) as program:
        # What the first refusal alone needs belongs to no body.
        first = flood(program.url, megabytes=1, chunked=chunked)
        time.sleep(0.5)
        before_mb = program.resident_mb()
        program.forget_peak()
        status = flood(program.url, megabytes=FLOOD_MB, chunked=chunked)
        grown_mb = program.peak_mb() - before_mb
    return Figure(
        f"memory for a {FLOOD_MB} MB body of nobody, {name}",
        grown_mb,
        "MB",
        20,
        note=f"answered {status or first}",
    )


class _Sender:
    """Sends the same call, signed and not."""

    def __init__(self, key: PrivateKey, folder: Path) -> None:
        self._key = key
        self._folder = folder

    def plain(self, program: Running) -> Load:
        return self._plain(program, CONNECTIONS, SECONDS)

    def signed(self, program: Running) -> Load:
        return self._signed(program, CONNECTIONS, SECONDS)

    def lone_plain(self, program: Running) -> Load:
        return self._plain(program, 1, LONE_SECONDS)

    def lone_signed(self, program: Running) -> Load:
        return self._signed(program, 1, LONE_SECONDS)

    def _plain(self, program: Running, connections: int, seconds: float) -> Load:
        return post_load(f"{program.url}/core", BODY, self._folder, connections=connections, seconds=seconds)

    def _signed(self, program: Running, connections: int, seconds: float) -> Load:
        url = f"{program.url}/core"
        requests = signed_requests(url, BODY, self._key, count=int(SIGNED_PER_S * seconds))
        return distinct_load(url, requests, self._folder, connections=connections, seconds=seconds)


def _account(program: Running) -> tuple[str, Mapping[str, str]]:
    """Make an account; return its id, and the header that shows its token."""
    wish = {
        "email": "ada@example.org",
        "password": "Correct-Horse-7",
        "username": "ada",
        "full_name": "Ada",
    }
    answer = httpx.post(f"{program.url}/api/v1/auth/register", json=wish, timeout=30).raise_for_status()
    token = answer.json()
    return token["user_id"], {"authorization": f"Bearer {token['access_token']}"}


def _middle(rounds: list[tuple[Load, ...]], place: int) -> float:
    return statistics.median(each[place].requests_per_s for each in rounds)


@contextmanager
def _folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as name:
        yield Path(name)


if __name__ == "__main__":
    sys.stdout.write("\n".join(figure.row() for figure in figures()) + "\n")
