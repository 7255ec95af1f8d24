"""Letters as files (RFC 5322) in a folder, for a mail program of the operator's to send."""

import asyncio
import os
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, make_msgid
from pathlib import Path

from core_integrator.contracts.clock import Clock, new_id
from core_integrator.contracts.errors import StorageUnavailable
from core_integrator.contracts.mail import Mail

SENDER = Address("Core Integrator", "no-reply", "localhost")
_POLICY = SMTP.clone(utf8=True)


class FileOutbox:
    """Writes each letter whole, or not at all, to a file that its owner alone can read."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        self._folder = folder
        self._clock = clock

    async def send(self, mail: Mail) -> None:
        """Take a letter, durably.

        Raises:
            StorageUnavailable: It was not taken.
        """
        try:
            await asyncio.to_thread(self._write, self._letter(mail))
        except OSError as error:
            raise StorageUnavailable("mail cannot be written now", retry_after_s=1) from error

    def _letter(self, mail: Mail) -> bytes:
        letter = EmailMessage(policy=_POLICY)
        letter["From"] = SENDER
        local, _, domain = mail.to.rpartition("@")
        letter["To"] = Address(username=local, domain=domain)
        letter["Subject"] = mail.subject
        letter["Date"] = format_datetime(self._clock.now())
        letter["Message-ID"] = make_msgid(domain="localhost")
        letter["Auto-Submitted"] = "auto-generated"
        letter.set_content(mail.text)
        return letter.as_bytes()

    def _write(self, letter: bytes) -> None:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        name = new_id("mail")
        # Hidden until it is whole, so that no mail program meets half a letter.
        draft = self._folder / f".{name}"
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(letter)
                file.flush()
                os.fsync(file.fileno())
            draft.rename(self._folder / f"{name}.eml")
        except BaseException:
            draft.unlink(missing_ok=True)
            raise
        _sync_folder(self._folder)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
