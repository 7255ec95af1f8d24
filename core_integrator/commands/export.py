"""``integrator export feedback``: verdicts with what they judge, as JSON lines for training.

Nobody is named: each user is a pseudonym of this one export, and members called ``user_id`` are left out.
"""

import hashlib
import hmac
import json
import secrets
import sys
from collections.abc import AsyncIterator, Generator
from contextlib import aclosing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from adapters.memory.copies import CopyProblem, in_words, part_of, publish, refuse_target
from adapters.memory.verdicts import Judgement, judgements, open_verdicts
from config import Settings
from core_integrator.contracts.clock import rfc3339


class Pseudonyms:
    """The same name for the same user within one export; the salt is kept nowhere, so nothing leads back."""

    def __init__(self) -> None:
        self._salt = secrets.token_bytes(32)

    def of(self, user_id: str) -> str:
        """Return the user's name in this export."""
        return "u_" + hmac.new(self._salt, user_id.encode(), hashlib.sha256).hexdigest()[:20]


async def export_feedback(
    settings: Settings,
    target: Path | None,
    *,
    module: str | None = None,
    since: datetime | None = None,
    journal_only: bool = False,
    force: bool = False,
) -> int:
    """Write one line for each verdict to a new file, or to the standard output; return how many.

    Raises:
        CopyProblem: The export is not complete; no file was written.
        ImportError: Motor was asked for and is not installed.
    """
    if target is not None:
        refuse_target(target, settings.data_dir, force=force)
    mongo = None if journal_only else settings.mongo
    async with (
        open_verdicts(settings.data_dir, mongo, journal_only=journal_only) as verdicts,
        aclosing(judgements(verdicts, module=module, since=since)) as found,
    ):
        if target is None:
            return await _write(found, sys.stdout)
        with _new_file(target) as file:
            return await _write(found, file)


async def _write(found: AsyncIterator[Judgement], file: IO[str]) -> int:
    pseudonyms = Pseudonyms()
    count = 0
    try:
        async for judgement in found:
            # Escaped beyond ASCII: a history may hold half a surrogate pair, which UTF-8 cannot say.
            file.write(json.dumps(line(judgement, pseudonyms)) + "\n")
            count += 1
        file.flush()
    except OSError as error:
        raise CopyProblem(f"the export ended after {count} lines: {in_words(error)}") from error
    return count


def line(judgement: Judgement, pseudonyms: Pseudonyms) -> dict[str, Any]:
    """Return what one line tells."""
    verdict, made, exchange = judgement.feedback, judgement.generation, judgement.exchange
    return {
        "feedback_id": verdict.id,
        "created_at": rfc3339(verdict.created_at),
        "module": made.module,
        "user": pseudonyms.of(verdict.user_id),
        "generation_id": made.id,
        "provider_generation_id": made.provider_generation_id,
        "score": verdict.score,
        "rating": verdict.rating,
        "command": verdict.command,
        "comment": verdict.comment,
        "generation": unnamed(made.payload),
        "request": None if exchange is None else unnamed(json.loads(exchange.request)),
        "response": None if exchange is None else unnamed(json.loads(exchange.response)),
    }


def unnamed(value: Any) -> Any:
    """Return a JSON value without members called ``user_id``, at any depth."""
    if isinstance(value, dict):
        return {name: unnamed(each) for name, each in value.items() if name != "user_id"}
    return [unnamed(each) for each in value] if isinstance(value, list) else value


@contextmanager
def _new_file(target: Path) -> Generator[IO[str], None, None]:
    """Offer a file that stands under its name only once it is whole."""
    try:
        with part_of(target) as part:
            with part.open("w", encoding="ascii") as file:
                yield file
            publish(part, target)
    except OSError as error:
        raise CopyProblem(f"no export was written: {in_words(error)}") from error
