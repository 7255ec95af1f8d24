"""The chain and the key, bit by bit."""

import pytest

from core_integrator.contracts.audit import AuditTail
from core_integrator.contracts.errors import StorageUnavailable
from security.audit.chain import GENESIS, canonical, link
from security.audit.heads import Head, read_head
from security.audit.key import AuditKey

FIRST = {
    "seq": 1,
    "ts_us": 1795000000000000,
    "actor": "key:client-a",
    "action": "core.call",
    "object": "module/finance",
    "result": "ok",
    "request_id": "r1",
}
SECOND = {
    "seq": 2,
    "ts_us": 1795000000000005,
    "actor": "key:client-b",
    "action": "sspl.reject",
    "object": "/core",
    "result": "sspl_replay",
    "request_id": "r2",
}
OURS, OTHER = AuditKey(["11" * 32]), AuditKey(["22" * 32])


def test_the_chain_is_the_published_one() -> None:
    """Anybody can check an exported log with a few lines of their own."""
    assert canonical(FIRST).startswith(b'{"action":"core.call","actor":"key:client-a","object":')
    first = link(GENESIS, FIRST)
    assert first == "461c273d147999c215c671185ee9f056639326a6253bd0715d72055a72965d0c"
    assert link(first, SECOND) == "821523119b3b20d3c223014bd6eec82a795ddf3c873350a42459e9a28ebef5ae"


def test_what_another_key_signed_is_not_ours() -> None:
    """Neither a head nor a seal, nor one as the other."""
    head = Head(7, "ab" * 32, 1)
    tail = AuditTail(7, "ab" * 32, OTHER.seal(7, "ab" * 32))

    assert read_head(head.signed(OURS), OURS) == head
    assert read_head(head.signed(OTHER), OURS) is None
    assert not OURS.holds(tail)
    assert OTHER.holds(tail)
    assert read_head(head.signed(OURS).replace('"seq":7', '"seq":8'), OURS) is None


def test_older_keys_are_trusted_as_long_as_they_are_named() -> None:
    """A change of the key does not make the past unverifiable."""
    changed = AuditKey(["22" * 32, f"public {OURS.public}"])

    assert read_head(Head(7, "ab" * 32, 1).signed(OURS), changed)
    assert read_head(Head(7, "ab" * 32, 1).signed(changed), OTHER)


@pytest.mark.parametrize("lines", [[], ["abc"], ["zz" * 32], ["11" * 31], ["11" * 32, "public 00"]])
def test_what_is_no_key_is_refused(lines: list[str]) -> None:
    """A log that nothing signs would look like one that is."""
    with pytest.raises(StorageUnavailable, match="hexadecimal"):
        AuditKey(lines)


def test_equal_addresses_look_equal_here_and_nowhere_else() -> None:
    """A reader can follow a caller through the log and cannot find out where they live."""
    assert OURS.hashed("192.0.2.1") == OURS.hashed("192.0.2.1") != OTHER.hashed("192.0.2.1")
    assert OURS.hashed("") == ""
