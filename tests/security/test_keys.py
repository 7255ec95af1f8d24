"""The life of a signing key, and who may begin it."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from nacl.signing import SigningKey as PrivateKey

from adapters.keys import InProcessKeys
from core_integrator.contracts.errors import InvalidArgument, NotFound, WrongState
from security import keyfiles
from security.identities.trail import Actor, NoAudit, Trail
from security.key_orders import KeyOrder, default_key_id, thumbprint
from security.keyfiles import KeyFileProblem
from security.keys import KeyDesk
from security.possession import Challenges, prove
from tests.adapters.memory.conftest import FixedClock

ADMIN = Actor("admin", "user")
VECTORS = json.loads((Path(__file__).parent / "sspl_vectors.json").read_text())


def public(seed: int) -> bytes:
    """Return the public key of a pair made from one byte."""
    return keyfiles.public_bytes(PrivateKey(bytes([seed]) * 32))


def order(seed: int = 1, **changes: object) -> KeyOrder:
    """Return an order that is fine."""
    fine = KeyOrder(public(seed), "app", frozenset({"core:write:video"}), frozenset({"ada", "*"}))
    return replace(fine, **changes)


@pytest.fixture
def clock() -> FixedClock:
    """A clock of the test's own."""
    return FixedClock()


@pytest.fixture
def registry() -> InProcessKeys:
    """An empty registry."""
    return InProcessKeys()


@pytest.fixture
def desk(registry: InProcessKeys, clock: FixedClock) -> KeyDesk:
    """A desk that serves it."""
    return KeyDesk(registry, clock, Trail(NoAudit()))


def test_the_default_id_is_the_thumbprint_of_rfc_7638() -> None:
    """The example of RFC 8037, appendix A.3."""
    example = keyfiles.read_public_key("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo")

    assert thumbprint(example) == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"
    assert default_key_id(example) == thumbprint(example)


def test_every_default_id_may_be_a_key_id() -> None:
    """A thumbprint may begin with what an id may not."""
    ids = [default_key_id(public(seed)) for seed in range(200)]

    assert any(name.startswith("jkt:") for name in ids)
    assert all(name[0].isalnum() and len(name) <= 64 for name in ids)


async def test_a_registered_key_is_found(desk: KeyDesk, registry: InProcessKeys) -> None:
    """What was ordered is what is kept."""
    key = await desk.register(order(), ADMIN)

    assert await registry.find(default_key_id(public(1))) == key
    assert (key.status, key.owner, key.created_by) == ("active", "app", "admin")


@pytest.mark.parametrize("number", range(len(VECTORS["reject_public_keys_hex"])))
async def test_keys_that_anybody_can_sign_for_are_refused(desk: KeyDesk, number: int) -> None:
    """Small order and odd encodings."""
    with pytest.raises(InvalidArgument):
        await desk.register(order(public_key=bytes.fromhex(VECTORS["reject_public_keys_hex"][number])), ADMIN)


@pytest.mark.parametrize(
    "changes",
    [
        {"public_key": b"short"},
        {"owner": ""},
        {"owner": "a b"},
        {"key_id": "-x"},
        {"key_id": "x" * 65},
        {"scopes": frozenset()},
        {"scopes": frozenset({"core"})},
        {"scopes": frozenset({"core:write:Video"})},
        {"subjects": frozenset()},
        {"subjects": frozenset({"a b"})},
        {"legacy": frozenset({"L1"})},
        {"legacy_until": datetime(2030, 1, 1, tzinfo=UTC)},
        {"not_after": datetime(2020, 1, 1, tzinfo=UTC)},
        {"not_after": datetime(9999, 12, 31, 23, 59, tzinfo=timezone(timedelta(hours=-23)))},
        {"not_before": datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=23)))},
    ],
)
async def test_an_impossible_order_is_refused(desk: KeyDesk, changes: dict[str, object]) -> None:
    """Before anything is kept."""
    with pytest.raises(InvalidArgument):
        await desk.register(order(**changes), ADMIN)


async def test_nobody_registers_anothers_key_again(desk: KeyDesk) -> None:
    """Not under another name either."""
    await desk.register(order(), ADMIN)

    with pytest.raises(WrongState):
        await desk.register(order(key_id="mine", owner="thief"), ADMIN)


async def test_a_pending_key_is_activated_once(desk: KeyDesk) -> None:
    """Proof comes between the two."""
    key = await desk.register(order(), ADMIN, status="pending")

    assert (await desk.activate(key.key_id, ADMIN)).status == "active"
    with pytest.raises(WrongState):
        await desk.activate(key.key_id, ADMIN)


async def test_a_rotated_key_ends_after_a_week(
    desk: KeyDesk, registry: InProcessKeys, clock: FixedClock
) -> None:
    """The new one may do the same at once, so that clients change over without a gap."""
    old = await desk.register(order(), ADMIN)

    new = await desk.rotate(old.key_id, public(2), ADMIN)

    found = await registry.find(old.key_id)
    assert (found.status, found.not_after) == ("active", clock.now() + timedelta(days=7))
    assert found.replaced_by == new.key_id
    assert (new.owner, new.scopes, new.subjects) == (old.owner, old.scopes, old.subjects)
    assert new.not_after is None


