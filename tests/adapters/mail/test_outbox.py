"""Letters are files that any mail program can send."""

import stat
from email import message_from_bytes
from email.policy import SMTP
from pathlib import Path

import pytest

from adapters.mail import FileOutbox
from core_integrator.contracts.clock import SystemClock
from core_integrator.contracts.errors import StorageUnavailable
from core_integrator.contracts.mail import Mail

MAIL = Mail("grüße@example.com", "Grüße", "Für Ada:\n\nhub_ticket_x\n")


def files(folder: Path) -> list[Path]:
    """Return what lies in a folder."""
    return list(folder.iterdir())


async def test_a_letter_is_whole_and_its_owners_alone(tmp_path: Path) -> None:
    """RFC 5322, with CRLF, in a folder that nobody else can look into."""
    await FileOutbox(tmp_path / "outbox", SystemClock()).send(MAIL)

    (file,) = files(tmp_path / "outbox")
    raw = file.read_bytes()
    letter = message_from_bytes(raw, policy=SMTP)
    assert file.suffix == ".eml"
    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert (letter["To"], letter["Subject"]) == ("grüße@example.com", "Grüße")
    assert letter["From"] and letter["Date"] and letter["Message-ID"]  # noqa: PT018 - three of a kind
    assert letter.get_content().splitlines() == MAIL.text.splitlines()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert "hub_ticket_x" not in repr(MAIL)


async def test_a_letter_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    """Without half a letter left behind."""
    (tmp_path / "outbox").write_text("in the way")

    with pytest.raises(StorageUnavailable):
        await FileOutbox(tmp_path / "outbox", SystemClock()).send(MAIL)


@pytest.mark.parametrize("field", ["to", "subject"])
async def test_nobody_adds_headers(tmp_path: Path, field: str) -> None:
    """A line break in an address or subject is refused, not written."""
    wicked = {"to": "a@example.com", "subject": "x", "text": "x"} | {
        field: "a@example.com\r\nBcc: b@example.com"
    }

    with pytest.raises(ValueError):
        await FileOutbox(tmp_path, SystemClock()).send(Mail(**wicked))

    assert files(tmp_path) == []
