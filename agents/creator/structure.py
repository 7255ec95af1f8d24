"""The parts of a text: which of those that its type asks for are there."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

TextType = Literal["story", "ad", "podcast"]

PARTS: Mapping[TextType, Sequence[str]] = {
    "story": ("title", "introduction", "body", "conclusion"),
    "ad": ("hook", "body", "call to action"),
    "podcast": ("introduction", "main content", "conclusion"),
}
_NAMES = sorted({name for parts in PARTS.values() for name in parts}, key=len, reverse=True)
# A mark such as ``##`` or ``**`` may stand around it.  Bounded, so that no text takes long.
_HEADING = re.compile(
    rf"^[^\w\n]{{0,8}}({'|'.join(_NAMES)})[^\w\n:]{{0,8}}(?::[^\w\n]{{0,8}}|$)", re.IGNORECASE | re.MULTILINE
)


@dataclass(frozen=True, slots=True)
class Structure:
    """What a text is built of: its likely type, the parts found with their words, and those missing."""

    type: TextType | None
    found: Mapping[str, str]
    missing: Sequence[str]


def structure(text: str, expected: TextType | None = None) -> Structure:
    """Find the parts by their headings, each a line of its own or the beginning of one, ending in a colon.

    Without an ``expected`` type, the one most of whose parts are there is taken; none without any heading.
    """
    found = _found(text)
    kind = expected or _likely(found)
    missing = [name for name in PARTS[kind] if name not in found] if kind else []
    return Structure(kind, found, missing)


def _found(text: str) -> dict[str, str]:
    headings = list(_HEADING.finditer(text))
    parts: dict[str, str] = {}
    for number, heading in enumerate(headings, start=1):
        end = headings[number].start() if number < len(headings) else len(text)
        body = text[heading.end() : end].strip()
        if body:
            parts.setdefault(heading.group(1).lower(), body)
    return parts


def _likely(found: Mapping[str, str]) -> TextType | None:
    shares: dict[TextType, float] = {
        kind: sum(name in found for name in names) / len(names) for kind, names in PARTS.items()
    }
    best = max(shares, key=lambda kind: shares[kind])
    return best if shares[best] > 0 else None
