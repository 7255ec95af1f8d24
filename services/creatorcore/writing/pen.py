"""Fills sentences with a request's own words."""

import string
from collections.abc import Mapping

from services.creatorcore.writing.grammar import capital
from services.creatorcore.writing.picks import Picks

_parse = string.Formatter().parse


class Pen:
    """Chooses among ways to say something, those only for which it has the words.

    A slot ``{topic}`` is the word as it stands, ``{Topic}`` the same at the beginning of a sentence.  What is
    called otherwise once it was mentioned stands in ``later``.
    """

    def __init__(self, slots: Mapping[str, str | None], picks: Picks, *, later: Mapping[str, str]) -> None:
        self._slots = _with_capitals({name: word for name, word in slots.items() if word})
        self._later = _with_capitals(later)
        self._picks = picks

    def say(self, *ways: str) -> str:
        """Return one of the ways, filled; nothing when the words for all of them are missing."""
        possible = [way for way in ways if _slots_of(way) <= self._slots.keys()]
        if not possible:
            return ""
        way = self._picks.one(possible)
        text = way.format_map(self._slots)
        for name in _slots_of(way) & self._later.keys():
            self._slots |= {one: self._later[one] for one in (name.lower(), capital(name.lower()))}
        return text

    def paragraph(self, *sentences: str) -> str:
        """Return the sentences that there are, one after the other."""
        return " ".join(sentence for sentence in sentences if sentence)


def _with_capitals(slots: Mapping[str, str]) -> dict[str, str]:
    return {**slots, **{capital(name): capital(word) for name, word in slots.items()}}


def _slots_of(way: str) -> set[str]:
    return {slot for _, slot, _, _ in _parse(way) if slot}


def parts(**texts: str) -> str:
    """Return the parts under their headings, each a line of its own: ``main_content`` is Main content."""
    return "\n\n".join(f"{name.replace('_', ' ').capitalize()}:\n{text}" for name, text in texts.items())
