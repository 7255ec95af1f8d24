"""What a memory must hold, in plain dictionaries: the measure of the machine in ``machine.py``."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from core_integrator.contracts.clock import microseconds
from core_integrator.contracts.ports import Feedback, Generation, Interaction, Record, Shelf


@dataclass
class Model:
    """Everything acknowledged and not forgotten since."""

    interactions: dict[str, Interaction] = field(default_factory=dict)
    generations: dict[str, Generation] = field(default_factory=dict)
    feedback: dict[str, Feedback] = field(default_factory=dict)
    shelves: dict[Shelf, dict[str, Record]] = field(default_factory=dict)
    forwarded: set[str] = field(default_factory=set)
    # Whatever was once given out, so that what is gone is asked for too.
    generation_ids: list[str] = field(default_factory=list)

    def add(self, exchange: Interaction | None, made: Generation | None) -> None:
        """Note an exchange and what was made; what is there stays as it is."""
        if exchange is not None:
            self.interactions.setdefault(exchange.id, exchange)
        if made is not None:
            self.generations.setdefault(made.id, made)
            self.generation_ids.append(made.id)

    def keep(self, shelf: Shelf, records: Sequence[Record]) -> None:
        """Note records; one that is there keeps its place."""
        self.shelves.setdefault(shelf, {}).update({record.id: record for record in records})

    def drop(self, generation_id: str) -> None:
        """Forget a generation with its verdicts."""
        del self.generations[generation_id]
        self._forget_verdicts(lambda given: given.generation_id == generation_id)

    def erase(self, user: str) -> None:
        """Forget a user."""
        self.interactions = {key: row for key, row in self.interactions.items() if row.user_id != user}
        self.generations = {key: row for key, row in self.generations.items() if row.user_id != user}
        self._forget_verdicts(lambda given: given.user_id == user)
        self.shelves = {shelf: kept for shelf, kept in self.shelves.items() if shelf.user_id != user}

    def exchanges_of(self, user: str, module: str | None = None) -> list[Interaction]:
        """Return a user's exchanges, newest first."""
        return _newest_first(self.interactions.values(), user, module)

    def made_by(self, user: str, module: str) -> list[Generation]:
        """Return a user's generations of a module, newest first."""
        return _newest_first(self.generations.values(), user, module)

    def records_on(self, shelf: Shelf, prefix: str = "") -> list[Record]:
        """Return the records of a shelf, in their order."""
        return [record for record in self.shelves.get(shelf, {}).values() if record.id.startswith(prefix)]

    def scores(self) -> dict[str, int]:
        """Return the sum of the verdicts on each generation that was judged."""
        sums: dict[str, int] = {}
        for given in self.feedback.values():
            sums[given.generation_id] = sums.get(given.generation_id, 0) + given.score
        return sums

    def _forget_verdicts(self, gone: Callable[[Feedback], bool]) -> None:
        self.feedback = {key: given for key, given in self.feedback.items() if not gone(given)}


def _newest_first(rows: Any, user: str, module: str | None) -> list[Any]:
    wanted = [row for row in rows if row.user_id == user and module in (None, row.module)]
    return sorted(wanted, key=lambda row: (microseconds(row.created_at), row.id), reverse=True)
