"""What happens at the same moment: once, or in an order that harms nobody."""

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor

import httpx
from argon2 import PasswordHasher

from core_integrator.contracts.errors import Unavailable
from security.passwords import Passwords
from tests.security.identities.people import (
    PASSWORD,
    bearing,
    fault,
    knows,
    newest_ticket,
    person,
    registered,
)
from tests.security.identities.serving import QUICK, Stage

OTHER = "Another2horse"


def at_once(client: httpx.Client, path: str, bodies) -> list[httpx.Response]:
    """Post all bodies at the same moment."""
    ready = threading.Barrier(len(bodies))

    def post(body) -> httpx.Response:
        ready.wait()
        return client.post(path, json=body)

    with ThreadPoolExecutor(len(bodies)) as threads:
        return list(threads.map(post, bodies))


def test_of_two_registrations_with_one_address_one_wins(client: httpx.Client) -> None:
    """The other is told."""
    wishes = [person(f"name_{n}") | {"email": "same@example.com"} for n in range(8)]

    answers = at_once(client, "/register", wishes)

    assert sorted(answer.status_code for answer in answers) == [200] + [409] * 7
    winner = next(answer.json() for answer in answers if answer.status_code == 200)
    assert knows(client, winner) == 200


def test_a_ticket_used_twice_at_once_is_used_once(client: httpx.Client, stage: Stage) -> None:
    """And the password is the winner's."""
    registered(client)
    client.post("/lost-password", json={"email": "ada_l@example.com"})
    ticket = newest_ticket(stage.data_dir)
    passwords = [f"Another{n}horse" for n in range(6)]

    answers = at_once(
        client, "/reset-password", [{"token": ticket, "new_password": each} for each in passwords]
    )

    assert sorted(answer.status_code for answer in answers) == [200] + [400] * 5
    (won,) = (each for each, answer in zip(passwords, answers, strict=True) if answer.status_code == 200)
    for each in passwords:
        login = client.post("/login", json={"email": "ada_l", "password": each})
        assert login.status_code == (200 if each == won else 401)


def test_a_refresh_token_used_twice_at_once_ends_the_session(client: httpx.Client) -> None:
    """At most one gets through, and what it got is worth nothing."""
    tokens = registered(client)

    answers = at_once(client, "/refresh", [{"refresh_token": tokens["refresh_token"]}] * 4)

    assert sorted(answer.status_code for answer in answers) == [200, 401, 401, 401]
    winner = next(answer.json() for answer in answers if answer.status_code == 200)
    assert knows(client, winner) == 401


class Waiting(PasswordHasher):
    """Checks passwords like any other, but waits for a sign before it tells."""

    def __init__(self) -> None:
        super().__init__(time_cost=1, memory_cost=8, parallelism=1)
        self.checking, self.go_on = threading.Event(), threading.Event()
        self.hold = False

    def verify(self, *arguments, **names) -> bool:
        """Check, then wait if told to."""
        right = super().verify(*arguments, **names)
        if self.hold:
            self.hold = False
            self.checking.set()
            self.go_on.wait(30)
        return right


def test_a_sign_in_with_a_password_that_is_changed_meanwhile_fails(stage: Stage) -> None:
    """Whoever changes a password because it leaked shuts everybody out, those at the door too."""
    stage.hasher = hasher = Waiting()
    with stage.served() as url, httpx.Client(base_url=url, timeout=30) as client:
        tokens = registered(client)
        hasher.hold = True
        with ThreadPoolExecutor(1) as thread:
            login = thread.submit(client.post, "/login", json={"email": "ada_l", "password": PASSWORD})
            assert hasher.checking.wait(30)
            body = {"current_password": PASSWORD, "new_password": OTHER}
            changed = client.post("/change-password", json=body, headers=bearing(tokens))
            hasher.go_on.set()

            assert changed.status_code == 200
            assert fault(login.result()) == (401, "unauthenticated")


class Counting(PasswordHasher):
    """Counts what it checks."""

    def __init__(self) -> None:
        super().__init__(time_cost=1, memory_cost=8, parallelism=1)
        self.costs: list[str] = []

    def verify(self, kept: str, password: str) -> bool:
        """Check, and note with what parameters."""
        self.costs.append(kept.rsplit("$", 2)[0])
        return super().verify(kept, password)


def test_nobody_learns_by_the_time_which_accounts_there_are(stage: Stage) -> None:
    """An unknown address costs the same check as a known one."""
    stage.hasher = hasher = Counting()
    with stage.served() as url, httpx.Client(base_url=url, timeout=30) as client:
        registered(client)
        for email in ("ada_l@example.com", "nobody@example.com"):
            client.post("/login", json={"email": email, "password": "Wrong1horse"})

    assert len(hasher.costs) == 2
    assert hasher.costs[0] == hasher.costs[1]


class Crowded(PasswordHasher):
    """Counts how many it hashes at once."""

    def __init__(self) -> None:
        super().__init__(time_cost=1, memory_cost=8, parallelism=1)
        self._lock, self._now, self.most = threading.Lock(), 0, 0
        self._pair = threading.Barrier(2)

    def hash(self, password: str) -> str:
        """Hash, once a second one is at it too."""
        with self._lock:
            self._now += 1
            self.most = max(self.most, self._now)
        self._pair.wait(30)
        with self._lock:
            self._now -= 1
        return super().hash(password)


async def test_two_passwords_are_hashed_at_once_and_no_more() -> None:
    """Each takes 64 MiB; the others wait, and beyond a queue they are told to come back."""
    passwords = Passwords(hasher := Crowded())

    results = await asyncio.gather(*(passwords.hash(PASSWORD) for _ in range(70)), return_exceptions=True)

    assert hasher.most == 2
    assert [type(each) for each in results].count(Unavailable) == 6


def test_passwords_are_kept_by_the_default_profile() -> None:
    """RFC 9106: Argon2id, 64 MiB, three passes."""
    kept = asyncio.run(Passwords().hash(PASSWORD))

    assert kept.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert Passwords().is_outdated(QUICK.hash(PASSWORD))


def test_a_weaker_hash_becomes_a_better_one(stage: Stage) -> None:
    """At the next sign-in, unseen."""
    with stage.served() as url, httpx.Client(base_url=url, timeout=30) as client:
        registered(client)
    stage.hasher = PasswordHasher(time_cost=2, memory_cost=16, parallelism=1)

    with stage.served() as url, httpx.Client(base_url=url, timeout=30) as client:
        assert client.post("/login", json={"email": "ada_l", "password": PASSWORD}).status_code == 200
        found = stage.run(stage.identities.accounts.users.credentials("ada_l"))

    assert "m=16,t=2,p=1" in found.password_hash
