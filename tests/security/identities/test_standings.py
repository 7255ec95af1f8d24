"""How soon a process hears of what another did: by a clock that the test moves."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from adapters.accounts import open_accounts
from core_integrator.contracts.accounts import Accounts, ApiKey, Changes, KnownKey, Session, User
from core_integrator.contracts.clock import SystemClock
from security.standings import Standings

NOW = datetime(2026, 11, 25, tzinfo=UTC)
ADA = User("usr_ada", "ada@example.com", "ada", "Ada", frozenset({"user"}), NOW)
KEY = ApiKey("key_1", "usr_ada", "s", "k", frozenset(), NOW)


class Seconds:
    """Seconds that pass when a test says so."""

    now = 100.0

    def __call__(self) -> float:
        """Return how many have passed."""
        return self.now


@pytest.fixture
async def accounts(tmp_path: Path) -> AsyncIterator[Accounts]:
    """Accounts with one user, as another process has them open."""
    async with open_accounts(tmp_path, SystemClock()) as opened:
        await opened.users.add(ADA, "hash")
        yield opened


@pytest.fixture
def seconds() -> Seconds:
    """The clock of the process that holds tokens to be good."""
    return Seconds()


@pytest.fixture
async def standings(accounts: Accounts, seconds: Seconds) -> Standings:
    """Standings that have just heard the news."""
    standings = Standings(accounts.changes, accounts.keys, monotonic=seconds)
    await standings.hear()
    return standings


async def test_news_are_heard_after_a_second(
    accounts: Accounts, standings: Standings, seconds: Seconds
) -> None:
    """Twice as soon as promised."""
    session = Session("ses_1", ADA.id, datetime.now(UTC) + timedelta(days=30))
    assert await accounts.sessions.open(session, b"hash", version=1)
    await accounts.sessions.end("ses_1")
    await accounts.users.set_roles(ADA.id, frozenset({"viewer"}))

    seconds.now += 0.9
    await standings.hear()
    before = (standings.has_ended("ses_1"), standings.roles_now(ADA.id, ADA.roles))
    seconds.now += 0.1
    await standings.hear()
    after = (standings.has_ended("ses_1"), standings.roles_now(ADA.id, ADA.roles))

    assert before == (False, {"user"})
    assert after == (True, {"viewer"})


async def test_own_news_are_heard_at_once(accounts: Accounts, standings: Standings) -> None:
    """A process need not wait for what it did itself."""
    await accounts.users.delete(ADA.id)
    standings.expect_news()

    await standings.hear()

    assert standings.roles_now(ADA.id, ADA.roles) is None


async def test_a_held_key_is_let_go_of_when_it_or_its_owner_changes(
    accounts: Accounts, standings: Standings, seconds: Seconds
) -> None:
    """Neither a switched-off key nor a shut account goes on for long."""
    await accounts.keys.add(KEY, b"digest")
    assert (await standings.key("key_1")).key.active

    await accounts.keys.set_active(ADA.id, "key_1", active=False)
    assert (await standings.key("key_1")).key.active, "it is held"
    seconds.now += 1
    await standings.hear()
    assert not (await standings.key("key_1")).key.active

    await accounts.users.set_active(ADA.id, active=False)
    seconds.now += 1
    await standings.hear()
    assert not (await standings.key("key_1")).owner.active


async def test_what_ended_stays_ended_when_all_is_heard_anew(
    accounts: Accounts, standings: Standings, seconds: Seconds
) -> None:
    """News are kept for longer than any token."""
    await accounts.sessions.end("ses_1")
    seconds.now += 1
    await standings.hear()
    seconds.now += 10_000
    await accounts.changes.purge(datetime.now(UTC) + timedelta(hours=1))

    await standings.hear()

    assert standings.has_ended("ses_1")


async def test_what_expired_is_purged(accounts: Accounts, standings: Standings, seconds: Seconds) -> None:
    """The news, and sessions and tickets, do not pile up; what comes later is heard all the same."""
    now = datetime.now(UTC)
    await accounts.sessions.open(Session("ses_1", ADA.id, now), b"hash", version=1)
    await accounts.sessions.end("ses_2")
    await accounts.tickets.issue("reset", ADA.id, b"ticket", now=now, expires_at=now + timedelta(hours=2))

    await accounts.changes.purge(now + timedelta(hours=3))
    await accounts.sessions.end("ses_3")
    fresh = Standings(accounts.changes, accounts.keys, monotonic=seconds)
    await fresh.hear()

    assert (fresh.has_ended("ses_2"), fresh.has_ended("ses_3")) == (False, True)
    assert await accounts.sessions.rotate(b"hash", b"next", now=now - timedelta(days=1)) is None
    assert await accounts.tickets.holder("reset", b"ticket", now=now) is None


class Slow:
    """A store whose answer is on its way while something happens."""

    def __init__(self, accounts: Accounts) -> None:
        self._accounts = accounts
        self.meanwhile: Callable[[], Awaitable[None]] | None = None

    async def since(self, number: int) -> Changes:
        """Return the news as they were before the something."""
        return await self._late(self._accounts.changes.since(number))

    async def find(self, key_id: str) -> KnownKey | None:
        """Return the key as it was before the something."""
        return await self._late(self._accounts.keys.find(key_id))

    async def _late(self, answer):
        found = await answer
        meanwhile, self.meanwhile = self.meanwhile, None
        if meanwhile is not None:
            await meanwhile()
        return found


async def test_news_made_while_others_are_on_their_way_are_heard_too(
    accounts: Accounts, seconds: Seconds
) -> None:
    """A sign-out that meets another request's look at the news still counts at once."""
    slow = Slow(accounts)
    standings = Standings(slow, slow, monotonic=seconds)

    async def sign_out() -> None:
        await accounts.sessions.end("ses_1")
        standings.expect_news()

    slow.meanwhile = sign_out
    await standings.hear()
    await standings.hear()

    assert standings.has_ended("ses_1")


async def test_a_key_that_changed_on_its_way_is_not_held(accounts: Accounts, seconds: Seconds) -> None:
    """Or the old state would never be let go of: its news have been heard already."""
    await accounts.keys.add(KEY, b"digest")
    slow = Slow(accounts)
    standings = Standings(slow, slow, monotonic=seconds)
    await standings.hear()

    async def switch_off() -> None:
        await accounts.keys.set_active(ADA.id, "key_1", active=False)
        standings.expect_news()
        await standings.hear()

    slow.meanwhile = switch_off
    await standings.key("key_1")

    assert not (await standings.key("key_1")).key.active