async def test_an_interrupted_rotation_goes_on(
    desk: KeyDesk, registry: InProcessKeys, clock: FixedClock
) -> None:
    """A crash between the two writes is mended by asking again."""
    old = await desk.register(order(), ADMIN)
    await desk.register(order(2), ADMIN)

    await desk.rotate(old.key_id, public(2), ADMIN)

    assert (await registry.find(old.key_id)).not_after == clock.now() + timedelta(days=7)


async def test_a_key_is_no_successor_of_its_own(desk: KeyDesk, registry: InProcessKeys) -> None:
    """It would end with nothing in its place."""
    key = await desk.register(order(), ADMIN)

    with pytest.raises(WrongState):
        await desk.rotate(key.key_id, public(1), ADMIN)
    assert await registry.find(key.key_id) == key


async def test_a_rotation_lengthens_no_life(
    desk: KeyDesk, registry: InProcessKeys, clock: FixedClock
) -> None:
    """A key that ends tomorrow still ends tomorrow; one that ended is not rotated."""
    tomorrow = clock.now() + timedelta(days=1)
    old = await desk.register(order(not_after=tomorrow), ADMIN)
    await desk.rotate(old.key_id, public(2), ADMIN)

    assert (await registry.find(old.key_id)).not_after == tomorrow
    clock.advance(86_400)
    with pytest.raises(WrongState):
        await desk.rotate(old.key_id, public(3), ADMIN)


async def test_the_old_forms_end_on_their_day_whoever_rotates(desk: KeyDesk, clock: FixedClock) -> None:
    """A new key is no way around the date."""
    until = clock.now() + timedelta(days=1)
    old = await desk.register(order(legacy=frozenset({"L1"}), legacy_until=until), ADMIN)

    new = await desk.rotate(old.key_id, public(2), ADMIN)
    clock.advance(86_401)
    newest = await desk.rotate(new.key_id, public(3), ADMIN)

    assert (new.legacy, new.legacy_until) == (frozenset({"L1"}), until)
    assert (newest.legacy, newest.legacy_until) == (frozenset(), None)


async def test_a_revoked_key_is_never_used_again(desk: KeyDesk, clock: FixedClock) -> None:
    """Not rotated, not registered anew, and its day stays the first one."""
    key = await desk.register(order(), ADMIN)
    revoked = await desk.revoke(key.key_id, ADMIN)
    clock.advance(60)

    assert await desk.revoke(key.key_id, ADMIN) == revoked
    with pytest.raises(WrongState):
        await desk.rotate(key.key_id, public(2), ADMIN)
    with pytest.raises(WrongState):
        await desk.register(order(key_id="again"), ADMIN)
    with pytest.raises(NotFound):
        await desk.revoke("nobody", ADMIN)


def test_a_challenge_is_answered_by_its_key_alone(clock: FixedClock) -> None:
    """Not by another's key, not for another's key, not twice as long, not one that was made up."""
    challenges, pair, other = Challenges(b"secret", clock), PrivateKey(bytes(32)), PrivateKey(bytes([1]) * 32)
    mine, theirs = keyfiles.public_bytes(pair), keyfiles.public_bytes(other)
    challenge = challenges.issue(mine)

    assert challenges.answered(challenge, prove(challenge, pair), mine)
    assert not challenges.answered(challenge, prove(challenge, other), mine)
    assert not challenges.answered(challenge, prove(challenge, other), theirs)
    assert not challenges.answered("1.a.b", prove("1.a.b", pair), mine)
    assert not Challenges(b"other", clock).answered(challenge, prove(challenge, pair), mine)
    clock.advance(600)
    assert not challenges.answered(challenge, prove(challenge, pair), mine)


def test_a_private_key_file_is_its_owners_alone(tmp_path: Path) -> None:
    """And never written over another."""
    pair, path = keyfiles.new_private_key(), tmp_path / "key.pem"
    keyfiles.write_private_key(path, pair)

    assert path.stat().st_mode & 0o777 == 0o600
    assert bytes(keyfiles.read_private_key(path)) == bytes(pair)
    with pytest.raises(KeyFileProblem, match="there already"):
        keyfiles.write_private_key(path, pair)


@pytest.mark.parametrize(
    "text", ["", "nothing", "AAAA", "-----BEGIN RSA PRIVATE KEY-----\nAA==\n-----END X-----"]
)
def test_what_is_no_key_is_said_to_be_none(tmp_path: Path, text: str) -> None:
    """Without showing what was in the file."""
    (tmp_path / "key.pem").write_text(text)

    with pytest.raises(KeyFileProblem):
        keyfiles.read_private_key(tmp_path / "key.pem")
    with pytest.raises(KeyFileProblem):
        keyfiles.read_public_key(str(tmp_path / "key.pem"))
