"""Mail to users."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Mail:
    """A plain letter; ``text`` may hold a ticket, so it is never logged."""

    to: str
    subject: str
    text: str

    def __repr__(self) -> str:
        """Return nothing that a ticket could be read from."""
        return f"Mail(subject={self.subject!r})"


class Mailer(Protocol):
    """Takes letters to be delivered."""

    async def send(self, mail: Mail) -> None:
        """Take a letter, durably.

        Raises:
            StorageUnavailable: It was not taken.
        """
        ...
