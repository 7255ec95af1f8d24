"""Words and sentences of a text, in any script that sets them apart."""

import re

_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_SENTENCE_END = re.compile(r"(?<=[.!?…])\s+|(?<=[。！？।؟])\s*|\n\s*\n|\n")


def words(text: str) -> list[str]:
    """Return the words in their order, as written."""
    return _WORD.findall(text)


def sentences(text: str) -> list[str]:
    """Return the sentences; a line break ends one too."""
    return [part.strip() for part in _SENTENCE_END.split(text) if _WORD.search(part)]
