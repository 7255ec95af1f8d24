"""A flood of refusals is counted; nothing else is left out."""

from core_integrator.contracts.audit import AuditEntry
from security.audit.sampling import Cause, Sampler

REPLAY = AuditEntry("nobody", "sspl.reject", "/core", "sspl_replay")
STALE = AuditEntry("nobody", "sspl.reject", "/core", "sspl_stale")
CALL = AuditEntry("ada", "core.call", "video.generate", "success")


def admitted(sampler: Sampler, entry: AuditEntry, times: int, now_s: int) -> int:
    """Offer an entry so many times in one second."""
    return sum(sampler.admits(entry, now_s) for _ in range(times))


def test_ten_a_second_of_each_cause_are_written() -> None:
    """Another cause, another second and every success are not touched by a flood."""
    sampler = Sampler()

    assert admitted(sampler, REPLAY, 500, 0) == 10
    assert admitted(sampler, STALE, 9, 0) == 9
    assert admitted(sampler, CALL, 500, 0) == 500
    assert admitted(sampler, REPLAY, 15, 1) == 10
    assert sampler.ended(1) == []
    assert sampler.ended(2) == [(Cause("sspl.reject", "sspl_replay"), 495)]
    assert sampler.ended(3) == []


def test_a_burst_that_does_not_end_is_told_of_each_minute() -> None:
    """An attack of hours must not be known only after it."""
    sampler, told = Sampler(), []
    for second in range(122):
        admitted(sampler, REPLAY, 11, second)
        told += sampler.ended(second)

    assert told == [(Cause("sspl.reject", "sspl_replay"), 61)] * 2


def test_what_is_left_is_told_at_the_end() -> None:
    """A stop in the middle of a burst loses no number."""
    sampler = Sampler()
    admitted(sampler, REPLAY, 30, 0)

    assert sampler.ended(0, all_of_them=True) == [(Cause("sspl.reject", "sspl_replay"), 20)]
