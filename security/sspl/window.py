"""When a signature counts, and how long its nonce has to be remembered."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from core_integrator.contracts.errors import TimestampFuture, TimestampStale


@dataclass(frozen=True, slots=True)
class Window:
    """From ``max_age_s + skew_s`` ago until ``skew_s`` ahead, in Unix seconds, both ends included."""

    max_age_s: int
    skew_s: int

    def check(self, created: int, now: float, *, expires: int | None = None) -> None:
        """Let a signature pass that was made within the window; ``expires`` can only shorten it.

        Raises:
            TimestampStale: It is too old, or expired.
            TimestampFuture: It is from further ahead than clocks may differ.
        """
        if created < now - self.max_age_s - self.skew_s:
            raise TimestampStale
        if created > now + self.skew_s:
            raise TimestampFuture
        if expires is not None and expires < now - self.skew_s:
            raise TimestampStale

    def check_legacy(self, created: float, now: float) -> None:
        """The same for the old form: as far ahead as behind.

        Raises:
            TimestampStale: It is too old.
            TimestampFuture: It is too far ahead.
        """
        if created < now - self.max_age_s:
            raise TimestampStale
        if created > now + self.max_age_s:
            raise TimestampFuture

    def nonce_until(self, created: int) -> datetime:
        """Return when a nonce may be forgotten: the time check refuses it by itself from then on.

        It counts from ``created``, not from the arrival: a request from ahead could be replayed else.
        """
        return moment(created + self.max_age_s + 2 * self.skew_s)

    def legacy_nonce_until(self, created: float) -> datetime:
        """Return the same for the old form."""
        return moment(created + 2 * self.max_age_s)


def moment(unix_s: float) -> datetime:
    """Return a moment from Unix seconds that passed the window."""
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=unix_s)
